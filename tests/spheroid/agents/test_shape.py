"""Shape measures on bodies whose measures are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from agent_cases import ball, floating, still
from spondyl.spheroid import agents


def lattice(half: int, squeeze: float = 1.0) -> agents.State:
    """Cells on a cubic lattice cut to a ball of `half` spacings, pressed along z."""
    axis = np.arange(-half, half + 1) * 0.01
    points = np.array([(x, y, z) for x in axis for y in axis for z in axis])
    points = points[np.linalg.norm(points, axis=1) <= half * 0.01 + 1e-9] * [1, 1, squeeze]
    return agents.placed(points, 4 / 3 * math.pi * (0.005 * squeeze) ** 3, floating(), still(), seed=1)


def test_a_ball():
    state = lattice(8)
    found = agents.shape(state)
    assert found.radius_mm == pytest.approx(0.083, rel=0.02)
    assert found.gyration_mm == pytest.approx(
        math.sqrt(3 / 5) * (3 * len(state) * 1e-6 / 4 / math.pi) ** (1 / 3), rel=0.02
    )
    assert found.roundness == pytest.approx(1, abs=1e-6)
    assert found.sphericity > 0.97
    assert found.packing == pytest.approx(math.pi / 6, rel=0.06)


def test_a_flattened_ball():
    found = agents.shape(lattice(8, 0.5))
    assert found.roundness == pytest.approx(0.5, rel=0.02)
    oblate = 0.905  # 2^(1/3)... surface of the ball of its volume over its own, half axes 1, 1, 1/2
    e = math.sqrt(0.75)
    surface = 2 * math.pi * (1 + (1 - e**2) / e * math.atanh(e))
    oblate = 4 * math.pi * 0.5 ** (2 / 3) / surface
    assert found.sphericity == pytest.approx(oblate, rel=0.03)


def test_one_cell_is_a_ball():
    state = agents.placed(np.zeros((1, 3)), 1e-6, floating(), still(), seed=1)
    found = agents.shape(state)
    assert found.radius_mm == pytest.approx(state.radius_mm[0], rel=1e-6)
    assert found.gyration_mm == pytest.approx(math.sqrt(3 / 5) * state.radius_mm[0], rel=1e-6)
    assert found.roundness == pytest.approx(1)
    assert found.sphericity == pytest.approx(1, abs=0.01)


def test_moving_and_turning_change_no_measure():
    points = ball(60, 0.05)
    turn = np.linalg.qr(np.random.Generator(np.random.Philox(1)).normal(size=(3, 3)))[0]
    first = agents.shape(agents.placed(points, 1e-8, floating(), still(), seed=1))
    second = agents.shape(agents.placed(points @ turn + 0.3, 1e-8, floating(), still(), seed=1))
    assert second.gyration_mm == pytest.approx(first.gyration_mm, rel=1e-9)
    assert second.roundness == pytest.approx(first.roundness, rel=1e-9)
    assert second.radius_mm == pytest.approx(first.radius_mm, rel=5e-3)


def test_shells_hold_every_cell_once_and_average_the_living():
    state = lattice(6)
    from dataclasses import replace

    left = np.where(np.arange(len(state)) % 3 == 0, 0.5, 1.0)
    means = agents.shell_means(replace(state, left=left, oxygen_mM=np.where(left == 1, 0.1, 9.0)), 4)
    assert means.living.sum() == (left == 1).sum()
    assert means.dead.sum() == pytest.approx(0.5 * (left < 1).sum())
    assert means.oxygen_mM == pytest.approx(0.1)
    assert means.density[1] == pytest.approx(
        1e6 * means.viability[1] / (means.living[1] / (means.living + means.dead)[1]) * 5 / 6, rel=0.25
    )
