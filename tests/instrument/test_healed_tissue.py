"""A healed defect under the test rig and in the thermocycler: what the simulation knows, recorded."""

from __future__ import annotations

import math

import pytest

from spondyl import healing
from spondyl.errors import HealingError
from spondyl.healing import HealingCourse
from spondyl.healing.account import counted
from spondyl.instrument import rig, thermocycler
from spondyl.instrument.thermocycler import tissue
from spondyl.quantity import shipped
from spondyl.vertebra import rat


@pytest.fixture(scope="module")
def course() -> HealingCourse:
    hole = rat("L5", seed=7, voxel="250 um", arch=False).drill(diameter="1.5 mm", depth="1.5 mm")
    return healing.run(hole, weeks=2, follow_up=[0, 2], threads=1)


def test_the_rig_loads_the_bone_that_healed(course: HealingCourse) -> None:
    specimen = rig.of_course(course, week=2)
    slope = specimen.load_N[1] / specimen.displacement_mm[1]
    assert slope == pytest.approx(course.at(week=2).numbers["stiffness_N_per_mm"][0], rel=1e-3)
    stretch = shipped()["instrument/rig"]["ultimate_stretch"].value
    peak = specimen.displacement_mm[specimen.load_N.argmax()]
    assert peak == pytest.approx(stretch * specimen.load_N.max() / slope, rel=1e-6)
    with pytest.raises(HealingError, match="weeks 0, 2"):
        rig.of_course(course, week=1)


def test_the_tube_holds_the_cells_of_the_defect(course: HealingCourse) -> None:
    sample = thermocycler.of_course(course, "rat", "empty", week=2)
    numbers = course.at(week=2).numbers
    told = sum(numbers[name][0] for name in ("host_progenitors", "host_osteoblasts", "osteoclasts"))
    assert sample.cells > told > 0
    kinds = tissue.UNDECIDED + tissue.OSTEOBLASTS + tissue.BLOOD + ("progenitor_graft",)
    assert sample.cells == pytest.approx(counted(course.at(week=2).state, course.region, *kinds))
    osteoblast = thermocycler.osteoblast()
    assert 1 < sample.expression["BGLAP"] < osteoblast["BGLAP"]
    before = thermocycler.of_course(course, "rat", "empty", week=0)
    assert before.expression["RUNX2"] < 1
    ratio = math.log(sample.expression["BGLAP"]) / math.log(osteoblast["BGLAP"])
    assert 0 < ratio < 1
