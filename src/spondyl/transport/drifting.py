"""Migration of many fields up a potential over one step."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import nothing, shape_of
from spondyl.errors import Mistake, TransportError
from spondyl.transport import checks
from spondyl.transport.backend import backend_of
from spondyl.transport.budget import Budget
from spondyl.transport.domain import Domain
from spondyl.transport.faces import flows, upward
from spondyl.transport.task import Migration

Array = NDArray[np.float64]
Report = Callable[[Budget], None]

COURANT = 0.9
"""Share that may leave a voxel in a sub-step, were it all at its faces; up to 1 nothing becomes negative."""

MOST = 100_000
"""Sub-steps after which something is wrong with the units."""


def drift(
    domain: Domain,
    fields: Any,
    potential: Any,
    mobility: Any,
    days: float,
    *,
    ceiling: Any = None,
    backend: str = "auto",
    threads: int | None = None,
    report: Report | None = None,
) -> Array:
    """Return fields after ∂n/∂t = −∇·(χ n ∇g) for some days (chemotaxis, haptotaxis).

    Finite volumes, upwind with van Leer's (1974) limited slopes and two stages in time (Shu & Osher 1988): of
    second order, never negative, conservative to round-off, no new extrema where the flow has no sources.
    Sub-steps are as short as that asks for; the budget says how many. Nothing passes into closed voxels.

    Parameters
    ----------
    domain, fields, days, backend, threads, report : as for :func:`spondyl.transport.diffuse`.
    potential : g, (z, y, x), or (k, z, y, x) for one each; any sign.
    mobility : χ, mm²/day per unit of g, a number, (k,) or (k, z, y, x).
    ceiling : concentration that a voxel does not fill beyond, a number or (k,): what enters is scaled by the
        room that is left (volume filling, Painter & Hillen 2002). None for no such limit.

    Raises
    ------
    TransportError
        If an input is not finite, negative where it must not be, of a wrong shape, or the step far too long.
    """
    given = checks.fields_of(domain, fields)
    k, days = len(given), checks.days_of(days)
    g = checks.finite_field(domain, potential, k, "potential")
    chi = checks.per_field(domain, mobility, k, "mobility")
    top = np.full(k, math.inf) if ceiling is None else _ceiling(ceiling, k)
    velocities = tuple(upward(domain, g[min(i, len(g) - 1)], chi[i]) for i in range(k))
    steps = _steps(domain, velocities, days, limited=ceiling is not None)
    task = Migration(domain, given, velocities, top, days, steps, checks.threads_of(threads))
    after = backend_of(backend, domain).migrate(task) if steps else given.copy()
    if report is not None:
        report(_budget(domain, given, after, steps))
    return after[0] if len(shape_of(fields)) == 3 else after


def _ceiling(given: Any, k: int) -> Array:
    values = np.broadcast_to(np.asarray(given, np.float64), (k,)).copy()
    if not np.all(values > 0):
        raise TransportError(Mistake("ceiling", str(given), "must be positive"))
    return values


def _steps(domain: Domain, velocities: tuple[Array, ...], days: float, *, limited: bool) -> int:
    """Return how many sub-steps keep what leaves a voxel below what it has, what enters below its room."""
    fastest = 0.0
    for u in velocities:
        leaving, entering = nothing(domain.share), nothing(domain.share)
        for axis in range(3):
            out, into = flows(u[axis], axis)
            leaving += 2 * out
            entering += into if limited else 0.0
        fastest = max(fastest, float((np.maximum(leaving, entering) / domain.capacity).max()))
    steps = math.ceil(days * fastest / COURANT)
    if steps > MOST:
        found = f"{days:g} days, in which the fastest would pass {days * fastest:.2g} voxels"
        raise TransportError(Mistake("drift › days", found, "must be shorter, or the mobility smaller"))
    return steps


def _budget(domain: Domain, given: Array, after: Array, steps: int) -> Budget:
    none = np.zeros(len(given))
    amounts = [n.sum(axis=(1, 2, 3)) * domain.volume_mm3 for n in (given, after)]
    return Budget(before=amounts[0], after=amounts[1], supplied=none, removed=none, held=none, substeps=steps)
