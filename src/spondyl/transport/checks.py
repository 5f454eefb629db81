"""What may be given: the field and the voxel of everything that may not are named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import at_home, bounds, contiguous, floats, home, shape_of
from spondyl.errors import Mistake, TransportError, nearest_word
from spondyl.transport.domain import Domain

Array = NDArray[np.float64]

BACKENDS = ("auto", "cpu", "cuda", "reference")


def fields_of(domain: Domain, given: Any, name: str = "fields", threads: int = 1) -> Array:
    """Return fields as (k, z, y, x): not negative, finite, nothing where the domain is closed."""
    fields = contiguous(floats(given))
    if fields.ndim == 3:
        fields = fields[None]
    if fields.ndim != 4 or fields.shape[1:] != domain.shape:
        raise wrong_shape(name, given, f"(z, y, x) or (k, z, y, x) with voxels {domain.shape}")
    if not _fit(fields, ~domain.open, threads):
        not_negative(fields, name)
        closed = ~domain.open & (fields != 0)
        if closed.any():
            raise _place(fields, closed, name, "is in a closed voxel, where there must be nothing")
    return fields


def _fit(fields: Array, closed: NDArray[np.bool_] | None, threads: int) -> bool:
    """Tell whether fields are not negative, finite, and nothing where closed; False may be too strict."""
    if at_home(fields):
        from spondyl.transport.cpu.fit import fit

        return fit(fields, closed, threads)
    least, most = bounds(fields) if fields.size else (0.0, 0.0)
    return least >= 0 and most < math.inf and (closed is None or not bool((closed & (fields != 0)).any()))


def per_field(domain: Domain, given: Any, k: int, name: str, threads: int = 1) -> Array:
    """Return numbers (k,) or fields (k, z, y, x) that are not negative where the domain is open."""
    values = floats(given)
    if values.shape in {(), (1,)}:
        values = np.full(k, float(values.reshape(())))
    elif values.shape == domain.shape and k == 1:
        values = values[None]
    if values.shape not in {(k,), (k, *domain.shape)}:
        raise wrong_shape(name, given, f"({k},) or {(k, *domain.shape)}")
    if values.ndim == 4:
        values = contiguous(values)
        if _fit(values, None, threads):
            return values
        values = np.where(domain.open, values, 0.0)  # where closed, nobody asks
    not_negative(values, name)
    return values


def field_of(domain: Domain, given: Any, name: str) -> Array:
    """Return a number or a field as (z, y, x), not negative, 0 where the domain is closed."""
    values = floats(given)
    if values.shape == ():
        return np.where(domain.open, number_of(float(values), name), 0.0)
    if values.shape != domain.shape:
        raise wrong_shape(name, given, f"a number or {domain.shape}")
    values = np.where(domain.open, values, 0.0)
    not_negative(values, name)
    return values


def finite_field(domain: Domain, given: Any, k: int, name: str) -> Array:
    """Return fields (1 or k, z, y, x) of any sign, 0 where the domain is closed."""
    values = floats(given)
    if values.ndim == 3:
        values = values[None]
    if values.shape not in {(1, *domain.shape), (k, *domain.shape)}:
        raise wrong_shape(name, given, f"{domain.shape} or {(k, *domain.shape)}")
    values = np.where(domain.open, values, 0.0)
    wrong = ~np.isfinite(values)
    if wrong.any():
        raise _place(values, wrong, name, "must be finite")
    return values


def held_of(domain: Domain, given: Any, shape: tuple[int, ...]) -> tuple[NDArray[np.bool_], Array]:
    """Return which voxels are held and at what, (k, z, y, x) each."""
    mask, values = np.asarray(given[0]), np.asarray(given[1], np.float64)
    if mask.dtype != np.bool_ or mask.shape not in {shape, shape[1:]}:
        raise wrong_shape("held › mask", mask, f"boolean {shape}")
    if values.shape == shape[:1]:
        values = values[:, None, None, None]
    if values.shape not in {(), shape[1:], (shape[0], 1, 1, 1), shape}:
        raise wrong_shape("held › values", given[1], f"a number, {shape[:1]} or {shape}")
    mask = np.ascontiguousarray(np.broadcast_to(mask, shape) & domain.open)
    values = np.where(mask, values, 0.0)
    not_negative(values, "held › values")
    return mask, values


def wrong_shape(name: str, given: Any, allowed: str) -> TransportError:
    """Return the error of an array that does not fit."""
    return TransportError(Mistake(name, f"shape {shape_of(given)}", f"must have shape {allowed}"))


def not_negative(values: Array, name: str) -> None:
    """Refuse what is negative, infinite or no number."""
    if values.size == 0:
        return
    least, most = bounds(values)
    if least >= 0 and most < math.inf:
        return
    raise _place(values, ~((values >= 0) & (values < math.inf)), name, "must be finite and not negative")


def days_of(days: float) -> float:
    """Return a time that is finite and not negative."""
    return number_of(days, "days")


def number_of(value: float, name: str, *, positive: bool = False) -> float:
    """Return a number that is finite and not negative, or positive."""
    value = float(value)
    if not (math.isfinite(value) and value >= 0 and (value > 0 or not positive)):
        must = "must be finite and positive" if positive else "must be finite and not negative"
        raise TransportError(Mistake(name, f"{value:g}", must))
    return value


def one_of(value: Any, allowed: Sequence[Any], name: str) -> Any:
    """Return one of the allowed values."""
    if value not in allowed:
        words = [str(item) for item in allowed]
        near = nearest_word(str(value), words)
        raise TransportError(Mistake(name, repr(value), f"must be one of {', '.join(words)}", near))
    return value


def threads_of(threads: int | None) -> int:
    """Return how many threads to use."""
    if threads is not None and threads < 1:
        raise TransportError(Mistake("threads", str(threads), "must be at least 1"))
    if threads is None:
        from spondyl.threads import available_threads

        return available_threads()
    return threads


def _place(values: Array, wrong: NDArray[np.bool_], name: str, allowed: str) -> TransportError:
    at = tuple(int(i) for i in np.unravel_index(int(np.argmax(home(wrong))), wrong.shape))
    where = name if values.ndim == 3 else f"{name} › {at[0]}"
    place = at if values.ndim == 3 else at[1:]
    place_text = f" at voxel {place}" if place else ""
    others = int(wrong.sum()) - 1
    more = f" and {others} more" if others else ""
    return TransportError(Mistake(where, f"{float(values[at]):g}{place_text}{more}", allowed))
