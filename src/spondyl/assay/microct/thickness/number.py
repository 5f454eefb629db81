"""Trabecular number from the distance between mid-axes, without a model of plates or rods."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.balls import flat
from spondyl.assay.microct.thickness.distance import squared_distance
from spondyl.assay.microct.thickness.faces import find_faces
from spondyl.assay.microct.thickness.fit import one_sided
from spondyl.assay.microct.thickness.labels import PHASE, SURROUND, check, cubed, labelled
from spondyl.assay.microct.thickness.slabs import slabs
from spondyl.assay.microct.thickness.spheres import collected, needed
from spondyl.assay.microct.thickness.thickness import local_thickness
from spondyl.errors import MeasurementError, Mistake
from spondyl.threads import available_threads


def trabecular_number(
    bone: NDArray[np.bool_],
    voi: NDArray[np.bool_] | None,
    spacing_mm: tuple[float, float, float],
    *,
    threads: int | None = None,
    layers: int | None = None,
) -> float:
    """Return Tb.N, 1/mm.

    Parameters
    ----------
    bone : True in bone, shape (z, y, x).
    voi : True inside the volume of interest, same shape; None for the whole array.
    spacing_mm : voxel edges (z, y, x), mm.
    threads : all processors by default; changes no result.
    layers : layers measured at a time, by default as many as hold 10⁸ voxels; changes no result.

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
    check(bone, voi)
    threads = threads or available_threads()
    axes = mid_axes(bone, voi, spacing_mm, threads, layers)
    between, bits = ~axes, np.packbits(axes)  # one bit a voxel while the other is measured
    del axes
    if voi is not None:
        between &= voi
    apart = local_thickness(between, voi, spacing_mm, threads=threads, held=True, layers=layers).seen_mm
    del between
    axes = np.unpackbits(bits, count=bone.size).reshape(bone.shape).view(np.bool_)
    own = local_thickness(axes, voi, spacing_mm, threads=threads, layers=layers).mean_mm
    if math.isnan(apart):
        allowed = "Tb.N needs the space between two mid-axes; measure a larger volume"
        raise MeasurementError(Mistake("thickness › mid-axes", "no two that face each other", allowed))
    return 1 / (apart + own)


def mid_axes(
    bone: NDArray[np.bool_],
    voi: NDArray[np.bool_] | None,
    spacing_mm: tuple[float, float, float],
    threads: int,
    layers: int | None = None,
) -> NDArray[np.bool_]:
    """Return the voxels of the mid-axes, shape (z, y, x)."""
    edges = cubed(spacing_mm)
    axes = np.zeros(bone.shape, np.bool_)
    for slab in slabs(bone, voi, edges, threads, layers, centres_only=True):
        seen = slice(*slab.seen)
        labels = labelled(bone[seen], None if voi is None else voi[seen])
        squared = squared_distance(labels, SURROUND, edges, threads)
        if voi is not None:
            np.putmask(squared, labels != PHASE, np.float32(0))
        parts = needed(squared, slab.within(slab.painted), edges, threads)
        del squared
        balls, _ = collected(parts)
        del parts
        faces = find_faces(labels, voi is not None, edges, threads)
        every = np.ones(len(balls.places), np.bool_)
        inside = ~one_sided(balls, every, edges, faces, threads)
        axes[seen].reshape(-1)[flat(balls.places[inside], axes.shape)] = True
    return axes
