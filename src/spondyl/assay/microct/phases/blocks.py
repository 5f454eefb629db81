"""A volume in blocks that overlap, so that each is worked on with all it depends on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from spondyl.assay.microct.phases.features import HALO

BLOCK = 64
"""Edge of a block; with its rim it takes some 300 MB for each thread."""
Box = tuple[slice, slice, slice]


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a volume.

    Parameters
    ----------
    own : voxels that are the block's own.
    wide : the same with a rim of 16 voxels, cut at the border of the volume.
    inner : the block's own voxels within `wide`.
    """

    own: Box
    wide: Box
    inner: Box


def blocks(shape: tuple[int, int, int], edge: int = BLOCK) -> Iterator[Block]:
    """Yield the blocks of a volume in order; every voxel is one block's own."""
    for corner in product(*(range(0, n, edge) for n in shape)):
        spans = [(c, min(c + edge, n)) for c, n in zip(corner, shape, strict=True)]
        wide = [(max(0, a - HALO), min(b + HALO, n)) for (a, b), n in zip(spans, shape, strict=True)]
        inner = [(a - w, b - w) for (a, b), (w, _) in zip(spans, wide, strict=True)]
        yield Block(_box(spans), _box(wide), _box(inner))


def _box(spans: list[tuple[int, int]]) -> Box:
    z, y, x = (slice(*span) for span in spans)
    return z, y, x
