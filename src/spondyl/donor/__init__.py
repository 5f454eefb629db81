"""Fat to cells: harvest, isolation, expansion."""

from spondyl.donor.batch import CellBatch
from spondyl.donor.expansion import Expansion, expand, expansion
from spondyl.donor.isolation import harvest
from spondyl.donor.person import Donor
from spondyl.donor.traits import Traits

__all__ = ["CellBatch", "Donor", "Expansion", "Traits", "expand", "expansion", "harvest"]
