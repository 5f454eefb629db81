"""Time-lapse: a follow-up registered to its baseline, and the bone formed and resorbed between them."""

from spondyl.assay.microct.timelapse.comparison import Comparison, compare
from spondyl.assay.microct.timelapse.itk import seen
from spondyl.assay.microct.timelapse.noise import Floor, doubts, phantom_floor, repeated_floor
from spondyl.assay.microct.timelapse.registration import Registration, moved_scan, register
from spondyl.assay.microct.timelapse.remodelling import Remodelling, remodelling
from spondyl.assay.microct.timelapse.transform import Rigid

__all__ = [
    "Comparison",
    "Floor",
    "Registration",
    "Remodelling",
    "Rigid",
    "compare",
    "doubts",
    "moved_scan",
    "phantom_floor",
    "register",
    "remodelling",
    "repeated_floor",
    "seen",
]
