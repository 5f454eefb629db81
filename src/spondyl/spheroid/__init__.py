"""Cells to spheroids: formation, culture, differentiation."""

from spondyl.spheroid.calibration import radius_fit, uptake_fit
from spondyl.spheroid.course import Course
from spondyl.spheroid.culturing import culture, grow
from spondyl.spheroid.differentiation import genes
from spondyl.spheroid.lot import SpheroidLot
from spondyl.spheroid.vessel import media, vessels

__all__ = [
    "Course",
    "SpheroidLot",
    "culture",
    "genes",
    "grow",
    "media",
    "radius_fit",
    "uptake_fit",
    "vessels",
]
