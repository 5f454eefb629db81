"""Oxygen and glucose on the grid: spheres in closed form with measured order, conservation, positivity."""

from __future__ import annotations

import math

import numpy as np
import pytest

from agent_cases import ball, exchange, floating, still
from spondyl.spheroid import agents
from spondyl.spheroid.agents import field
from spondyl.spheroid.agents.feeding import fed
from spondyl.spheroid.agents.field import Solute, solve
from spondyl.spheroid.agents.mesh import Mesh, Outside, mesh_around
from spondyl.spheroid.agents.sharing import sample, spread

R, D, Q, HELD = 0.2, 147.0, 400.0, 0.2
HERE = np.array([[0.003, -0.002, 0.001]])


@pytest.fixture(autouse=True)
def _tight(monkeypatch):
    monkeypatch.setattr(field, "TOLERANCE", 1e-9)


def share_in_ball(mesh: Mesh, cuts: int = 6) -> np.ndarray:
    """Share of each cube that lies in the ball of radius R."""
    h, total = mesh.spacing_mm, np.zeros(mesh.shape)
    parts = (np.arange(cuts) + 0.5) / cuts - 0.5
    axes = [
        o + h * np.arange(n) - c for o, n, c in zip(mesh.origin_mm, mesh.shape[::-1], HERE[0], strict=True)
    ]
    for dz in parts:
        for dy in parts:
            for dx in parts:
                x, y, z = ((axis + d * h) ** 2 for axis, d in zip(axes, (dx, dy, dz), strict=True))
                total += z[:, None, None] + y[None, :, None] + x[None, None, :] < R * R
    return total / cuts**3


def error(spacing: float, outside: Outside) -> float:
    """Largest error within 0.8 R of uptake of order zero, over the mixed medium's value."""
    mesh = mesh_around(HERE, np.array([R]), spacing, outside.layer_mm(R))
    share = share_in_ball(mesh)
    found = solve(mesh, Solute(HELD, 1e-9, outside), Q * share, np.full(mesh.shape, D))
    distance = mesh.distance()
    surface = HELD - Q * 4 / 3 * math.pi * R**3 * outside.resistance
    exact = surface - Q / (6 * D) * (R**2 - distance**2)
    inner = distance < 0.8 * R
    return float(np.abs(found.value - exact)[inner].max() / HELD)


@pytest.mark.parametrize("resistance", [0.0, 1 / (4 * math.pi * D * R), 3 / (4 * math.pi * D * R)])
def test_uptake_of_order_zero_in_a_sphere_with_second_order(resistance):
    errors = [error(spacing, Outside(D, resistance)) for spacing in (R / 5, R / 10)]
    assert errors[1] < 1.5e-3
    assert math.log2(errors[0] / errors[1]) > 1.5


def test_uptake_of_first_order_in_a_sphere():
    thiele = 4.0
    half = 1e6  # far above the level: uptake capacity/half · c
    outside = Outside(D, 0.0)
    mesh = mesh_around(HERE, np.array([R]), R / 10, 0.0)
    capacity = thiele**2 * D / R**2 * half
    found = solve(mesh, Solute(1.0, half, outside), capacity * share_in_ball(mesh), np.full(mesh.shape, D))
    distance = mesh.distance()
    inner = distance < 0.9 * R
    rho = np.maximum(distance[inner], 1e-9) / R
    exact = np.sinh(thiele * rho) / (rho * np.sinh(thiele))
    assert np.abs(found.value[inner] - exact).max() < 0.012


def test_the_medium_around_is_that_of_a_point_sink():
    outside = Outside(D, 1 / (4 * math.pi * D * R))
    mesh = mesh_around(HERE, np.array([R]), R / 10)
    found = solve(mesh, Solute(HELD, 1e-9, outside), Q * share_in_ball(mesh), np.full(mesh.shape, D))
    ring = mesh.inside & (mesh.distance() > R)
    exact = HELD - Q * R**3 / (3 * D * mesh.distance()[ring])
    assert found.value[ring] == pytest.approx(exact, rel=2e-3)


def test_uptake_equals_influx():
    mesh = mesh_around(HERE, np.array([R]), R / 8)
    for half in (1e-6, 8e-3, 10.0):
        found = solve(
            mesh, Solute(HELD, half, Outside(259.0, 0.02)), 4000 * share_in_ball(mesh), np.full(mesh.shape, D)
        )
        assert found.inflow == pytest.approx(found.taken, rel=1e-5)
        assert found.value.min() >= 0
        assert found.value.max() <= HELD * (1 + 1e-12)


def test_a_starved_core_stays_above_zero_whatever_the_start():
    mesh = mesh_around(HERE, np.array([R]), R / 8, 0.0)
    given = (mesh, Solute(HELD, 1e-4, Outside(D, 0.0)), 20_000 * share_in_ball(mesh), np.full(mesh.shape, D))
    cold = solve(*given)
    warm = solve(*given, np.full(mesh.shape, 0.01))
    assert 0 <= cold.value.min() < 1e-3
    assert warm.value == pytest.approx(cold.value, abs=2e-6)


def test_what_cells_share_among_cubes_is_kept_and_read_back_exactly_where_it_is_linear():
    cells = ball(100, 0.1)
    mesh = mesh_around(cells, np.full(100, 0.006), 0.02)
    assert spread(mesh, cells, np.arange(100.0)).sum() * 0.02**3 == pytest.approx(99 * 50, rel=1e-12)
    z = mesh.origin_mm[2] + 0.02 * np.arange(mesh.shape[0])
    plane = np.broadcast_to(3 * z[:, None, None], mesh.shape).copy()
    assert sample(mesh, plane, cells) == pytest.approx(3 * cells[:, 2], abs=1e-12)


def test_the_medium_loses_what_the_cells_take():
    culture = floating(exchange(share=50.0))
    state = agents.placed(ball(40, 0.2), 1e-6, culture, still(), seed=1)
    later = fed(state, culture, still(), 0.5)
    living = culture.cells.glucose_uptake * later.glucose_mM / (culture.cells.glucose_half + later.glucose_mM)
    lost = (state.medium_glucose_mM - later.medium_glucose_mM) * 50.0
    assert lost == pytest.approx(0.5 * living.sum(), rel=2e-3)
