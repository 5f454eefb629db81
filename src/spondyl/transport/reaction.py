"""What happens in each voxel by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.transport import checks

Array = NDArray[np.float64]


def produce_destroy(fields: Any, production: Any, destruction_rate: Any, days: float) -> Array:
    """Return fields after dn/dt = P − d n for some days: (n + P days) / (1 + d days), never negative.

    Of first order; exact once at rest (Patankar 1980; Burchard et al. 2003).

    Parameters
    ----------
    fields : n, any shape.
    production : P, per day, a shape that broadcasts to the fields'.
    destruction_rate : d, 1/day, likewise.
    days : the step.

    Raises
    ------
    TransportError
        If an input is negative or not finite.

    Examples
    --------
    >>> produce_destroy(np.array([4.0]), 1.0, 0.5, 2.0)
    array([3.])
    """
    n, p, d = (np.asarray(given, np.float64) for given in (fields, production, destruction_rate))
    for values, name in ((n, "fields"), (p, "production"), (d, "destruction_rate")):
        checks.not_negative(values, name)
    days = checks.days_of(days)
    after: Array = (n + p * days) / (1 + d * days)
    return after
