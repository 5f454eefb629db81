"""The answer of tissue to strains: exact along one axis, irreversible, and never a source of energy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from spondyl.mechanics.damage_law import Law, State, principal_extremes, respond
from spondyl.mechanics.element import elasticity
from spondyl.mechanics.tissue import Tissue, curves

E, NU = 10000.0, 0.3
TISSUE = Tissue(0.004, 0.008, 0.02, 0.024, 0.05, 0.5, 2.0, 0.5)


def law(breakable: bool = True, size: float = 0.1) -> Law:
    return Law(*curves(TISSUE, np.array([E]), size), np.array([breakable]))


def stress_of(response, strain: np.ndarray) -> np.ndarray:
    return response.left[0] * E * elasticity(NU) @ (strain - response.state.plastic[0])


def uniaxial(strain: float) -> np.ndarray:
    """Strain along z under stress along z alone: plastic strain contracts as elastic strain does."""
    return np.array([-NU, -NU, 1, 0, 0, 0]) * strain


def expected_stress(strain: float) -> float:
    """The curve of the tissue worked by hand, in tension."""
    if strain <= 0.004:
        return E * strain
    if strain <= 0.02:
        return 40 + 0.05 * E * (strain - 0.004)
    fall = law().tension.fall[0]
    # Bisect σ + E εi = E ε on the falling branch, εi = 0.02 − 0.0048 there at the peak.
    low, high = 0.0, 48.0
    for _ in range(200):
        stress = (low + high) / 2
        strain_there = stress / E + 0.0152 + 0.004 * fall * np.log(48 / stress)
        low, high = (stress, high) if strain_there > strain else (low, stress)
    return stress


def tensor(strain: np.ndarray) -> np.ndarray:
    xx, yy, zz, yz, xz, xy = strain
    return np.array([[xx, xy / 2, xz / 2], [xy / 2, yy, yz / 2], [xz / 2, yz / 2, zz]])


def voigt(t: np.ndarray) -> np.ndarray:
    return np.array([t[0, 0], t[1, 1], t[2, 2], 2 * t[1, 2], 2 * t[0, 2], 2 * t[0, 1]])


strains = st.lists(st.floats(-0.03, 0.03), min_size=6, max_size=6).map(np.array)


@pytest.mark.parametrize("strain", [0.002, 0.004, 0.01, 0.02, 0.025, 0.05, 0.2])
@pytest.mark.parametrize("steps", [1, 7])
def test_pulling_follows_the_curve_in_steps_of_any_size(strain, steps):
    state = State.fresh(1)
    for part in np.arange(1, steps + 1) / steps:
        response = respond(law(), state, uniaxial(part * strain)[None])
        state = response.state
    stress = stress_of(response, uniaxial(strain))
    assert stress[2] == pytest.approx(expected_stress(strain), rel=1e-10)
    np.testing.assert_allclose(np.delete(stress, 2), 0, atol=1e-10)


def test_pressing_follows_its_own_curve():
    # By hand: yield 80 MPa at 0.8 %, then 5 % of 10 GPa.
    response = respond(law(), State.fresh(1), uniaxial(-0.016)[None])
    assert stress_of(response, uniaxial(-0.016))[2] == pytest.approx(-(80 + 500 * 0.008), rel=1e-12)
    assert response.state.tension[0] == 0


def test_unloading_is_elastic_with_the_modulus_left_and_ends_at_the_plastic_strain():
    loaded = respond(law(), State.fresh(1), uniaxial(0.015)[None])
    less = respond(law(), loaded.state, uniaxial(0.011)[None])
    np.testing.assert_array_equal(less.state.plastic, loaded.state.plastic)
    np.testing.assert_array_equal(less.left, loaded.left)
    slope = (stress_of(loaded, uniaxial(0.015))[2] - stress_of(less, uniaxial(0.011))[2]) / 0.004
    assert slope == pytest.approx(loaded.left[0] * E, rel=1e-12)
    # Half of the inelastic strain 0.015 − 45.5 / 10000 stays.
    assert loaded.state.plastic[0, 2] == pytest.approx((0.015 - 0.00455) / 2, rel=1e-12)
    again = respond(law(), less.state, uniaxial(0.015)[None])
    np.testing.assert_allclose(again.state.tension, loaded.state.tension, rtol=1e-12)


def test_a_strain_in_the_elastic_range_changes_nothing():
    fresh = State.fresh(1)
    response = respond(law(), fresh, uniaxial(0.0039)[None])
    assert response.left[0] == 1
    assert not response.state.plastic.any()


def test_what_cannot_fail_stays_elastic():
    response = respond(law(breakable=False), State.fresh(1), uniaxial(0.5)[None])
    assert response.left[0] == 1
    assert not response.state.plastic.any()


def test_shear_fails_in_tension_at_the_tensile_yield_strain():
    # The principal strains are plus and minus half the engineering shear strain.
    below, above = (
        respond(law(), State.fresh(1), np.array([[0, 0, 0, 0, g, 0.0]])) for g in (0.0079, 0.0081)
    )
    assert below.left[0] == 1
    assert above.left[0] < 1
    assert above.state.compression[0] == 0


def test_swelling_and_shrinking_equally_in_all_directions_count_as_strains():
    crushed = respond(law(), State.fresh(1), np.array([[-0.0081] * 3 + [0.0] * 3]))
    assert crushed.state.compression[0] > 0


def test_tensile_damage_weakens_later_compression():
    torn = respond(law(), State.fresh(1), uniaxial(0.06)[None])
    back = respond(law(), torn.state, uniaxial(-0.001)[None] + torn.state.plastic)
    assert stress_of(back, uniaxial(-0.001) + torn.state.plastic[0])[2] == pytest.approx(-torn.left[0] * 10)


@given(path=st.lists(strains, min_size=1, max_size=6))
def test_state_only_grows_and_no_step_gives_energy_back(path):
    state, left = State.fresh(1), 1.0
    for strain in path:
        response = respond(law(), state, strain[None])
        elastic = strain - response.state.plastic[0]
        stress = stress_of(response, strain)
        grown = response.state.plastic[0] - state.plastic[0]
        assert stress @ grown >= -1e-12
        assert elastic @ elasticity(NU) @ elastic >= 0
        assert 0 < response.left[0] <= left + 1e-15
        assert response.state.tension[0] >= state.tension[0]
        assert response.state.compression[0] >= state.compression[0]
        state, left = response.state, float(response.left[0])


@given(path=st.lists(strains, min_size=1, max_size=4))
def test_after_each_step_both_modes_are_within_their_limits(path):
    state, tissue = State.fresh(1), law()
    for strain in path:
        response = respond(tissue, state, strain[None])
        state = response.state
        high, low = principal_extremes((strain - state.plastic[0])[None])
        for curve, value, history in (
            (tissue.tension, high, state.tension),
            (tissue.compression, -low, state.compression),
        ):
            assert response.left[0] * value[0] / curve.yield_strain <= curve.stress(history)[0] * (1 + 1e-9)


@given(path=st.lists(strains, min_size=1, max_size=3), seed=st.integers(0, 100))
def test_the_answer_turns_with_the_strain(path, seed):
    turn = Rotation.random(random_state=seed).as_matrix()
    plain = turned = State.fresh(1)
    for strain in path:
        plain = respond(law(), plain, strain[None]).state
        turned = respond(law(), turned, voigt(turn @ tensor(strain) @ turn.T)[None]).state
    np.testing.assert_allclose(
        tensor(turned.plastic[0]), turn @ tensor(plain.plastic[0]) @ turn.T, rtol=0, atol=1e-8
    )


@given(strain=strains)
def test_principal_extremes_are_eigenvalues(strain):
    values = np.linalg.eigvalsh(tensor(strain))
    high, low = principal_extremes(strain[None])
    assert [low[0], high[0]] == pytest.approx([values[0], values[2]], rel=1e-7, abs=1e-10)
