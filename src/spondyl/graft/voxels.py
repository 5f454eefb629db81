"""From shapes to voxels, with every volume kept.

Lines through the voxels give each body's shares to first order in the voxel; then the shares of the voxels
that a body cuts are changed so that they add up to the body's own volume. Where bodies and wall together
claim more than a voxel has, what is too much moves to the body's other voxels that have room. So no voxel is
overfull, no volume is lost, and both corrections vanish as voxels become smaller.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import GraftError, Mistake
from spondyl.graft.bed import Bodies
from spondyl.threads import in_threads
from spondyl.volume.grid import Triple

Array = NDArray[np.float64]
Index = NDArray[np.int64]

LINES = 4
"""Lines across a voxel each way."""

ROUNDS = 400
LOST = 1e-13
"""Share of a body's volume that may be lost in making room."""

BODIES_AT_ONCE = 16


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Shares of the voxels around each body, one body's block after the other.

    Parameters
    ----------
    voxel : number of the voxel in the grid, raveled, (m,).
    body : which body each entry is of, (m,).
    starts : where each body's entries begin, (n,).
    share : of the voxel that the body fills, (m,).
    weights : what the body carries there: shares times profile, (columns, m).
    """

    voxel: Index
    body: Index
    starts: Index
    share: Array
    weights: Array

    def summed(self, values: Array, voxels: int) -> Array:
        """Return the sum over all bodies in each voxel, (voxels,)."""
        return np.asarray(np.bincount(self.voxel, values, minlength=voxels), np.float64)

    def by_body(self, values: Array) -> Array:
        """Return the sum over all voxels for each body, (n,)."""
        return np.add.reduceat(values, self.starts) if self.starts.size else np.zeros(0)


def blocks(
    bodies: Bodies, shape: tuple[int, int, int], edges: Triple, profile: Array, threads: int
) -> Blocks:
    """Return the shares of the voxels of bodies, each body's adding up to its volume.

    Parameters
    ----------
    bodies : with centres in the frame whose first voxel has its centre at 0.
    shape, edges : of the grid; edges in mm.
    profile : what a body carries from its middle to its radius, (columns, steps); none has no columns.
    threads : changes no result.
    """
    from spondyl.graft.lines import fill_blocks

    corners, sizes = _boxes(bodies, shape, edges)
    lengths = sizes.prod(axis=1)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    share, weights = np.zeros(starts[-1]), np.zeros((profile.shape[0], starts[-1]))

    def fill(first: int) -> None:
        fill_blocks(
            first, min(first + BODIES_AT_ONCE, len(bodies)), bodies.centres_mm, bodies.radii_mm,
            bodies.normals, bodies.offsets_mm, np.array(edges), LINES, corners, sizes, starts, profile, share,
            weights,
        )  # fmt: skip

    in_threads(fill, range(0, len(bodies), BODIES_AT_ONCE), threads)
    body = np.repeat(np.arange(len(bodies)), lengths)
    made = Blocks(_voxels(corners, sizes, shape), body, starts[:-1], share, weights)
    return _exact(made, bodies.volumes_mm3 / math.prod(edges))


def _boxes(bodies: Bodies, shape: tuple[int, int, int], edges: Triple) -> tuple[Index, Index]:
    """Return first voxel and size of the box around each body, within the grid."""
    edge = np.array(edges)
    reach = bodies.radii_mm[:, None]
    low = np.floor((bodies.centres_mm - reach) / edge + 0.5).astype(np.int64)
    high = np.floor((bodies.centres_mm + reach) / edge + 0.5).astype(np.int64) + 1
    low, high = np.clip(low, 0, np.array(shape) - 1), np.clip(high, 1, np.array(shape))
    return low, high - low


def _voxels(corners: Index, sizes: Index, shape: tuple[int, int, int]) -> Index:
    parts = [np.zeros(0, np.int64)]
    for (k, j, i), (nk, nj, ni) in zip(corners.tolist(), sizes.tolist(), strict=True):
        planes = (np.arange(k, k + nk) * shape[1])[:, None] + np.arange(j, j + nj)
        parts.append(((planes * shape[2])[:, :, None] + np.arange(i, i + ni)).ravel())
    return np.concatenate(parts)


def _exact(made: Blocks, wanted: Array) -> Blocks:
    """Change the shares of the voxels that a body cuts so that they add up to its volume in voxels."""
    share = made.share
    for _ in range(ROUNDS):
        missing = wanted - made.by_body(share)
        if not wanted.size or (np.abs(missing) <= 4e-16 * wanted).all():
            break
        cut = share * (1 - share)
        spread = made.by_body(cut)
        step = np.divide(missing, spread, out=np.zeros_like(missing), where=spread > 0)
        share = np.clip(share + cut * step[made.body], 0.0, 1.0)
        if (np.abs(missing) <= 1e-14 * wanted).all():
            break
    changed = np.divide(share, made.share, out=np.ones_like(share), where=made.share > 0)
    return replace(made, share=share, weights=made.weights * changed)


def make_room(made: Blocks, room: Array, wanted: Array, what: str) -> Blocks:
    """Move what voxels have no room for to other voxels of the same body.

    Parameters
    ----------
    room : share of each voxel that all bodies together may fill, raveled.
    wanted : volume of each body in voxels.
    what : the bodies' name in the refusal.

    Raises
    ------
    GraftError
        If a body finds no room in its own voxels: they are too large for it.
    """
    share = made.share
    for _ in range(ROUNDS):
        total = made.summed(share, room.size)
        kept = np.divide(room, total, out=np.ones_like(room), where=total > room)
        squeezed = share * kept[made.voxel]
        lost = wanted - made.by_body(squeezed)
        if not wanted.size or (np.abs(lost) <= LOST * wanted).all():
            break
        spare = np.maximum(room - made.summed(squeezed, room.size), 0.0)[made.voxel]
        claim = spare * squeezed
        claimed = made.by_body(claim)
        poor = claimed <= 1e-9 * wanted
        if poor.any():  # nothing free where it already is: anywhere in its box
            claim = np.where(poor[made.body], spare, claim)
            claimed = made.by_body(claim)
        share = (
            squeezed + claim * np.divide(lost, claimed, out=np.zeros_like(lost), where=claimed > 0)[made.body]
        )
    else:
        worst = float((np.abs(lost) / wanted).max())
        if worst > 1e-9:
            given = f"voxels so large that {100 * worst:.2g} % of one finds no room in them"
            raise GraftError(Mistake(what, given, "take smaller voxels"))
    changed = np.divide(squeezed, made.share, out=np.ones_like(squeezed), where=made.share > 0)
    return replace(made, share=squeezed, weights=made.weights * changed)
