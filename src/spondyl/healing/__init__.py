"""Healing of a filled defect: cells, signals, vessels, bone, load."""
