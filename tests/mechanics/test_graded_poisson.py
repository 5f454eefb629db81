"""A Poisson's ratio for each voxel: against one ratio everywhere and against bars worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.errors import MechanicsError
from spondyl.mechanics.graded_poisson import solve_graded
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.platens import platens
from spondyl.mechanics.solve import solve
from spondyl.volume import Grid


@pytest.fixture
def porous() -> Model:
    rng = np.random.default_rng(8)
    solid = rng.random((4, 4, 4)) < 0.7
    return Model(
        Grid((4, 4, 4), (0.1, 0.1, 0.2)), np.where(solid, rng.uniform(10, 100, solid.shape), 0.0), 0.27
    )


def test_the_same_ratio_everywhere_is_the_model_with_that_ratio(porous):
    conditions = platens(porous)
    plain = solve(porous, conditions, tolerance=1e-11, backend="reference")
    found = solve_graded(porous, np.full((4, 4, 4), 0.27), conditions, tolerance=1e-11, backend="reference")
    np.testing.assert_allclose(found.displacement, plain.displacement, atol=1e-10)
    np.testing.assert_allclose(found.reaction, plain.reaction, atol=1e-9)
    assert np.array_equal(found.model.modulus, plain.model.modulus)


def test_bars_side_by_side_under_frictionless_platens_carry_by_their_moduli():
    # Between frictionless platens a bar's ratio changes its width only.
    modulus = np.zeros((3, 1, 3))
    modulus[:, 0, 0], modulus[:, 0, 2] = 1000.0, 3000.0
    ratios = np.full((3, 1, 3), 0.45)
    ratios[..., 0] = -0.3
    model = Model(Grid((3, 1, 3), (0.1, 0.1, 0.1)), modulus)
    conditions = platens(model, "z", 0.01, "frictionless")
    found = solve_graded(model, ratios, conditions, tolerance=1e-10, backend="reference")
    assert found.reaction[conditions.values != 0].sum() == pytest.approx(-0.01 * 0.01 * 4000, rel=1e-8)
    assert found.relative_residual <= 1e-10
    widths = [np.ptp(found.displacement[0, found.nodes % 4 // 2 == bar]) for bar in (0, 1)]
    assert widths == pytest.approx([0.3 * 0.01 * 0.1, 0.45 * 0.01 * 0.1], rel=1e-6)


def test_forces_are_balanced_by_reactions(porous):
    ratios = np.random.default_rng(9).uniform(0.1, 0.4, (4, 4, 4))
    held = platens(porous)
    base = held.nodes[held.values == 0]
    top = np.unique(held.nodes[held.values != 0])
    conditions = Conditions(
        np.repeat(np.unique(np.setdiff1d(base, top)), 3),
        np.tile(np.arange(3, dtype=np.int8), np.setdiff1d(base, top).size),
        np.zeros(3 * np.setdiff1d(base, top).size),
        top,
        np.full(top.size, 2, np.int8),
        np.full(top.size, -0.5),
    )
    found = solve_graded(porous, ratios, conditions, tolerance=1e-10, backend="reference")
    assert found.reaction[conditions.components == 2].sum() == pytest.approx(0.5 * top.size, rel=1e-8)
    assert found.reaction[conditions.components == 0].sum() == pytest.approx(0, abs=1e-8)


@pytest.mark.parametrize(
    ("ratios", "words"),
    [
        (np.full((4, 4, 4), 0.5), "must lie between -1 and 0.5"),
        (np.full((4, 4, 4), np.nan), "must lie between -1 and 0.5"),
        (np.full((4, 4), 0.3), "must have the shape of the grid"),
    ],
)
def test_ratios_without_meaning_are_refused(porous, ratios, words):
    with pytest.raises(MechanicsError, match=words):
        solve_graded(porous, ratios, platens(porous))


def test_too_few_iterations_are_reported(porous):
    ratios = np.random.default_rng(9).uniform(0.0, 0.45, (4, 4, 4))
    with pytest.raises(MechanicsError, match="allow more iterations"):
        solve_graded(porous, ratios, platens(porous), max_iterations=1, backend="reference")


def test_a_body_that_strains_uniformly_needs_no_correction():
    model = Model(Grid((1, 1, 1), (0.1, 0.1, 0.1)), np.full((1, 1, 1), 10.0))
    conditions = Conditions(periodic=True, strain=(0.0, 0.0, 0.01, 0.0, 0.0, 0.0))
    found = solve_graded(model, np.full((1, 1, 1), 0.2), conditions, backend="reference")
    assert found.relative_residual == 0
    assert np.ptp(found.displacement[2]) == pytest.approx(0.001)
