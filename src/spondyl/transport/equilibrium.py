"""A species so fast that it is always at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import ndimage, nothing, shape_of
from spondyl.transport import checks
from spondyl.transport.domain import Domain
from spondyl.transport.task import Balance

Array = NDArray[np.float64]

NEGLIGIBLE = 1e-12
"""Decay over what passes a face: what is supplied with nothing and takes nothing up holds nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Steady:
    """A species at rest.

    Parameters
    ----------
    field : concentration, (z, y, x), 0 where closed.
    iterations : Newton steps.
    residual : what is left of the balance over the supply, 2-norms.
    linear_iterations : of all linear solves.
    """

    field: Array
    iterations: int
    residual: float
    linear_iterations: int


def steady(
    domain: Domain,
    diffusivity: Any,
    uptake_max: Any,
    half_saturation: float,
    supply_rate: Any,
    supply_level: Any,
    start: Any = None,
    tolerance: float = 1e-6,
    *,
    backend: str = "auto",
    threads: int | None = None,
) -> Steady:
    """Return a concentration at rest: 0 = ∇·(D∇c) − q c / (K + c) + p (s − c).

    A decay λ is a supply of that rate from the level 0: give p = rate + λ and s = rate · level / p. What is
    not supplied in any way, and does not vanish, is 0. The result is never negative. Uptake and supply count
    per volume of voxel; the room of the domain narrows faces only.

    Parameters
    ----------
    domain : where.
    diffusivity : D, mm²/day, a number or (z, y, x).
    uptake_max : q, concentration/day, a number or (z, y, x).
    half_saturation : K, concentration.
    supply_rate, supply_level : p, 1/day, and s, concentration; numbers or (z, y, x).
    start : a similar solution, (z, y, x), from which it is faster; None for the largest level.
    tolerance : residual over supply, 2-norms, from 1e-12 to 0.1.
    backend, threads : as for :func:`spondyl.transport.diffuse`.

    Raises
    ------
    TransportError
        If an input is negative, not finite or of a wrong shape, or the tolerance is not reached.

    Examples
    --------
    >>> domain = Domain(np.ones((1, 1, 4), bool), (0.1, 0.1, 0.1))
    >>> steady(domain, 1.0, 2.0, 1.0, 1.0, 2.0, tolerance=1e-12).field.round(6)  # 2 c / (1 + c) = 2 − c
    array([[[1., 1., 1., 1.]]])
    """
    from spondyl.transport.backend import backend_of

    tolerance = checks.number_of(tolerance, "tolerance", positive=True)
    whole = bool(shape_of(diffusivity))
    d = checks.field_of(domain, diffusivity, "diffusivity")
    rate = checks.field_of(domain, supply_rate, "supply_rate")
    level = checks.field_of(domain, supply_level, "supply_level")
    floor = NEGLIGIBLE * float(d.max()) / min(domain.spacing_mm) ** 2 + np.finfo(np.float64).tiny
    begin = checks.field_of(domain, float(level.max()) if start is None else start, "start")
    task = Balance(
        domain=domain,
        diffusivity=d if whole else np.float64(diffusivity),
        uptake_max=checks.field_of(domain, uptake_max, "uptake_max"),
        half_saturation=checks.number_of(half_saturation, "half_saturation", positive=True),
        supply_rate=np.where(domain.open, rate + floor, 0.0),
        supply=rate * level,
        start=np.where(_supplied(d, rate * level), begin, 0.0),
        tolerance=tolerance,
        threads=checks.threads_of(threads),
    )
    return backend_of(backend, domain).rest(task)


def _supplied(diffusivity: Array, supply: Array) -> NDArray[np.bool_]:
    """Return the voxels to which something can come; others would keep whatever they began with."""
    part, parts = ndimage(supply).label(diffusivity > 0)
    reached = nothing(part, int(parts) + 1, np.bool_)
    reached[part[supply > 0]] = True
    reached[0] = False
    found: NDArray[np.bool_] = reached[part] | (supply > 0)
    return found
