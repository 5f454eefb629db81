"""Lumbar vertebrae: anatomy, osteoporosis, injury."""
