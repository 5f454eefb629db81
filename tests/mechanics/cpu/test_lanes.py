"""The element in the basis of its corner patterns."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.mechanics.cpu.lanes import BLOCKS, coefficients, modal_stiffness
from spondyl.mechanics.element import stiffness

CUBE, BRICK = (0.1, 0.1, 0.1), (0.3, 0.2, 0.1)

cases = pytest.mark.parametrize(
    ("spacing", "poisson"), [(CUBE, 0.3), (BRICK, 0.3), (BRICK, 0.0), (BRICK, 0.49), (BRICK, -0.5)]
)


def rebuilt(numbers: np.ndarray) -> np.ndarray:
    """Return the modal stiffness that the products of the blocks make up."""
    modal, left = np.zeros((24, 24)), list(numbers)
    for block in BLOCKS:
        at = [3 * mode + component for component, mode in block]
        for i in range(len(at)):
            for j in range(i, len(at)):
                modal[at[i], at[j]] = modal[at[j], at[i]] = left.pop(0)
    assert not left
    return modal


@cases
def test_nothing_lies_outside_the_blocks(spacing, poisson):
    unit = stiffness(spacing, poisson)
    modal = modal_stiffness(unit)
    np.testing.assert_allclose(rebuilt(coefficients(unit)), modal, rtol=0, atol=1e-15 * np.abs(modal).max())


@cases
def test_patterns_carry_the_energy_of_the_corners(spacing, poisson):
    unit = stiffness(spacing, poisson)
    u = np.random.default_rng(1).normal(size=(8, 3))
    # Pattern (c, b, a) of corner values: the sum with the sign of ξ^a η^b ζ^c at each corner.
    corner = np.array([(i, j, k) for k in (-1, 1) for j in (-1, 1) for i in (-1, 1)], float)
    powers = [(a, b, c) for c in (0, 1) for b in (0, 1) for a in (0, 1)]
    patterns = np.array([np.prod(corner**power, axis=1) @ u for power in powers])
    energy = patterns.ravel() @ modal_stiffness(unit) @ patterns.ravel()
    assert energy == pytest.approx(u.ravel() @ unit @ u.ravel(), rel=1e-13)


def test_every_pattern_of_every_component_is_in_one_block():
    named = [entry for block in BLOCKS for entry in block]
    # Uniform displacement, pattern 0, costs nothing.
    assert sorted(named) == [(component, mode) for component in range(3) for mode in range(1, 8)]
