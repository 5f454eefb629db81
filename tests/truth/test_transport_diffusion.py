"""Diffusion against what is known exactly: spreading bells, waves of invasion, measured orders."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.transport import diffuse, drift, produce_destroy
from spondyl.transport.reference import whole_step
from transport_cases import amounts, box, order_of, porous, rates


def bell(domain, days: float, diffusivity: float, variance: float) -> np.ndarray:
    """Return an isotropic Gaussian in the middle, after it spread for some days."""
    spread = variance + 2 * diffusivity * days
    middles = [(np.arange(n) - (n - 1) / 2) * h for n, h in zip(domain.shape, domain.spacing_mm, strict=True)]
    z, y, x = np.meshgrid(*middles, indexing="ij")
    return (variance / spread) ** 1.5 * np.exp(-(z**2 + y**2 + x**2) / (2 * spread))


@pytest.mark.parametrize(("order", "least"), [(1, 0.9), (2, 1.8)])
def test_a_bell_spreads(backend: str, order: int, least: float) -> None:
    """Space and time refined together; the walls are seven standard deviations away."""
    errors = []
    for n in (12, 24, 48):
        domain = box((n, n, n), (2.4 / n,) * 3)
        steps = n // 6
        field = bell(domain, 0.0, 0.5, 0.04)
        for _ in range(steps):
            field = diffuse(domain, field, 0.5, 0.04 / steps, order=order, backend=backend)
        errors.append(float(np.abs(field - bell(domain, 0.04, 0.5, 0.04)).max()))
    assert order_of(errors) > least
    assert errors[-1] < (0.04 if order == 1 else 0.01)


@pytest.mark.parametrize(("order", "least", "most"), [(1, 0.9, 1.2), (2, 1.75, 2.3)])
def test_order_in_time_where_sweeps_do_not_commute(
    backend: str, order: int, least: float, most: float
) -> None:
    domain = porous(1, (6, 7, 8))
    field = np.where(domain.open, np.random.default_rng(2).uniform(1, 2, domain.shape), 0.0)
    d = rates(domain, 1, 0.05)[0]
    decay, source = 2 * rates(domain, 1, seed=3)[0], np.where(domain.open, 1.5, 0.0)

    def after(steps: int) -> np.ndarray:
        n = field
        for _ in range(steps):
            n = diffuse(domain, n, d, 0.4 / steps, decay=decay, source=source, order=order, backend=backend)
        return n

    exact = after(256)
    errors = [float(np.abs(after(steps) - exact).max()) for steps in (8, 16)]
    assert least < order_of(errors) < most


def test_one_step_differs_from_an_unsplit_one_by_the_square_of_the_days(backend: str) -> None:
    domain, errors = porous(4, (6, 7, 8)), []
    field, d = amounts(domain, 1)[0], rates(domain, 1)[0]
    for days in (2e-4, 1e-4):
        split = diffuse(domain, field, d, days, backend=backend)
        errors.append(float(np.abs(split - whole_step(domain, field, d, days)).max()))
    assert 1.8 < order_of(errors) < 2.1


def test_a_wave_of_invasion_has_fishers_speed(fast: str) -> None:
    """Logistic growth r and diffusion D: speed 2 √(D r) less Bramson's (1983) 3/2 √(D / r) / t."""
    d, r, h, dt = 0.02, 2.0, 0.04, 0.02
    domain = box((1, 1, 400), (h, h, h))
    n = np.zeros(domain.shape)
    n[..., :10] = 1.0
    fronts, times = [], (16, 32)
    for step in range(1, round(times[1] / dt) + 1):
        n = diffuse(domain, n, d, dt, order=2, backend=fast, threads=1)
        n = produce_destroy(n, r * n, r * n, dt)
        if round(step * dt, 9) in times:
            line = n[0, 0]
            last = int(np.nonzero(line > 0.5)[0].max())
            fronts.append(h * (last + (line[last] - 0.5) / (line[last] - line[last + 1])))
    expected = 2 * np.sqrt(d * r) * (times[1] - times[0]) - 1.5 * np.sqrt(d / r) * np.log(times[1] / times[0])
    assert fronts[1] - fronts[0] == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_bump_drifts_at_the_right_speed(backend: str, axis: int) -> None:
    errors = []
    for n in (50, 100, 200):
        shape = [1, 1, 1]
        shape[axis] = n
        h = 2.0 / n
        domain = box(tuple(shape), (h, h, h))
        x = ((np.arange(n) + 0.5) * h).reshape(shape)
        moved = drift(domain, np.exp(-(((x - 0.6) / 0.12) ** 2)), 3.0 * x, 0.25, 1.0, backend=backend)
        assert moved.min() >= 0
        assert moved.max() <= 1.0  # no new extrema
        assert (moved * x).sum() / moved.sum() == pytest.approx(0.6 + 0.75, abs=1e-3)
        errors.append(float(np.abs(moved - np.exp(-(((x - 1.35) / 0.12) ** 2))).sum() * h))
    assert order_of(errors) > 1.5
    assert errors[-1] < 0.03 * 0.12 * np.sqrt(np.pi)  # of all that is there
