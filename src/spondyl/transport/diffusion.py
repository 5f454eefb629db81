"""Diffusion of many fields over one step."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import floats, shape_of
from spondyl.transport import checks
from spondyl.transport.backend import backend_of
from spondyl.transport.budget import Budget
from spondyl.transport.domain import Domain
from spondyl.transport.task import Spread, Spreading

Array = NDArray[np.float64]
Report = Callable[[Budget], None]

ORDERS = (1, 2)


def diffuse(
    domain: Domain,
    fields: Any,
    diffusivity: Any,
    days: float,
    *,
    decay: Any = None,
    source: Any = None,
    held: tuple[Any, Any] | None = None,
    order: int = 1,
    symmetric: bool = False,
    backend: str = "auto",
    threads: int | None = None,
    report: Report | None = None,
) -> Array:
    """Return fields after they diffused, decayed and were supplied for some days.

    ∂n/∂t = ∇·(D ∇c) − λ n + s with n = c · room: implicit, stable for any step, never negative, conservative
    to round-off. Sweeps along lines (Yanenko 1971); a face has the harmonic mean of both sides' diffusivity.
    Where D · days is many voxels wide in a maze, sweeps err (:func:`splitting_error`): take shorter steps, or
    let the field be at rest (:func:`spondyl.transport.steady`).

    Parameters
    ----------
    domain : where.
    fields : amounts per volume of voxel, (k, z, y, x), or one field (z, y, x); 0 where closed.
    diffusivity : D, mm²/day, a number, (k,) or (k, z, y, x).
    days : the step.
    decay : λ, 1/day, a number, (k,) or (k, z, y, x); None for none.
    source : s, amounts per volume of voxel and day, like the fields; None for none.
    held : (mask, values): voxels that keep a value, (k, z, y, x) each; values may be a number or (k,).
    order : in time; 1, or 2 at five times the work.
    symmetric : take the mean over all orders of the axes, so that exchanging axes changes nothing but
        round-off; six times the work.
    backend : "cpu", which "auto" takes; "cuda" with CuPy on an NVIDIA device, which "auto" takes where
        domain and fields are CuPy's arrays, as the result is then; "reference", slow and plain.
    threads : how many; None for as many as this process may use. No digit depends on them.
    report : called with the budget of the step.

    Raises
    ------
    TransportError
        If an input is negative, not finite, in a closed voxel, or of a wrong shape.

    Examples
    --------
    >>> domain = Domain(np.ones((1, 1, 3), bool), (0.1, 0.1, 0.1))
    >>> diffuse(domain, [[[0.0, 3.0, 0.0]]], 1.0, 1e9).round(6)
    array([[[1., 1., 1.]]])
    """
    threads = checks.threads_of(threads)
    given = checks.fields_of(domain, fields, threads=threads)
    k = len(given)
    mask, values = (None, None) if held is None else checks.held_of(domain, held, given.shape)
    days = checks.days_of(days)
    checks.one_of(order, ORDERS, "order")
    task = Spread(
        domain=domain,
        fields=given,
        diffusivity=checks.per_field(domain, diffusivity, k, "diffusivity", threads),
        decay=checks.per_field(domain, 0.0 if decay is None else decay, k, "decay", threads),
        source=None if source is None else _source(domain, source, given, threads),
        held=mask,
        values=values,
        sweeps=(),
        days=days,
        order=order,
        threads=threads,
    )
    found = _swept(task, backend, symmetric=symmetric)
    if report is not None:
        report(_budget(domain, given, found))
    return found.fields[0] if len(shape_of(fields)) == 3 else found.fields


def splitting_error(domain: Domain, fields: Any, diffusivity: Any, days: float, **more: Any) -> Array:
    """Return by how much a step differs from two of half its length, over the largest value, per field (k,).

    Parameters
    ----------
    domain, fields, diffusivity, days, more : as for :func:`diffuse`.
    """
    more.pop("report", None)
    given = checks.fields_of(domain, fields)
    once = diffuse(domain, given, diffusivity, days, **more)
    half = diffuse(domain, given, diffusivity, days / 2, **more)
    twice = diffuse(domain, half, diffusivity, days / 2, **more)
    size = twice.max(axis=(1, 2, 3))
    error: Array = np.abs(once - twice).max(axis=(1, 2, 3)) / np.where(size > 0, size, 1.0)
    return error


def _swept(task: Spread, backend: str, *, symmetric: bool) -> Spreading:
    from dataclasses import replace

    spread = backend_of(backend, task.domain).spread
    orders = tuple(permutations((0, 1, 2))) if symmetric else ((0, 1, 2),)
    answers = [spread(replace(task, sweeps=_sweeps(axes, task.days, task.order))) for axes in orders]
    if len(answers) == 1:
        return answers[0]
    return Spreading(
        *(
            np.mean([getattr(answer, name) for answer in answers], axis=0)
            for name in ("fields", "supplied", "removed", "held")
        )
    )


def _sweeps(axes: tuple[int, ...], days: float, order: int) -> tuple[tuple[int, float], ...]:
    """Return one sweep along each axis, or halves around the last one (Strang 1968)."""
    if order == 1:
        return tuple((axis, days) for axis in axes)
    first, second, third = axes
    return ((first, days / 2), (second, days / 2), (third, days), (second, days / 2), (first, days / 2))


def _source(domain: Domain, given: Any, fields: Array, threads: int) -> Array:
    source = floats(given)
    if source.ndim == 3 and len(fields) == 1:
        source = source[None]
    if source.shape != fields.shape:
        raise checks.wrong_shape("source", given, str(fields.shape))
    return checks.fields_of(domain, source, "source", threads)


def _budget(domain: Domain, given: Array, found: Spreading) -> Budget:
    volume, axes = domain.volume_mm3, (1, 2, 3)
    return Budget(
        before=given.sum(axis=axes) * volume,
        after=found.fields.sum(axis=axes) * volume,
        supplied=found.supplied * volume,
        removed=found.removed * volume,
        held=found.held * volume,
    )
