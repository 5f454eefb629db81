"""Fat to cells: harvest, isolation, expansion."""

from spondyl.donor.batch import CellBatch

__all__ = ["CellBatch"]
