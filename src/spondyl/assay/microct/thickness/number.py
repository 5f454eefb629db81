"""Trabecular number from the distance between mid-axes, without a model of plates or rods."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.distance import squared_distance
from spondyl.assay.microct.thickness.faces import SURROUND, find_faces
from spondyl.assay.microct.thickness.fit import one_sided
from spondyl.assay.microct.thickness.labels import cubed, labelled
from spondyl.assay.microct.thickness.spheres import needed
from spondyl.assay.microct.thickness.thickness import local_thickness
from spondyl.errors import MeasurementError, Mistake
from spondyl.threads import available_threads


def trabecular_number(
    bone: NDArray[np.bool_],
    voi: NDArray[np.bool_] | None,
    spacing_mm: tuple[float, float, float],
    *,
    threads: int | None = None,
) -> float:
    """Return Tb.N, 1/mm.

    Parameters
    ----------
    bone : True in bone, shape (z, y, x).
    voi : True inside the volume of interest, same shape; None for the whole array.
    spacing_mm : voxel edges (z, y, x), mm.
    threads : all processors by default; changes no result.

    Raises
    ------
    MeasurementError
        If the volume of interest holds no bone, nothing else, or no mid-axis.

    Examples
    --------
    >>> import numpy as np
    >>> plates = np.zeros((60, 24, 24), dtype=np.bool_)
    >>> for z in range(8, 60, 20):
    ...     plates[z : z + 5] = True
    >>> round(trabecular_number(plates, None, (0.02, 0.02, 0.02), threads=1), 1)
    2.5
    """
    threads = threads or available_threads()
    axes = mid_axes(bone, voi, spacing_mm, threads)
    between = ~axes if voi is None else voi & ~axes
    apart = local_thickness(between, voi, spacing_mm, threads=threads, held=True).seen_mm
    own = local_thickness(axes, voi, spacing_mm, threads=threads).mean_mm
    if math.isnan(apart):
        allowed = "Tb.N needs the space between two mid-axes; measure a larger volume"
        raise MeasurementError(Mistake("thickness › mid-axes", "no two that face each other", allowed))
    return 1 / (apart + own)


def mid_axes(
    bone: NDArray[np.bool_],
    voi: NDArray[np.bool_] | None,
    spacing_mm: tuple[float, float, float],
    threads: int,
) -> NDArray[np.bool_]:
    """Return the voxels of the mid-axes, shape (z, y, x)."""
    edges = cubed(spacing_mm)
    labels = labelled(bone, voi)
    squared = squared_distance(labels, SURROUND, edges, threads)
    balls, sizes = needed(squared, labels, edges, threads)
    faces = find_faces(labels, edges, threads)
    inside = ~one_sided(balls, np.sqrt(sizes), labels.shape, edges, faces, threads)
    axes = np.zeros(labels.shape, np.bool_)
    axes.reshape(-1)[balls[inside]] = True
    return axes
