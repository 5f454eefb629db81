"""Fat to cells: harvest, isolation, expansion, release; and the plan of it, both ways."""

from spondyl.donor import plan
from spondyl.donor.batch import CellBatch
from spondyl.donor.expansion import Expansion, expand, expansion
from spondyl.donor.isolation import harvest
from spondyl.donor.person import Donor
from spondyl.donor.release import Criterion, QualityTests, release
from spondyl.donor.traits import Traits

__all__ = [
    "CellBatch",
    "Criterion",
    "Donor",
    "Expansion",
    "QualityTests",
    "Traits",
    "expand",
    "expansion",
    "harvest",
    "plan",
    "release",
]
