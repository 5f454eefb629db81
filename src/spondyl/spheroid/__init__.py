"""Cells to spheroids: formation, culture, differentiation."""

from spondyl.spheroid.lot import SpheroidLot

__all__ = ["SpheroidLot"]
