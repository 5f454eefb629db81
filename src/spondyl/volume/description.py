"""The passport of a scan as JSON, carried by formats that have no place of their own for it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spondyl.errors import Mistake, ScanError
from spondyl.volume.draft import Draft
from spondyl.volume.grid import Axes, Triple
from spondyl.volume.scan import Meaning, Scan

_KEY = "spondyl"


@dataclass(frozen=True, slots=True)
class Description:
    """Geometry, calibration and meaning of a scan; fields as in :class:`Grid` and :class:`Scan`."""

    spacing_mm: Triple
    origin_mm: Triple
    axes: Axes
    meaning: Meaning
    slope: float
    intercept: float
    shape: tuple[int, ...]


def describe(scan: Scan) -> dict[str, Any]:
    """Return the passport of `scan` as a JSON object."""
    return {
        _KEY: {
            "meaning": str(scan.meaning),
            "spacing_mm": list(scan.grid.spacing_mm),
            "origin_mm": list(scan.grid.origin_mm),
            "axes": [list(row) for row in scan.grid.axes],
            "slope": scan.slope,
            "intercept": scan.intercept,
            "voxels": list(scan.grid.shape),
        }
    }


def described(where: str, found: object) -> Description | None:
    """Read a passport back.

    Parameters
    ----------
    where : file named in the message.
    found : a JSON object, or its text; anything else is nobody's passport.

    Returns
    -------
    The passport, or None when `found` holds none.

    Raises
    ------
    ScanError
        If it is ours but an entry is missing or wrong.
    """
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except (ValueError, RecursionError):
            return None
    if not isinstance(found, dict) or _KEY not in found:
        return None
    try:
        return _checked(found[_KEY])
    except (KeyError, TypeError, ValueError, OverflowError) as wrong:
        given = f"an image description that Spondyl cannot use ({wrong})"
        raise ScanError(Mistake(where, given, "write the file again with Spondyl")) from wrong


def check_shape(where: str, passport: Description | None, shape: tuple[int, ...]) -> None:
    """Refuse voxels that are not those that the passport was written for.

    Raises
    ------
    ScanError
        If slices were lost or added since.
    """
    if passport is not None and passport.shape != shape:
        given = f"voxels of shape {shape}"
        raise ScanError(Mistake(where, given, f"they were {passport.shape} when Spondyl wrote them"))


def _checked(entries: dict[str, Any]) -> Description:
    z, y, x = entries["axes"]
    return Description(
        spacing_mm=_three(entries["spacing_mm"]),
        origin_mm=_three(entries["origin_mm"]),
        axes=(_three(z), _three(y), _three(x)),
        meaning=Meaning(entries["meaning"]),
        slope=_finite(entries["slope"]),
        intercept=_finite(entries["intercept"]),
        shape=tuple(int(n) for n in entries["voxels"]),
    )


def _three(values: Any) -> Triple:
    z, y, x = (_finite(value) for value in values)
    return (z, y, x)


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{number} is not finite")
    return number


def storable(dtype: np.dtype[np.generic]) -> np.dtype[np.generic]:
    """Return the little-endian dtype that files keep for `dtype`: truth values as bytes, half as single."""
    if dtype.kind == "b":
        return np.dtype("u1")
    if dtype == np.float16:
        return np.dtype("<f4")
    return dtype.newbyteorder("<")


def exact(draft: Draft, described: Description) -> Draft:
    """Return `draft` with the exact geometry, meaning and calibration that Spondyl wrote into the file."""
    return replace(
        draft, spacing_mm=described.spacing_mm, origin_mm=described.origin_mm, axes=described.axes, doubt="",
        meaning=described.meaning, slope=described.slope, intercept=described.intercept,
    )  # fmt: skip
