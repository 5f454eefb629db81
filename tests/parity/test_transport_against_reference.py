"""Every other backend takes the steps that the reference takes.

Implicit steps agree to 1e-11 of the largest value where a step passes a few voxels. Limited corrections of
long ones compare fluxes that are 1e6 times their difference, and agree to 1e-9.
"""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.transport import diffuse, drift, steady
from transport_cases import Kept, amounts, porous, rates

SHAPES = [(7, 8, 9), (1, 1, 17), (5, 1, 1), (3, 70, 2), (34, 9, 37), (2, 33, 64)]


def options(domain, k: int, kind: str) -> dict[str, object]:
    """Return what else a step is asked for."""
    shape = (k, *domain.shape)
    some = np.random.default_rng(9).random(shape) < 0.05
    source = np.where(domain.open, rates(domain, k, seed=7), 0.0)
    kinds = {
        "plain": {},
        "decay": {"decay": np.linspace(0, 3, k)},
        "held": {"held": (some, np.linspace(0, 2, k))},
        "all": {"decay": rates(domain, k, seed=8), "source": source, "held": (some, 0.7)},
    }
    return kinds[kind]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["plain", "decay", "held", "all"])
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("varying", [True, False])
def test_diffuse(fast: str, varying: bool, order: int, kind: str, shape: tuple[int, int, int]) -> None:
    domain = porous(11, shape)
    n, more = amounts(domain, 3), options(domain, 3, kind)
    d = rates(domain, 3) if varying else [0.0, 0.3, 2.0]
    for days, rtol in ((1e-3, 1e-12), (0.3, 1e-11), (1e4, 1e-9)):
        told, expected_told = Kept(), Kept()
        found = diffuse(domain, n, d, days, order=order, backend=fast, report=told, **more)
        expected = diffuse(domain, n, d, days, order=order, backend="reference", report=expected_told, **more)
        np.testing.assert_allclose(found, expected, rtol=0, atol=rtol * expected.max())
        for name in ("before", "after", "supplied", "removed", "held"):
            mine, theirs = getattr(told.last, name), getattr(expected_told.last, name)
            np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-9 * expected_told.last.after.max())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("ceiling", [None, [0.8, 2.0]])
def test_drift(fast: str, ceiling: list[float] | None, shape: tuple[int, int, int]) -> None:
    domain = porous(12, shape)
    n, potential = amounts(domain, 2), np.random.default_rng(3).normal(size=shape)
    for mobility in ([0.002, 0.02], rates(domain, 2, 0.02)):
        told = Kept()
        found = drift(domain, n, potential, mobility, 0.5, ceiling=ceiling, backend=fast, report=told)
        expected = drift(domain, n, potential, mobility, 0.5, ceiling=ceiling, backend="reference")
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * expected.max())
        assert told.last.substeps > 1 or domain.open.size < 20


@pytest.mark.parametrize("shape", [(9, 10, 11), (1, 13, 7), (6, 1, 1), (21, 16, 33)])
@pytest.mark.parametrize("half", [1e-5, 0.01, 10.0])
def test_steady(fast: str, half: float, shape: tuple[int, int, int]) -> None:
    domain = porous(13, shape, (0.05, 0.04, 0.06))
    rng = np.random.default_rng(14)
    d, q = rates(domain, 1, 200.0)[0], rng.uniform(0, 90, shape)
    p = np.where(rng.random(shape) < 0.2, 2000.0, 0.0)
    found = steady(domain, d, q, half, p, 0.06, tolerance=1e-11, backend=fast)
    expected = steady(domain, d, q, half, p, 0.06, tolerance=1e-11, backend="reference")
    np.testing.assert_allclose(found.field, expected.field, rtol=0, atol=2e-8)
    assert found.residual <= 1e-11
