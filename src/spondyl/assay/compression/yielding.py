"""Where a load curve leaves its elastic line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.compression.peak import Peak
from spondyl.assay.compression.settings import Settings
from spondyl.assay.compression.straight import Straight
from spondyl.quantity import Parameter

Floats = NDArray[np.float64]


class Yield(NamedTuple):
    """The yield point: displacement from the curve's zero, mm, and load, N, of a sample of the record."""

    displacement_mm: float
    load_N: float  # noqa: N815  the unit is the newton


def yield_line(
    x: Floats, straight: Straight, zero: float, how: Settings, table: Mapping[str, Parameter]
) -> Floats:
    """Return the load of the line that the curve must fall below to have yielded, N.

    It is the elastic line through zero, moved by the offset; or, where neither a length nor an offset is
    known, the line through zero with the stiffness less the share that counts as yield.
    """
    if how.yield_rule == "stiffness":
        return np.asarray((1 - table["stiffness_loss"].value) * straight.slope * (x - zero))
    offset = how.offset_mm
    if offset is None:
        strain = table["offset_strain"].value if how.offset_strain is None else how.offset_strain
        offset = strain * (how.length_mm or 0.0)
    return np.asarray(straight.slope * (x - zero - offset))


def yield_point(
    x: Floats,
    load: Floats,
    straight: Straight,
    zero: float,
    top: Peak,
    how: Settings,
    table: Mapping[str, Parameter],
) -> Yield | None:
    """Return the first sample beyond the line; None where the curve stays above it up to its largest load.

    On a noisy record samples lie on the wrong side here and there; the sample is chosen before which the
    fewest lie below the line and after which the fewest lie above it.
    """
    start, end = straight.first, top.place + 1
    below = load[start:end] < yield_line(x[start:end], straight, zero, how, table)
    wrong_before = np.concatenate([[0], np.cumsum(below)])
    wrong_after = np.concatenate([np.cumsum(~below[::-1])[::-1], [0]])
    first = int((wrong_before + wrong_after).argmin())
    if first == below.size:
        return None
    place = start + first
    return Yield(float(x[place] - zero), float(load[place]))
