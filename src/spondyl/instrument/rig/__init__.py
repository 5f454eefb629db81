"""The test rig: the true curve of a specimen to the record of a testing machine."""

from spondyl.instrument.rig.exports import LAYOUTS, export
from spondyl.instrument.rig.healed import of_course
from spondyl.instrument.rig.rig import Rig, compress, rig
from spondyl.instrument.rig.specimen import Specimen, of_failure, parametric

__all__ = ["LAYOUTS", "Rig", "Specimen", "compress", "export", "of_course", "of_failure", "parametric", "rig"]
