"""Arrays wherever they lie: NumPy's on the processor, CuPy's on a CUDA device.

NumPy's functions take both and leave the result where the arrays lie. What differs is here; nothing is copied
between the two unless it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def at_home(array: Any) -> bool:
    """Tell whether an array, or a number, lies on the processor.

    Examples
    --------
    >>> at_home(np.zeros(3))
    True
    """
    return not hasattr(array, "__cuda_array_interface__")


def home(array: Any) -> NDArray[Any]:
    """Return an array on the processor: itself if it lies there, else a copy."""
    found: NDArray[Any] = array if at_home(array) else array.get()
    return found


def beside(array: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """Return an array where another lies: itself if it lies there, else a copy."""
    if at_home(array) == at_home(other):
        return array
    if at_home(other):
        return home(array)
    found: Any = np.empty_like(other, dtype=array.dtype, shape=array.shape)
    found.set(np.ascontiguousarray(array))
    return cast("NDArray[Any]", found)


def floats(given: Any) -> Array:
    """Return float64 where the given array lies."""
    found: Array = np.asarray(given, np.float64) if at_home(given) else given.astype(np.float64, copy=False)
    return found


def contiguous(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array whose rows follow one another, a copy only if they do not."""
    if at_home(array):
        return np.ascontiguousarray(array)
    return array if array.flags.c_contiguous else array.copy()


def ratio(a: Array, b: Array) -> Array:
    """Return a / b, 0 where b is not positive.

    Examples
    --------
    >>> ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0]))
    array([0.5, 0. ])
    """
    some = b > 0
    if at_home(b):
        return np.divide(a, b, out=np.zeros_like(b), where=some)
    return np.where(some, a / np.where(some, b, 1.0), 0.0)


def bounds(values: Array) -> tuple[float, float]:
    """Return the least and the largest value; a device is waited for once.

    Examples
    --------
    >>> bounds(np.array([2.0, 1.0, 3.0]))
    (1.0, 3.0)
    """
    least, most = values.min(), values.max()
    if not at_home(values):
        least, most = home(np.stack([least, most]))
    return float(least), float(most)


def nothing(like: NDArray[Any], shape: Any = None, dtype: Any = None) -> NDArray[Any]:
    """Return zeros where another array lies, of its shape and type if no other is asked for."""
    return np.zeros_like(like, dtype=dtype, shape=shape)


def shape_of(given: Any) -> tuple[int, ...]:
    """Return the shape of an array, a list or a number."""
    found: tuple[int, ...] = given.shape if hasattr(given, "shape") else np.shape(given)
    return found


def ndimage(array: Any) -> Any:
    """Return SciPy's module of image functions, or CuPy's for an array on a device."""
    return import_module("scipy.ndimage" if at_home(array) else "cupyx.scipy.ndimage")
