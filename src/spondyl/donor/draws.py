"""Random numbers by name and place: the same seed gives the same donor, among one or among thousands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from spondyl.quantity import Parameter

Array = NDArray[np.float64]

_LEAST = 2.0**-54  # a uniform number of 53 bits may be 0, whose normal quantile is not finite


def uniform(name: str, seed: int, count: int) -> Array:
    """Return `count` numbers between 0 and 1 (both excluded) of the stream `name`.

    The i-th number depends on name, seed and i alone, so that drawing more donors changes none.

    Examples
    --------
    >>> bool((uniform("yield", 7, 3) == uniform("yield", 7, 1000)[:3]).all())
    True
    """
    digest = hashlib.blake2b(f"spondyl.donor/{name}/{seed}".encode(), digest_size=16).digest()
    stream = np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))
    return np.maximum(stream.random(count), _LEAST)


def draw(parameter: Parameter, stream: str, seed: int, count: int) -> Array:
    """Return `count` values of a parameter's distribution, by inversion.

    A parameter without a distribution gives its value `count` times.
    """
    if parameter.distribution is None:
        return np.full(count, parameter.value)
    return _QUANTILES[parameter.distribution](parameter, uniform(stream, seed, count))


def _normal(parameter: Parameter, u: Array) -> Array:
    from scipy.special import ndtri

    values: Array = parameter.value + (parameter.spread or 0.0) * ndtri(u)
    return values


def _lognormal(parameter: Parameter, u: Array) -> Array:
    from scipy.special import ndtri

    values: Array = parameter.value * np.exp(np.log(parameter.spread or 1.0) * ndtri(u))
    return values


def _beta(parameter: Parameter, u: Array) -> Array:
    """Return values of a beta distribution on the parameter's range, with its mean and standard deviation."""
    from scipy.special import betaincinv

    width = parameter.high - parameter.low
    mean, sd = (parameter.value - parameter.low) / width, (parameter.spread or 0.0) / width
    if sd == 0:
        return np.full(u.shape, parameter.value)
    total = mean * (1 - mean) / sd**2 - 1
    values: Array = parameter.low + width * betaincinv(mean * total, (1 - mean) * total, u)
    return values


def _uniform(parameter: Parameter, u: Array) -> Array:
    values: Array = parameter.low + (parameter.high - parameter.low) * u
    return values


_QUANTILES: Mapping[str, Callable[[Parameter, Array], Array]] = {
    "normal": _normal,
    "lognormal": _lognormal,
    "beta": _beta,
    "uniform": _uniform,
}
