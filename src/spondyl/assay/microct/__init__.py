"""The micro-CT assay: a scan to bone morphometry and densities."""

from spondyl.assay.microct.method import Method
from spondyl.assay.microct.morphometry import Morphometry, measure, measure_segmentation
from spondyl.assay.microct.picture import picture
from spondyl.assay.microct.quality import Quality, quality
from spondyl.assay.microct.rows import NAMES, Row, rows
from spondyl.assay.microct.segmentation import Segmentation, segment
from spondyl.assay.microct.settings import Settings
from spondyl.assay.microct.voi import Voi
from spondyl.assay.microct.voi_mask import Mask
from spondyl.assay.microct.voi_shape import Box, Cylinder

__all__ = [
    "NAMES",
    "Box",
    "Cylinder",
    "Mask",
    "Method",
    "Morphometry",
    "Quality",
    "Row",
    "Segmentation",
    "Settings",
    "Voi",
    "measure",
    "measure_segmentation",
    "picture",
    "quality",
    "rows",
    "segment",
]
