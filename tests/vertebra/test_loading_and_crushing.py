"""What mechanics reads, and fractures made with it."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.errors import VertebraError
from spondyl.mechanics import platens, solve
from spondyl.quantity import shipped
from spondyl.vertebra import LABELS, rat
from spondyl.vertebra.loading import coarser, modulus


@pytest.fixture(scope="module")
def bone():
    return rat("L5", seed=9, voxel="130 um", arch=False)


@pytest.fixture(scope="module")
def broken(bone):
    return bone.crush(height_loss=0.25)


def test_the_share_of_every_voxel_follows_from_its_modulus(bone):
    stiff = modulus(bone, tissue="12 GPa")
    exponent = shipped()["mechanics"]["partial_exponent"].value
    np.testing.assert_allclose((stiff / 12000.0) ** (1 / exponent), bone.share, rtol=1e-5)
    assert stiff[bone.share == 1] == pytest.approx(12000)


@pytest.mark.parametrize("every", [2, 3])
def test_larger_voxels_hold_the_same_bone_mineral_and_place(bone, every):
    drilled = bone.drill(diameter="1 mm", depth="1 mm")
    large = coarser(drilled, every)
    assert large.bone_mm3 == pytest.approx(drilled.bone_mm3, rel=1e-5)
    assert large.mineral_mg == pytest.approx(drilled.mineral_mg, rel=1e-4)
    assert large.cavity.volume_mm3 == pytest.approx(drilled.cavity.volume_mm3, rel=1e-5)
    centres = []
    for b in (drilled, large):
        index = np.argwhere(b.share > 0)
        weight = b.share[b.share > 0].astype(float)[:, None]
        centres.append((index * weight).sum(0) / weight.sum() * b.grid.spacing_mm + b.grid.origin_mm)
    assert centres[0] == pytest.approx(centres[1], abs=0.005)  # of half a voxel, 50 um


def test_embedding_fills_the_hollows_and_changes_no_bone(bone):
    bare, embedded = (bone.model(ends=e) for e in ("bare", "embedded"))
    added = embedded.modulus != bare.modulus
    assert added.any()
    assert np.all(embedded.modulus[added] == 2500)
    held = np.count_nonzero(embedded.modulus[-1]) / np.count_nonzero((bone.share >= 0.5).any(0))
    assert held > 0.95


def test_cut_ends_are_flat(bone):
    cut = bone.model(ends="cut")
    assert cut.grid.shape[0] < bone.model(ends="bare").grid.shape[0]
    for end in (0, -1):
        assert np.count_nonzero(cut.modulus[end]) > 0.5 * np.count_nonzero((cut.modulus > 0).any(0))


def test_a_weaker_bone_is_softer(bone):
    def stiffness(vertebra):
        model = vertebra.model(every=2)
        return solve(model, platens(model, "z", 0.01), tolerance=1e-5).energy

    assert stiffness(bone.ovariectomise(time="8 week")) < 0.9 * stiffness(bone)


def test_a_fracture_loses_the_height_asked_for_and_no_bone(bone, broken):
    assert broken.bone_mm3 == pytest.approx(bone.bone_mm3, rel=1e-4)
    assert broken.numbers["height_loss"] == pytest.approx(0.25, abs=0.04)
    assert broken.numbers["load_share_left"] < 0.5
    assert 0 < broken.numbers["debris_mm3"] < 0.2 * bone.bone_mm3
    assert 0 <= broken.share.min() <= broken.share.max() <= 1


def test_the_band_is_denser_than_it_was(bone, broken):
    inside = broken.region == LABELS["trabecular"]
    by_slice = [broken.share[k][inside[k]].mean() for k in range(len(inside)) if inside[k].sum() > 50]
    assert max(by_slice) > 1.3 * bone.bv_tv


@pytest.mark.parametrize("loss", [0.0, 0.9, float("nan"), "much"])
def test_losses_that_cannot_be(bone, loss):
    with pytest.raises(VertebraError, match="must be a share of the height"):
        bone.crush(height_loss=loss)


@pytest.mark.parametrize("asked", [{"ends": "glued"}, {"every": 0}, {"least": float("nan")}])
def test_models_that_cannot_be(bone, asked):
    with pytest.raises(VertebraError, match="model"):
        bone.model(**asked)
