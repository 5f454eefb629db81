"""The report, its figures and methods text."""
