"""Fast species at rest against analytic profiles."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.transport import Domain, outer_rate, steady
from transport_cases import box, order_of


def slab(n: int, uptake: float, half: float, backend: str) -> tuple[np.ndarray, np.ndarray]:
    """Return places and concentrations in a slab 1 mm thick: 1 at its low face, closed at the high one."""
    domain = box((1, n, 1), (1.0, 1.0 / n, 1.0))
    rate = outer_rate(domain, "y", "low", 2.0)
    found = steady(domain, 2.0, uptake, half, rate, 1.0, tolerance=1e-11, backend=backend)
    return (np.arange(n) + 0.5) / n, found.field[0, :, 0]


def test_uptake_of_first_order_in_a_slab(backend: str) -> None:
    errors = []
    for n in (10, 20, 40):
        x, c = slab(n, 8e8, 1e8, backend)
        errors.append(float(np.abs(c - np.cosh(2 * (1 - x)) / np.cosh(2)).max()))
    assert order_of(errors) > 1.9
    assert errors[-1] < 4e-4


def test_uptake_of_zeroth_order_in_a_slab(backend: str) -> None:
    errors = []
    for n in (10, 20, 40):
        x, c = slab(n, 3.0, 1e-9, backend)
        errors.append(float(np.abs(c - (1 - 1.5 * (x - x**2 / 2))).max()))
    assert order_of(errors) > 1.9
    assert errors[-1] < 3e-4


def test_a_starved_slab_is_empty_beyond_the_depth_of_penetration(backend: str) -> None:
    """Zeroth order: nothing is left beyond √(2 D c / q) = 0.5 mm, and c = (1 − x / 0.5)² before."""
    x, c = slab(80, 16.0, 1e-9, backend)
    np.testing.assert_allclose(c, np.where(x < 0.5, (1 - x / 0.5) ** 2, 0.0), atol=5e-4)
    assert c.min() >= 0


def test_krogh_cylinder(backend: str) -> None:
    """Tissue around one vessel (Krogh 1919): c − c0 = q / 4D (r² − a²) − q R² / 2D ln(r / a)."""
    radius, vessel, d, q = 0.05, 0.01, 170.0, 4000.0
    errors = []
    for n in (20, 40, 80):
        h = 2 * radius / n
        at = (np.arange(n) - (n - 1) / 2) * h
        r = np.hypot(*np.meshgrid(at, at, indexing="ij"))[None]
        domain = Domain(r < radius, (h, h, h))
        inside = r < vessel
        found = steady(
            domain, d, np.where(inside, 0.0, q), 1e-9, np.where(inside, 1e9, 0.0), 0.1,
            tolerance=1e-12, backend=backend,
        ).field  # fmt: skip
        exact = 0.1 + q / (4 * d) * (r**2 - vessel**2) - q * radius**2 / (2 * d) * np.log(r / vessel)
        tissue = domain.open & (r > 2 * vessel)
        errors.append(float(np.sqrt(np.mean((found - exact)[tissue] ** 2))))
    assert order_of(errors) > 0.6  # walls of whole voxels
    assert errors[-1] < 0.02 * 0.1


def test_order_in_space_with_varying_diffusivity(backend: str) -> None:
    """A manufactured solution: c = 1 + cos πz cos πy cos πx / 8, D = 1 + x / 2, closed walls."""
    errors = []
    for n in (8, 16, 32):
        domain = box((n, n, n), (1 / n,) * 3)
        at = np.pi * (np.arange(n) + 0.5) / n
        cz, cy, cx = np.ix_(np.cos(at), np.cos(at), np.cos(at))
        sx, x = np.sin(at)[None, None], (at / np.pi)[None, None]
        wave = cz * cy * cx / 8
        d = np.broadcast_to(1 + x / 2, domain.shape)
        level = 1 + wave + (3 * np.pi**2 * d * wave + 0.5 * np.pi * cz * cy * sx / 8) / 10
        found = steady(domain, d, 0.0, 1.0, 10.0, level, tolerance=1e-10, backend=backend)
        errors.append(float(np.abs(found.field - 1 - wave).max()))
    assert order_of(errors) > 1.9


def test_what_is_not_supplied_holds_nothing(backend: str) -> None:
    mask = np.ones((4, 5, 9), np.bool_)
    mask[..., 4] = False
    rate = np.where(np.arange(9) < 4, 5.0, 0.0) * mask
    found = steady(Domain(mask, (0.1,) * 3), 1.0, 0.0, 1.0, rate, 2.0, tolerance=1e-10, backend=backend)
    np.testing.assert_allclose(found.field[..., :4], 2.0, rtol=1e-8)
    np.testing.assert_allclose(found.field[..., 4:], 0.0, atol=1e-6)


def test_uptake_equals_supply(backend: str) -> None:
    rng = np.random.default_rng(5)
    domain = Domain(rng.random((9, 10, 11)) < 0.8, (0.05, 0.04, 0.03))
    q, p = rng.uniform(0, 50, domain.shape), 200.0 * (rng.random(domain.shape) < 0.1)
    c = steady(domain, 3.0, q, 0.2, p, 0.7, tolerance=1e-11, backend=backend).field
    taken = (q * c / (0.2 + c))[domain.open].sum()
    assert (p * (0.7 - c))[domain.open].sum() == pytest.approx(taken, rel=1e-8)
