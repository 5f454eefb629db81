"""The compression assay: the record of a testing machine to stiffness, yield, ultimate load and energy."""

from spondyl.assay.compression.curve import LoadCurve
from spondyl.assay.compression.measurement import Compression, measure, specimen_displacement
from spondyl.assay.compression.reading import Stated, read
from spondyl.assay.compression.rows import rows
from spondyl.assay.compression.settings import Settings, offset_of

__all__ = [
    "Compression",
    "LoadCurve",
    "Settings",
    "Stated",
    "measure",
    "offset_of",
    "read",
    "rows",
    "specimen_displacement",
]
