"""Local thickness of a phase: at each voxel, the diameter of the largest sphere that holds it and fits in.

The definition is that of Hildebrand & Rüegsegger (1997, Journal of Microscopy 185:67). Every voxel of the
phase is a centre and none is sampled.

Voxels and spheres. A ball reaches from a centre to the nearest centre outside the phase, and holds the voxels
that are nearer. Which ball is the largest over a voxel is decided by these exact distances.

Half a voxel. The surface lies between the last centre inside and the first outside, so neither is its place:
a plate of five voxels has six steps from centre to centre across it, and a ball centred in a plate of four
reaches only two steps. The diameter given is that of the sphere that touches the faces between the voxels;
see :mod:`spondyl.assay.microct.thickness.fit`. It is five and four.

Border. The border of the volume of interest is no surface of bone, and what lies beyond it is not known. A
ball reaches past it when the faces it touches hold it from more than one side. A ball that touches the
surface on one side only would grow beyond the border, to twice what is seen of an object cut there: it ends
at the border.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.border import crossing, end_at_border
from spondyl.assay.microct.thickness.distance import squared_distance
from spondyl.assay.microct.thickness.faces import (
    SURROUND,
    Edges,
    Faces,
    find_faces,
)
from spondyl.assay.microct.thickness.fit import fitted_radii, one_sided
from spondyl.assay.microct.thickness.labels import cubed, labelled
from spondyl.assay.microct.thickness.paint import Painted, paint
from spondyl.assay.microct.thickness.spheres import needed
from spondyl.threads import available_threads

RESOLVED_VOXELS = 3
"""Thickness, in the longest voxel edge, below which an object is not resolved."""


@dataclass(frozen=True, slots=True, eq=False)
class Thickness:
    """Local thickness of a phase, every voxel counted alike.

    Parameters
    ----------
    mean_mm, sd_mm, max_mm : mean, standard deviation and largest value over the voxels of the phase, mm.
    below_resolution : share of the voxels that are thinner than three voxel edges (the longest of the three).
    ended : share of the voxels whose sphere ends at the border of the volume of interest.
    seen_mm : mean over the other voxels, mm; NaN when there is none.
    map_mm : thickness at each voxel, 0 outside the phase, shape (z, y, x), mm; None when not asked for.
    """

    mean_mm: float
    sd_mm: float
    max_mm: float
    below_resolution: float
    ended: float
    seen_mm: float
    map_mm: NDArray[np.float32] | None


def local_thickness(
    phase: NDArray[np.bool_],
    voi: NDArray[np.bool_] | None,
    spacing_mm: tuple[float, float, float],
    *,
    threads: int | None = None,
    keep_map: bool = False,
    held: bool = False,
) -> Thickness:
    """Measure the local thickness of a phase: bone for Tb.Th and Ct.Th, marrow for Tb.Sp.

    Parameters
    ----------
    phase : True in the phase, shape (z, y, x); what lies outside `voi` is not looked at.
    voi : True inside the volume of interest, same shape; None for the whole array.
    spacing_mm : voxel edges (z, y, x), mm.
    threads : all processors by default; changes no result.
    keep_map : whether to return the thickness at each voxel.
    held : whether `seen_mm` leaves out all spheres that touch one side only, not those at the border alone.

    Raises
    ------
    MeasurementError
        If the volume of interest holds nothing of the phase, or nothing else.

    Examples
    --------
    >>> import numpy as np
    >>> plate = np.zeros((12, 12, 12), dtype=np.bool_)
    >>> plate[:, 3:8] = True
    >>> found = local_thickness(plate, None, (0.02, 0.02, 0.02), threads=1)
    >>> round(found.mean_mm, 6), round(found.sd_mm, 6)
    (0.1, 0.0)
    """
    threads = threads or available_threads()
    unit = min(spacing_mm)
    edges = cubed(spacing_mm)
    labels = labelled(phase, voi)
    squared = squared_distance(labels, SURROUND, edges, threads)
    beyond = crossing(squared, labels, voi is not None, edges, threads)
    faces = find_faces(labels, edges, threads)
    ending = end_at_border(squared, *beyond, edges, faces, threads)
    balls, sizes = needed(squared, labels, edges, threads)
    ended = np.isin(balls, ending, assume_unique=True)
    del squared
    if held:
        ended |= one_sided(balls, np.sqrt(sizes), labels.shape, edges, faces, threads)
    painted = np.empty(labels.shape, np.float32) if keep_map else None
    below = RESOLVED_VOXELS * max(spacing_mm) / unit
    found = _largest(labels, edges, faces, (balls, sizes, ended), threads, below, painted)
    if painted is not None:
        painted *= np.float32(unit)
    return _in_mm(found, unit, painted)


def _in_mm(found: Painted, unit: float, painted: NDArray[np.float32] | None) -> Thickness:
    mean, seen = found.total / found.voxels, found.voxels - found.ended
    variance = max(0.0, found.squares / found.voxels - mean * mean)
    return Thickness(
        mean_mm=unit * mean,
        sd_mm=unit * math.sqrt(variance),
        max_mm=unit * found.largest,
        below_resolution=found.below / found.voxels,
        ended=found.ended / found.voxels,
        seen_mm=unit * (found.total - found.ended_total) / seen if seen else math.nan,
        map_mm=painted,
    )


def _largest(
    labels: NDArray[np.uint8],
    edges: Edges,
    faces: Faces,
    spheres: tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.bool_]],
    threads: int,
    below: float,
    painted: NDArray[np.float32] | None,
) -> Painted:
    """Find the balls that are the largest somewhere, measure those and give their diameters to the voxels.

    Of balls of one size the one of larger diameter comes first: no result depends on how the array lies.
    """
    balls, sizes, ended = spheres
    used = np.flatnonzero(paint(labels, edges, balls, sizes, sizes, threads).used)
    used = used[np.argsort(balls[used])]  # neighbours in turn: they touch the same faces
    balls, sizes, ended = balls[used], sizes[used], ended[used]
    radii = fitted_radii(balls, np.sqrt(sizes), ended, labels.shape, edges, faces, threads)
    order = np.lexsort((-radii, -sizes))
    return paint(
        labels,
        edges,
        balls[order],
        sizes[order],
        np.where(ended, -2 * radii, 2 * radii)[order],
        threads,
        below=below * (1 - 1e-6),
        painted=painted,
    )
