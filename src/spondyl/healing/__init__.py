"""Healing of a filled defect: cells, signals, vessels, bone, load."""

from spondyl.healing.course import HealingCourse
from spondyl.healing.healed import Healed
from spondyl.healing.mechanoregulation import Fate, mechanoregulation
from spondyl.healing.picture import picture
from spondyl.healing.process import Change, Now
from spondyl.healing.rules import PROCESSES
from spondyl.healing.running import Progress, run
from spondyl.healing.series import write_series

__all__ = [
    "PROCESSES",
    "Change",
    "Fate",
    "Healed",
    "HealingCourse",
    "Now",
    "Progress",
    "mechanoregulation",
    "picture",
    "run",
    "write_series",
]
