"""Bodies loaded until they fail: bars worked by hand, voxels of any size, energy, symmetry, porous bone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, label

from spondyl.errors import MechanicsError
from spondyl.mechanics.damage import load_to_failure
from spondyl.mechanics.failure_curve import CurvePoint, FailureCurve
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.platens import platens
from spondyl.mechanics.solve import solve
from spondyl.mechanics.tissue import Tissue, curves
from spondyl.volume import Grid

TISSUE = Tissue(0.004, 0.008, 0.02, 0.024, 0.05, 0.5, 2.0, 0.5)
"""By hand: at 10 GPa, 40 MPa and 48 MPa in tension, 80 MPa and 88 MPa in compression."""


def bar(modulus: list[float], size: float = 0.1, poisson: float = 0.3) -> Model:
    """One voxel wide, one a modulus along z."""
    return Model(Grid((len(modulus), 1, 1), (size, size, size)), np.array(modulus)[:, None, None], poisson)


def porous(n: int, size: float = 0.05, seed: int = 5) -> Model:
    field = gaussian_filter(np.random.default_rng(seed).normal(size=(n, n, n)), 1.0, mode="wrap")
    labels, _ = label(field > np.quantile(field, 0.5))
    largest = labels == np.bincount(labels.ravel())[1:].argmax() + 1
    return Model(Grid((n, n, n), (size, size, size)), np.where(largest, 10000.0, 0.0), 0.3)


def dissipated(found: FailureCurve) -> np.ndarray:
    return np.array([point.dissipated_n_mm for point in found.points])


def strain_of(stress: np.ndarray, modulus: float, size: float) -> np.ndarray:
    """Strain on the falling branch of the tensile curve, from its definition."""
    fall = curves(TISSUE, np.array([modulus]), size)[0].fall[0]
    peak = 0.0048 * modulus
    return stress / modulus + 0.0152 + 0.004 * fall * np.log(peak / stress)


@pytest.mark.parametrize(("sign", "yielded", "highest"), [(-1, 40, 48), (1, 80, 88)])
def test_one_voxel_follows_the_curve_of_the_tissue(sign, yielded, highest):
    conditions = platens(bar([10000.0]), "z", sign * 0.06, "frictionless")
    found = load_to_failure(
        bar([10000.0]), conditions, TISSUE, steps=60, stop_share=0, tolerance=1e-9, backend="reference"
    )
    strain, stress = found.displacement_mm / 0.1, found.load_n / 0.01
    low, high = yielded / 10000, (0.02 if sign < 0 else 0.024)
    rising = strain <= high + 1e-12
    expected = np.where(strain <= low, 10000 * strain, yielded + 500 * (strain - low))
    np.testing.assert_allclose(stress[rising], expected[rising], rtol=1e-8)
    assert found.ultimate_load_n == pytest.approx(highest * 0.01, rel=1e-8)
    assert found.ultimate_displacement_mm == pytest.approx(high * 0.1, rel=1e-8)
    assert found.stiffness_n_per_mm == pytest.approx(10000 * 0.1, rel=1e-8)
    assert found.peaked
    if sign < 0:
        np.testing.assert_allclose(strain[~rising], strain_of(stress[~rising], 10000, 0.1), rtol=1e-8)
    plastic = (strain - stress / 10000) / 2
    lost = dissipated(found) / 0.1**3
    worked = np.concatenate([[0], np.cumsum((stress[1:] + stress[:-1]) / 2 * np.diff(strain))])
    np.testing.assert_allclose(lost, worked - stress * (strain - plastic) / 2, rtol=0, atol=1e-7)
    np.testing.assert_allclose(found.plastic_strain[2, 0], -sign * plastic[-1], rtol=1e-7)
    # The 0.2 % offset line meets σ = σy + 0.05 E (ε − εy) at ε = εy + 0.002 / 0.95.
    point = found.yield_point()
    assert point is not None
    assert point.displacement_mm == pytest.approx(0.1 * (low + 0.002 / 0.95), rel=1e-8)


def test_bars_side_by_side_carry_the_sum_of_their_curves():
    # Two bars of 10 and 5 GPa that fail at different rates, and one of 1 GPa that is told to stay elastic.
    modulus = np.zeros((1, 3, 5))
    modulus[:, 0, 0], modulus[:, 0, 2], modulus[:, 2, 4] = 10000, 5000, 1000
    model = Model(Grid((1, 3, 5), (0.1, 0.1, 0.1)), modulus, 0.0)
    found = load_to_failure(
        model, platens(model, "z", -0.08, "frictionless"), TISSUE,
        breakable=modulus > 1000, steps=32, stop_share=0, tolerance=1e-9, backend="reference",
    )  # fmt: skip
    strain = found.displacement_mm / 0.1
    expected = 1000 * strain
    for e in (10000.0, 5000.0):
        rising = np.where(strain < 0.004, e * strain, e * (0.004 + 0.05 * (strain - 0.004)))
        stresses = np.linspace(0.0048 * e, 1e-3, 200_001)
        falling = np.interp(strain, strain_of(stresses, e, 0.1), stresses)
        expected += np.where(strain <= 0.02, rising, falling)
    np.testing.assert_allclose(found.load_n / 0.01, expected, rtol=1e-6)
    assert found.damage[2] == 0
    assert found.damage[0] > found.damage[1] > 0


def test_a_bar_with_a_weak_slice_breaks_alike_with_voxels_of_any_size():
    opening = {}
    for voxels in (4, 8, 16):
        size = 0.4 / voxels
        modulus = [10000.0] * voxels
        modulus[voxels // 2] *= 0.98
        model = bar(modulus, size, 0.0)
        found = load_to_failure(
            model, platens(model, "z", -0.15, "frictionless"), TISSUE,
            steps=75, stop_share=0.02, tolerance=1e-6, backend="reference",
        )  # fmt: skip
        assert found.stopped == "load fell"
        stress, peak = found.load_n / size**2, found.load_n.argmax()
        assert stress[peak] == pytest.approx(0.98 * 48, rel=0.01)
        # All but the weak slice unload; the slice ends all but broken.
        assert np.sort(found.damage)[-1] > 0.99
        assert np.ptp(np.sort(found.damage)[:-1]) < 1e-3
        lost = dissipated(found) / size**2
        # Of the fracture energy of the band, 0.5 N/mm, the fall to 2 % consumes nearly all.
        assert lost[-1] - lost[peak] == pytest.approx(0.5, rel=0.05)
        opening[voxels] = np.interp([-24.0, -8.0], -stress[peak:], found.displacement_mm[peak:])
    np.testing.assert_allclose(opening[8], opening[16], rtol=0.02)
    np.testing.assert_allclose(opening[4], opening[16], rtol=0.05)


def test_small_strains_agree_with_the_linear_solve():
    model = porous(6)
    conditions = platens(model, "z", 1e-4)
    linear = solve(model, conditions, tolerance=1e-10, backend="reference")
    found = load_to_failure(model, conditions, TISSUE, steps=2, tolerance=1e-9, backend="reference")
    assert found.load_n[-1] == pytest.approx(-linear.reaction[conditions.values != 0].sum(), rel=1e-8)
    np.testing.assert_allclose(found.displacement, linear.displacement, atol=1e-9 * 1e-4)
    assert not found.damage.any()
    assert dissipated(found) == pytest.approx(np.zeros(3), abs=1e-12)
    assert (found.stopped, found.peaked) == ("end of travel", False)


def test_porous_bone_has_a_peak_and_loses_energy_all_the_way():
    told: list[CurvePoint] = []
    model = porous(9)
    found = load_to_failure(
        model, platens(model, "z", 0.04), steps=12, stop_share=0.9, backend="reference", progress=told.append
    )
    assert found.stopped == "load fell"
    assert found.peaked
    assert 0 < found.ultimate_displacement_mm < found.displacement_mm[-1]
    assert found.load_n[-1] < 0.9 * found.ultimate_load_n
    assert np.diff(dissipated(found)).min() > -1e-9
    assert np.diff([point.damage_share for point in found.points]).min() >= 0
    assert tuple(told) == found.points[1:]
    yielded = found.yield_point()
    assert yielded is not None
    assert 0.5 * found.ultimate_load_n < yielded.load_n <= found.ultimate_load_n


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_symmetric_body_fails_symmetrically(axis):
    field = gaussian_filter(np.random.default_rng(4).normal(size=(5, 5, 5)), 0.8)
    half = np.where(field > np.quantile(field, 0.4), 10000.0, 0.0).take(range(3), axis)
    modulus = np.concatenate([half, np.flip(half, axis)], axis)
    model = Model(Grid(modulus.shape, (0.05, 0.05, 0.05)), modulus, 0.3)
    found = load_to_failure(
        model, platens(model, "z", 0.012), TISSUE, steps=4, stop_share=0, tolerance=1e-8, backend="reference"
    )
    damage = np.zeros(modulus.shape)
    damage[found.model.modulus > 0] = found.damage
    assert damage.max() > 0.2
    np.testing.assert_allclose(np.flip(damage, axis), damage, rtol=0, atol=1e-5)


def test_a_brittle_body_ends_where_no_equilibrium_is_near():
    # A long elastic bar behind a brittle slice gives back more energy than the slice consumes.
    brittle = Tissue(0.004, 0.008, 0.0041, 0.0082, 0.0, 0.02, 0.5, 0.9)
    model = bar([2000.0] * 12, 0.1, 0.0)
    breakable = np.zeros((12, 1, 1), np.bool_)
    breakable[5] = True
    found = load_to_failure(
        model, platens(model, "z", -0.02, "frictionless"), brittle,
        breakable=breakable, steps=40, backend="reference",
    )  # fmt: skip
    assert found.peaked
    assert found.ultimate_load_n == pytest.approx(8.0 * 0.01, rel=0.05)
    assert found.stopped in ("no equilibrium", "load fell")


MODEL = bar([10000.0])
MOVED = platens(MODEL)


@pytest.mark.parametrize(
    ("conditions", "options", "words"),
    [
        (Conditions(periodic=True), {}, "must be displacements of nodes"),
        (Conditions(MOVED.nodes, MOVED.components, 0 * MOVED.values), {}, "must move some nodes"),
        (Conditions(*[getattr(MOVED, n) for n in ("nodes", "components", "values")], *[np.ones(1, int)] * 3),
         {}, "no equilibrium"),
        (MOVED, {"steps": 0}, "must be at least 1"),
        (MOVED, {"stop_share": 1.0}, "must be at least 0, below 1"),
        (MOVED, {"tolerance": float("nan")}, "must lie between 1e-10 and 0.1"),
        (MOVED, {"breakable": np.ones((2, 2, 2), np.bool_)}, "shape of the grid"),
        (MOVED, {"breakable": np.zeros((1, 1, 1), np.bool_)}, "needs at least one"),
    ],
)  # fmt: skip
def test_loads_that_cannot_lead_to_failure_are_refused(conditions, options, words):
    with pytest.raises(MechanicsError, match=words):
        load_to_failure(MODEL, conditions, TISSUE, **options)
