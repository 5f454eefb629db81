"""The 2-norm of a field."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def norm(values: NDArray[np.float64]) -> float:
    """Return the 2-norm, summed by NumPy itself.

    ``numpy.linalg.norm`` sums by BLAS, whose threads change digits and, where every core has work already,
    wait for each other: a tenth of a simulated animal's time went there.

    Examples
    --------
    >>> norm(np.array([[3.0, 0.0], [0.0, 4.0]]))
    5.0
    """
    flat = values.reshape(-1)
    return math.sqrt(float(np.einsum("i,i->", flat, flat)))
