"""Domains and fields shared by the tests of the transport engine."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from spondyl import cuda
from spondyl.arrays import home
from spondyl.errors import TransportError
from spondyl.transport import Budget, Domain, diffuse, drift, growing, steady, waning
from spondyl.transport.reference.fronts import steepness

SPACING = (0.3, 0.2, 0.1)
"""Voxels no two edges of which are equal (z, y, x)."""


def porous(seed: int, shape=(7, 8, 9), spacing=SPACING, share: float = 0.7, *, rooms: bool = True) -> Domain:
    """Return a random domain some of whose voxels are closed, others partly open."""
    rng = np.random.default_rng(seed)
    noise = gaussian_filter(rng.normal(size=shape), 0.8)
    room = rng.uniform(0.2, 1.0, shape) if rooms else None
    return Domain(noise <= np.quantile(noise, share), spacing, room)


def box(shape, spacing=SPACING) -> Domain:
    """Return a domain with every voxel open."""
    return Domain(np.ones(shape, np.bool_), spacing)


def amounts(domain: Domain, k: int, seed: int = 0) -> np.ndarray:
    """Return fields between 0 and 1 with values over many decades and zeros."""
    rng = np.random.default_rng(seed)
    n = rng.random((k, *domain.shape)) ** 8
    n[rng.random(n.shape) < 0.2] = 0.0
    return np.where(domain.open, n, 0.0)


def rates(domain: Domain, k: int, largest: float = 2.0, seed: int = 1) -> np.ndarray:
    """Return positive fields, some of them zero in places."""
    rng = np.random.default_rng(seed)
    d = rng.uniform(0, largest, (k, *domain.shape))
    d[rng.random(d.shape) < 0.1] = 0.0
    return d


class Kept:
    """Keeps the budgets that steps report."""

    def __init__(self) -> None:
        self.budgets: list[Budget] = []

    def __call__(self, budget: Budget) -> None:
        self.budgets.append(budget)

    @property
    def last(self) -> Budget:
        return self.budgets[-1]


def order_of(errors: list[float]) -> float:
    """Return the order of convergence between the last two errors, each step half of the one before."""
    return float(np.log2(errors[-2] / errors[-1]))


def options(domain, k: int, kind: str) -> dict[str, object]:
    """Return what else a step is asked for."""
    shape = (k, *domain.shape)
    some = np.random.default_rng(9).random(shape) < 0.05
    source = np.where(domain.open, rates(domain, k, seed=7), 0.0)
    kinds = {
        "plain": {},
        "decay": {"decay": np.linspace(0, 3, k)},
        "held": {"held": (some, np.linspace(0, 2, k))},
        "reacting": {"decay": rates(domain, k, seed=8), "source": source},
        "symmetric": {"decay": 0.7, "source": source, "symmetric": True},
        "all": {"decay": rates(domain, k, seed=8), "source": source, "held": (some, 0.7)},
    }
    return kinds[kind]


def same_diffusion(
    backend: str, shape: tuple[int, int, int], kind: str, order: int, *, varying: bool
) -> None:
    """Compare with the reference: to 1e-11 of the largest value where a step passes a few voxels.

    Limited corrections of long steps compare fluxes that are 1e6 times their difference, and agree to 1e-9.
    """
    domain = porous(11, shape)
    n, more = amounts(domain, 3), options(domain, 3, kind)
    d = rates(domain, 3) if varying else [0.0, 0.3, 2.0]
    for days, rtol in ((1e-3, 1e-12), (0.3, 1e-11), (1e4, 1e-9)):
        budgets = Kept()
        fields = [
            diffuse(domain, n, d, days, order=order, backend=name, report=budgets, **more)
            for name in (backend, "reference")
        ]
        np.testing.assert_allclose(*fields, rtol=0, atol=rtol * fields[1].max())
        for name in ("before", "after", "supplied", "removed", "held"):
            sums = [getattr(budget, name) for budget in budgets.budgets]
            np.testing.assert_allclose(*sums, rtol=1e-9, atol=1e-9 * budgets.last.after.max())


def same_drift(backend: str, shape: tuple[int, int, int], ceiling: list[float] | None) -> None:
    """Compare with the reference, to 1e-12 of the largest value."""
    domain = porous(12, shape)
    n, potential = amounts(domain, 2), np.random.default_rng(3).normal(size=shape)
    for mobility in ([0.002, 0.02], rates(domain, 2, 0.02)):
        told = Kept()
        found, expected = (
            drift(domain, n, potential, mobility, 0.5, ceiling=ceiling, backend=name, report=told)
            for name in (backend, "reference")
        )
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * expected.max())
        assert told.last.substeps > 1 or domain.open.size < 20


def same_rest(backend: str, shape: tuple[int, int, int], half: float) -> None:
    """Compare with the reference: residuals of 1e-11 leave 2e-8 in concentrations below 0.06."""
    domain = porous(13, shape, (0.05, 0.04, 0.06))
    rng = np.random.default_rng(14)
    d, q = rates(domain, 1, 200.0)[0], rng.uniform(0, 90, shape)
    p = np.where(rng.random(shape) < 0.2, 2000.0, 0.0)
    found, expected = (
        steady(domain, d, q, half, p, 0.06, tolerance=1e-11, backend=name) for name in (backend, "reference")
    )
    np.testing.assert_allclose(found.field, expected.field, rtol=0, atol=2e-8)
    assert found.residual <= 1e-11


def same_front(backend: str, shape: tuple[int, int, int]) -> None:
    """Compare the size of one-sided gradients with the reference's."""
    domain = porous(3, shape)
    share = amounts(domain, 1)[0]
    for sign, size in ((1.0, growing), (-1.0, waning)):
        if backend == "cuda":
            with cuda.arrays(TransportError) as upload:
                found = home(size(upload(share), upload(domain.open), SPACING))
        else:
            found = size(share, domain.open, SPACING)
        assert np.allclose(found, steepness(share, domain.open, SPACING, sign), rtol=1e-13, atol=1e-13)
        assert found.any()
