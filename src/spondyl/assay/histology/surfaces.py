"""Perimeters of bone, and the osteoclasts along them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spondyl.quantity import Parameter

Mask = NDArray[np.bool_]


def perimeter_mm(mask: Mask, pixel_um: float) -> float:
    """Return the length of the outlines of a mask, mm, without the edge of the picture (Crofton, 4
    directions)."""
    if not mask.any():
        return 0.0
    # Counts of changes along rows, columns and both diagonals estimate the length of any outline.
    rows = float((mask[1:] != mask[:-1]).sum())
    columns = float((mask[:, 1:] != mask[:, :-1]).sum())
    falling = float((mask[1:, 1:] != mask[:-1, :-1]).sum())
    rising = float((mask[1:, :-1] != mask[:-1, 1:]).sum())
    return float(np.pi / 8 * (rows + columns + (falling + rising) / np.sqrt(2))) * pixel_um / 1000


def outlined(mask: Mask, pixel_um: float, table: Mapping[str, Parameter]) -> Mask:
    """Return bone with smooth outlines, without lacunae and specks: what a surface is measured on.

    Parameters
    ----------
    mask : bone, as pixels were given to it.
    pixel_um : edge of a pixel.
    table : of the stage "assay/histology".
    """
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(mask.astype(np.float32), table["outline"].value / pixel_um) > 0.5
    least = table["lacuna"].value / pixel_um**2
    return ~_without_small(~_without_small(smooth, least), least)


def _without_small(mask: Mask, least: float) -> Mask:
    """Return a mask without parts of fewer pixels; those that the picture's edge cuts are kept."""
    from scipy import ndimage

    parts, count = ndimage.label(mask)
    kept = np.bincount(parts.reshape(-1), minlength=count + 1) >= least
    kept[np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))] = True
    kept[0] = False
    return np.asarray(kept[parts])


def osteoclasts(
    positive: Mask, surface: Mask, pixel_um: float, table: Mapping[str, Parameter]
) -> tuple[int, float]:
    """Return the number of osteoclasts along a surface, and the length of surface that they cover, mm.

    A stained spot counts that is as large as an osteoclast and lies within a few micrometres of the
    surface; a spot several times as large as the usual one counts as several.

    Parameters
    ----------
    positive : where TRAP is.
    surface : bone and scaffold, of :func:`outlined`.
    pixel_um : edge of a pixel.
    table : of the stage "assay/histology".
    """
    from scipy import ndimage

    parts, count = ndimage.label(positive, np.ones((3, 3)))
    if not count:
        return 0, 0.0
    near = ndimage.distance_transform_edt(~surface) * pixel_um <= table["reach"].value
    numbers = np.arange(1, count + 1)
    areas = ndimage.sum_labels(positive, parts, numbers) * pixel_um**2
    touching = ndimage.maximum(near, parts, numbers) > 0
    kept = (areas >= table["osteoclast_least"].value) & touching
    usual = float(np.median(areas[kept])) if kept.any() else 1.0
    number = int(np.maximum(np.rint(areas[kept] / (1.5 * usual)), 1).sum())
    cells = np.isin(parts, numbers[kept])
    covered = ndimage.distance_transform_edt(~cells) * pixel_um <= table["reach"].value
    edge = surface & ~ndimage.binary_erosion(surface, border_value=1)
    whole = max(int(edge.sum()), 1)
    return number, perimeter_mm(surface, pixel_um) * float((edge & covered).sum()) / whole
