"""Lumbar vertebrae: anatomy, osteoporosis, injury."""

from spondyl.vertebra.animals import human, rat
from spondyl.vertebra.vertebra import LABELS, Vertebra

__all__ = ["LABELS", "Vertebra", "human", "rat"]
