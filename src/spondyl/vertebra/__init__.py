"""Lumbar vertebrae: anatomy, osteoporosis, injury."""

from spondyl.vertebra.animals import human, rat
from spondyl.vertebra.scanned import from_scan
from spondyl.vertebra.vertebra import LABELS, Vertebra

__all__ = ["LABELS", "Vertebra", "from_scan", "human", "rat"]
