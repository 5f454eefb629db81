"""The strength assay: a scan, compressed in the computer, to stiffness and failure load."""

from spondyl.assay.strength.method import Method
from spondyl.assay.strength.rows import NAMES, rows
from spondyl.assay.strength.settings import Settings
from spondyl.assay.strength.strength import Compressed, Strength, compress, measure

__all__ = ["NAMES", "Compressed", "Method", "Settings", "Strength", "compress", "measure", "rows"]
