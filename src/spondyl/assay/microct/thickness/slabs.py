"""Layers of voxels that are painted at a time, and what must be seen around them for exact results.

A layer is reached by balls whose centres lie within their radius, and such a radius is exact when the array
that is looked at holds the whole ball. So the largest radius in each layer is found first; then each slab is
measured in an array that holds every ball that reaches it and all faces these touch. What is found there is
what is found in the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.blocks import DEEP
from spondyl.assay.microct.thickness.distance import squared_distance
from spondyl.assay.microct.thickness.labels import PHASE, SURROUND, Edges, labelled

VOXELS = 100_000_000
"""Voxels painted at a time: all of 460 × 460 × 460; in slabs a voxel takes less memory."""

WINDOW = 3
"""Layers around a face that say which way it looks."""

ALIGNED = 8
"""Arrays begin at a multiple of it, as bricks and cells of faces do in the whole."""


@dataclass(frozen=True, slots=True)
class Slab:
    """Layers of the whole, each a first and the one after the last: painted, of centres, and looked at."""

    painted: tuple[int, int]
    centres: tuple[int, int]
    seen: tuple[int, int]

    def within(self, layers: tuple[int, int]) -> tuple[int, int]:
        """Return layers of the whole as layers of the array looked at."""
        return layers[0] - self.seen[0], layers[1] - self.seen[0]


def slabs(
    phase: NDArray[np.bool_],
    voi: NDArray[np.bool_] | None,
    edges: Edges,
    threads: int,
    layers: int | None,
    *,
    centres_only: bool = False,
) -> list[Slab]:
    """Return the slabs of a volume.

    Parameters
    ----------
    phase, voi : as for :func:`spondyl.assay.microct.thickness.local_thickness`.
    edges : voxel edges (z, y, x), in units of the shortest.
    threads : changes no result.
    layers : painted at a time, rounded up to whole blocks; None for as many as hold :data:`VOXELS`.
    centres_only : whether balls with centres in the slab suffice, and none that reach it from elsewhere.
    """
    depth, plane = phase.shape[0], phase.shape[1] * phase.shape[2]
    layers = DEEP * max(1, -(-layers // DEEP) if layers else VOXELS // (plane * DEEP))
    cuts = [(z, min(depth, z + layers)) for z in range(0, depth, layers)]
    if len(cuts) == 1:
        return [Slab(cuts[0], cuts[0], cuts[0])]
    radii = np.concatenate([_largest(phase, voi, edges, threads, cut) for cut in cuts])
    return [_slab(radii, cut, edges, centres_only) for cut in cuts]


def _largest(
    phase: NDArray[np.bool_],
    voi: NDArray[np.bool_] | None,
    edges: Edges,
    threads: int,
    cut: tuple[int, int],
) -> NDArray[np.float64]:
    """Return the largest radius of a ball in each of some layers, exactly, unit of `edges`."""
    depth, beyond = phase.shape[0], 2 * DEEP
    while True:
        low, high = max(0, cut[0] - beyond), min(depth, cut[1] + beyond)
        labels = labelled(phase[low:high], None if voi is None else voi[low:high])
        squared = squared_distance(labels, SURROUND, edges, threads)
        inner = slice(cut[0] - low, cut[1] - low)
        np.putmask(squared, labels != PHASE, np.float32(0))
        radii = np.sqrt(squared[inner].max(axis=(1, 2)).astype(np.float64))
        z = np.arange(*cut)
        unseen = np.minimum(np.where(low > 0, z - low + 1, depth), np.where(high < depth, high - z, depth))
        if (low == 0 and high == depth) or (radii <= unseen * edges[0]).all():
            return np.asarray(radii)
        beyond *= 2


def _slab(radii: NDArray[np.float64], cut: tuple[int, int], edges: Edges, centres_only: bool) -> Slab:
    depth, z = len(radii), np.arange(len(radii))
    away = np.maximum(0, np.maximum(cut[0] - z, z - cut[1] + 1)) * edges[0]
    reaching = z[(away == 0) if centres_only else (away < radii)]
    low, high = _aligned(int(reaching.min()), int(reaching.max()) + 1, depth)
    # a neighbour's ball tells whether a ball is needed, and all balls of its brick may be looked at
    first, last = max(0, low - ALIGNED), min(depth, high + ALIGNED)
    touched = (radii + 2 * max(edges)) / edges[0] + WINDOW + 1
    bottom = int(np.floor((z - touched)[first:last].min()))
    top = int(np.ceil((z + touched)[first:last].max())) + 1
    return Slab(cut, (low, high), _aligned(max(0, bottom), min(depth, top), depth))


def _aligned(low: int, high: int, depth: int) -> tuple[int, int]:
    return low // ALIGNED * ALIGNED, min(depth, -(-high // ALIGNED) * ALIGNED)
