"""Made vertebrae: what was asked is there, at any voxel, and another seed is another animal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from spondyl.assay.microct.shape import anisotropy
from spondyl.assay.microct.thickness import local_thickness
from spondyl.errors import QuantityError, VertebraError
from spondyl.vertebra import LABELS, rat
from spondyl.vertebra.loading import coarser

SMALL = {"height": "3 mm", "width": "3 mm", "depth": "2.6 mm", "cortex": "0.15 mm", "arch": False}
ASKED = {"bv_tv": 0.289, "tb_th": "93 um", "tb_sp": "304 um", "da": 1.7}


@pytest.fixture(scope="module")
def small():
    return rat("L5", seed=3, voxel="32 um", end_plate="0.2 mm", **SMALL, **ASKED)


def test_the_assay_finds_the_morphometry_that_was_asked_for(small):
    inside = small.region == LABELS["trabecular"]
    bone = small.share >= 0.5
    spacing = small.grid.spacing_mm
    assert np.mean(bone[inside]) == pytest.approx(0.289, rel=0.03)
    assert 1000 * local_thickness(bone, inside, spacing).mean_mm == pytest.approx(93, rel=0.08)
    assert 1000 * local_thickness(~bone, inside, spacing).mean_mm == pytest.approx(304, rel=0.08)
    found = anisotropy(bone, inside, spacing)
    assert found.da == pytest.approx(1.7, rel=0.12)
    assert abs(found.mil_axes[0][0]) > 0.9  # along the body


def test_the_same_seed_is_the_same_animal_at_another_voxel(small):
    coarse = rat("L5", seed=3, voxel="64 um", end_plate="0.2 mm", **SMALL, **ASKED)
    assert coarse.bone_mm3 == pytest.approx(small.bone_mm3, rel=0.01)
    from_fine = coarser(small, 2)
    here, there = (middle_of(bone) for bone in (coarse, from_fine))
    assert np.corrcoef(here.ravel(), there.ravel())[0, 1] > 0.9


def middle_of(bone):
    """Bone at the same points of space, between voxels."""
    axis = np.arange(-0.8, 0.81, 0.064)
    points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"))
    origin, spacing = (np.array(v).reshape(3, 1, 1, 1) for v in (bone.grid.origin_mm, bone.grid.spacing_mm))
    return map_coordinates(bone.share, (points - origin) / spacing, order=1)


def test_the_same_seed_gives_the_same_bits_on_any_number_of_threads():
    one, two = (rat("L3", seed=5, voxel="150 um", threads=n) for n in (1, 2))
    assert one.share.tobytes() == two.share.tobytes()
    assert one.tissue_density.tobytes() == two.tissue_density.tobytes()


def test_other_seeds_are_other_animals_with_the_published_spread():
    drawn = np.array([[rat_numbers(seed)[n] for n in ("bv_tv", "tb_th")] for seed in range(200)])
    logs = np.log(drawn)
    assert np.exp(logs.mean(0)) == pytest.approx([0.289, 0.093], rel=0.06)
    assert np.exp(logs.std(0)) == pytest.approx([1.28, 1.12], rel=0.04)
    assert np.corrcoef(logs.T)[0, 1] == pytest.approx(0.5, abs=0.15)


def rat_numbers(seed):
    from spondyl.vertebra.population import animal

    return animal("rat", "L5", seed)


def test_what_is_given_changes_nothing_else_of_the_animal():
    drawn = rat("L5", seed=4, voxel="100 um")
    given = rat("L5", seed=4, voxel="100 um", bv_tv=0.2)
    assert given.grid == drawn.grid
    assert given.numbers["tb_th"] == drawn.numbers["tb_th"]
    assert given.bv_tv == pytest.approx(0.2, abs=0.02)  # walls fill part of the voxels beside them


def test_every_place_has_its_label(small):
    with_arch = rat("L5", seed=3, voxel="130 um")
    assert set(np.unique(with_arch.labels).tolist()) == set(LABELS.values())
    assert not np.any(small.labels == LABELS["canal"])
    wall = (small.region == LABELS["cortex"]) | (small.region == LABELS["end-plate"])
    assert small.share[wall].mean() > 0.9
    assert small.share[small.region == LABELS["outside"]].mean() < 0.02


@pytest.mark.parametrize("level", ["L1", "L6"])
def test_mineral_is_that_of_bone(level):
    bone = rat(level, seed=2, voxel="150 um")
    density = bone.mineral_mg / bone.bone_mm3 * 1000
    assert 850 < density < 1150
    scan = bone.density()
    assert scan.values().sum() * bone.grid.voxel_mm3 / 1000 == pytest.approx(bone.mineral_mg, rel=1e-5)


def test_numbers_that_cannot_hold_together_are_refused_with_the_numbers():
    with pytest.raises(VertebraError, match=r"BV/TV 0.4 with Tb.Th 60 um and Tb.Sp 600 um.*between \d+ um"):
        rat("L5", seed=1, bv_tv=0.4, tb_th="60 um", tb_sp="600 um")


def test_all_mistakes_of_a_call_are_told_at_once():
    with pytest.raises(QuantityError) as problem:
        rat("L5", seed=1, tb_th="ninety", cortex="2", height="-3 mm")
    assert len(problem.value.mistakes) == 3


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"level": "L9"}, "must be one of L1"),
        ({"seed": -1}, "whole number"),
        ({"seed": True}, "whole number"),
        ({"bv_tv": 1.5}, "between 0 and 1"),
        ({"bv_tv": float("nan")}, "finite|number"),
        ({"da": 9.0}, "between 1 and 4"),
        ({"cortex": "2 mm"}, "to leave room"),
        ({"tb_sp": "3 mm"}, "a third of the room"),
        ({"voxel": "1 mm"}, "must be at most"),
        ({"voxel": "2 um"}, "must be at least"),
    ],
)
def test_bad_numbers_are_refused(asked, said):
    with pytest.raises((VertebraError, QuantityError), match=said):
        rat(**({"level": "L5", "seed": 1} | asked))
