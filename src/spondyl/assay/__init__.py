"""Assays: raw data to measurements, blind to where the data came from."""
