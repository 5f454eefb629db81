"""What the other channels say of a spheroid's section: necrotic core, inhibited region, dead cells."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spondyl.quantity import Parameter

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


def dark_core(values: Floats, mask: Mask, table: Mapping[str, Parameter]) -> float:
    """Return the radius of the dark middle of a channel over that of the spheroid, 0 where there is none.

    The channel is averaged over shells of equal depth below the outline; the core begins where it has
    fallen to a share of what it is in the bright rim, and stays there until the deepest shell.

    Parameters
    ----------
    values : of the channel, (rows, columns).
    mask : of the spheroid.
    table : of the stage "assay/spheroids".
    """
    from scipy import ndimage

    depth = ndimage.distance_transform_edt(mask)
    radius = float(np.sqrt(mask.sum() / np.pi))
    shells = max(int(table["shells"].value), 8)
    which = np.minimum((depth[mask] / radius * shells).astype(int), shells - 1)
    total = np.bincount(which, values[mask], minlength=shells)
    count = np.bincount(which, minlength=shells)
    held = count > 0
    profile = ndimage.gaussian_filter1d(total[held] / count[held], 1.0, mode="nearest")
    floor = float(np.quantile(values[~mask], 0.5)) if (~mask).any() else 0.0
    profile = profile - min(floor, float(profile.min()))
    level = table["core_level"].value * float(profile[: max(len(profile) // 2, 1)].max())
    below = profile < level
    if not below[-1]:
        return 0.0
    bright = np.flatnonzero(~below)
    last = int(bright[-1]) if bright.size else 0
    # Between the last bright shell and the first dark one, by the straight line between them.
    step = float((profile[last] - level) / max(profile[last] - profile[last + 1], 1e-12))
    begins = (last + 0.5 + step) / shells
    return float(np.clip(1 - begins, 0.0, 1.0))


def dead_share(dead: Floats, living: Floats | None, every: Floats, mask: Mask, size: float) -> float | None:
    """Return the number of dead cells over that of all cells in a section; None where no cell is seen.

    Parameters
    ----------
    dead : channel of the dead.
    living : channel of the living; None where only `every` is known.
    every : channel of all nuclei.
    mask : of the spheroid.
    size : pixels of a cell's diameter.
    """
    died = cells(dead, mask, size)
    total = died + cells(living, mask, size) if living is not None else max(cells(every, mask, size), died)
    return died / total if total else None


def cells(values: Floats, mask: Mask, size: float) -> int:
    """Return the number of cells of a channel: spots of a cell's size that stand out of the noise around.

    Parameters
    ----------
    values : of the channel.
    mask : where they are counted.
    size : pixels of a cell's diameter.
    """
    from scipy import ndimage
    from skimage.feature import peak_local_max

    spots = ndimage.gaussian_filter(values, 0.25 * size) - ndimage.gaussian_filter(values, 0.5 * size)
    outside = spots[~mask]
    noise = 1.4826 * float(np.median(np.abs(outside))) if outside.size else 0.0
    top = float(np.quantile(spots[mask], 0.999))
    level = max(STANDS_OUT * noise, FAINTEST * top)
    if not top > level:
        return 0
    found = peak_local_max(
        spots, min_distance=max(round(0.4 * size), 1), threshold_abs=level, labels=mask.astype(np.int32)
    )
    return len(found)


STANDS_OUT = 6.0
"""Spreads of the noise above which a spot is a cell."""

FAINTEST = 0.08
"""Share of the brightest spots below which a spot is none: deep cells are dim, and stains bleed."""
