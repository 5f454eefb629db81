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

Slabs. Layers are painted so many at a time, so that memory is bounded; see
:mod:`spondyl.assay.microct.thickness.slabs`. How many changes no result.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.balls import Balls
from spondyl.assay.microct.thickness.border import end_at_border
from spondyl.assay.microct.thickness.distance import squared_distance
from spondyl.assay.microct.thickness.faces import Faces, find_faces
from spondyl.assay.microct.thickness.fit import fitted_radii, one_sided
from spondyl.assay.microct.thickness.labels import SURROUND, Edges, check, cubed, labelled
from spondyl.assay.microct.thickness.paint import Sorted, largest_somewhere, paint
from spondyl.assay.microct.thickness.slabs import ALIGNED, Slab, slabs
from spondyl.assay.microct.thickness.spheres import collected, needed
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
    layers: int | None = None,
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
    layers : layers measured at a time, by default as many as hold 10⁸ voxels; changes no result.

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
    check(phase, voi)
    threads = threads or available_threads()
    unit, edges = min(spacing_mm), cubed(spacing_mm)
    below = RESOLVED_VOXELS * max(spacing_mm) / unit * (1 - 1e-6)
    painted = np.empty(phase.shape, np.float32) if keep_map else None
    sums = []
    for slab in slabs(phase, voi, edges, threads, layers):
        onto = None if painted is None else painted[slice(*slab.painted)]
        sums.append(_measured(phase, voi, slab, edges, threads, held, below, onto))
    if painted is not None:
        painted *= np.float32(unit)
    return _in_mm(np.concatenate(sums), unit, painted)


def _in_mm(sums: NDArray[np.float64], unit: float, painted: NDArray[np.float32] | None) -> Thickness:
    voxels, total, squares, _, below, ended, ended_total = (float(column.sum()) for column in sums.T)
    mean, seen = total / voxels, voxels - ended
    return Thickness(
        mean_mm=unit * mean,
        sd_mm=unit * math.sqrt(max(0.0, squares / voxels - mean * mean)),
        max_mm=unit * float(sums[:, 3].max()),
        below_resolution=below / voxels,
        ended=ended / voxels,
        seen_mm=unit * (total - ended_total) / seen if seen else math.nan,
        map_mm=painted,
    )


def _measured(
    phase: NDArray[np.bool_],
    voi: NDArray[np.bool_] | None,
    slab: Slab,
    edges: Edges,
    threads: int,
    held: bool,
    below: float,
    onto: NDArray[np.float32] | None,
) -> NDArray[np.float64]:
    """Return the sums over the blocks of a slab."""
    seen = slice(*slab.seen)
    labels = labelled(phase[seen], None if voi is None else voi[seen])
    faces, balls, ended = _balls(labels, voi is not None, slab, len(phase), edges, threads)
    painted = slab.within(slab.painted)
    order = _by_size(balls.sizes)
    largest_first = Sorted(balls.places[order], balls.sizes[order])
    used = np.zeros(len(order), np.bool_)
    used[order] = largest_somewhere(labels, painted, largest_first, edges, threads)
    del largest_first, order
    if held:
        ended |= one_sided(balls, used, edges, faces, threads)
    radii = fitted_radii(balls, used, ended, edges, faces, threads)
    del faces
    kept = np.flatnonzero(used)
    kept = kept[_largest_first(balls.sizes[kept], radii[kept], ended[kept])]
    values = np.where(ended[kept], -2 * radii[kept], 2 * radii[kept])
    # of balls of one size the one of larger diameter comes first: no result depends on how the array lies
    balls_kept = Sorted(balls.places[kept], balls.sizes[kept])
    return paint(labels, painted, balls_kept, values, edges, threads, below=below, onto=onto)


def _by_size(sizes: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return an order, the largest first, those of one size as they lie: whole numbers are sorted fastest."""
    key = np.invert(sizes.view(np.uint32)).astype(np.uint64) << np.uint64(32)
    key |= np.arange(len(sizes), dtype=np.uint64)
    key.sort()
    key &= np.uint64(0xFFFFFFFF)
    return key.view(np.int64)


def _largest_first(
    sizes: NDArray[np.float32], radii: NDArray[np.float32], ended: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return an order by size, then by radius, then those that ended last, as one whole number sorts them.

    The bits of numbers above 0 are in the order of the numbers; balls alike in all three are worth the same.
    """
    key = sizes.view(np.uint32).astype(np.uint64) << np.uint64(32)
    key |= radii.view(np.uint32).astype(np.uint64) << np.uint64(1)
    key |= ~ended
    return np.argsort(np.invert(key, out=key))


def _balls(
    labels: NDArray[np.uint8], masked: bool, slab: Slab, depth: int, edges: Edges, threads: int
) -> tuple[Faces, Balls, NDArray[np.bool_]]:
    """Return the faces, the balls that are needed, and which of these end at the border."""
    faces = find_faces(labels, masked, edges, threads)
    squared = squared_distance(labels, SURROUND, edges, threads)
    outside = slab.seen[0], depth - slab.seen[1]
    low, high = slab.within(slab.centres)
    tested = max(0, low - ALIGNED), min(len(labels), high + ALIGNED)
    end_at_border(squared, labels, masked, tested, outside, edges, faces, threads)
    parts = needed(squared, (low, high), edges, threads)
    del squared
    return faces, *collected(parts)
