"""What the mechanics engine reads: stiffness of voxels, and ends embedded so that platens bear on them.

Tsafnat and Wroe (2011) found 128 MPa for one whole rat vertebra in its test stage; that includes what gives
way
beside the bone, which is not modelled here.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, VertebraError, nearest_word
from spondyl.quantity import convert, shipped
from spondyl.vertebra.vertebra import Vertebra
from spondyl.volume import Grid

if TYPE_CHECKING:
    from spondyl.mechanics import Model

ENDS = ("embedded", "cut", "bare")


def modulus(bone: Vertebra, *, tissue: str | None = None) -> NDArray[np.float32]:
    """Return Young's modulus of each voxel, MPa: that of tissue times the share of bone to an exponent.

    Bone that fills a voxel in part bends there and is softer than the mean of what the voxel holds
    (decision 17). Nothing is lost: the share follows from the modulus.

    Parameters
    ----------
    tissue : modulus of bone tissue, such as "10 GPa"; the one of the mechanics engine if None.
    """
    table = shipped()["mechanics"]
    full = (
        table["tissue_modulus"].value
        if tissue is None
        else convert(tissue, "MPa", where="tissue modulus", positive=True)
    )
    return bone.share ** np.float32(table["partial_exponent"].value) * np.float32(full)


def model(
    bone: Vertebra,
    *,
    tissue: str | None = None,
    ends: str = "embedded",
    every: int = 1,
    least: float = 0.02,
) -> Model:
    """Return the elastic model of a vertebral body, compressed along z.

    Parameters
    ----------
    bone : of which the body between its ends is taken; pedicles stay.
    tissue : modulus of bone tissue; the one of the mechanics engine if None.
    ends : "embedded": the hollows of both ends are filled with resin up to a plane, no bone is added; "cut":
        planes at the deepest places of the hollows, bone beyond them is left out; "bare": as it is.
    every : edge of the model's voxels in voxels of the bone; shares are averaged, so that no bone is lost.
    least : share of bone below which a voxel carries nothing.

    Raises
    ------
    VertebraError
        If an option is not known.
    """
    from spondyl.mechanics import Model

    wrong = []
    if ends not in ENDS:
        near = nearest_word(str(ends), ENDS)
        wrong.append(Mistake("model › ends", repr(ends), f"must be one of {', '.join(ENDS)}", near))
    if every not in range(1, 41):
        wrong.append(Mistake("model › every", repr(every), "must be a whole number, 1 to 40"))
    if not (math.isfinite(least) and 0 <= least < 1):
        wrong.append(Mistake("model › least", f"{least!r}", "must lie between 0 and 1"))
    if wrong:
        raise VertebraError(wrong)
    coarse = coarser(bone, every)
    stiff = modulus(coarse, tissue=tissue)
    stiff[coarse.share < least] = 0
    first, last = _ends(coarse.share, ends)
    stiff = stiff[first:last]
    if ends == "embedded":
        resin = shipped()["vertebra"]["resin_modulus"].value
        stiff = _embedded(stiff, coarse.share[first:last], np.float32(resin))
    poisson = shipped()["mechanics"]["tissue_poisson"].value
    return Model(_slab(coarse.grid, first, last), stiff, poisson)


def coarser(bone: Vertebra, every: int) -> Vertebra:
    """Return the bone on voxels `every` times as large; the volume of bone and its mineral stay the same.

    The region of a large voxel is the first it holds of wall, end-plate, trabecular, canal, outside.
    """
    if every == 1:
        return bone
    shape = tuple(-(-n // every) for n in bone.grid.shape)
    pad = [(0, every * c - n) for c, n in zip(shape, bone.grid.shape, strict=True)]
    share = _means(np.pad(bone.share, pad), every)
    mineral = _means(np.pad(bone.share * bone.tissue_density, pad), every)
    density = np.divide(
        mineral, share, out=_means(np.pad(bone.tissue_density, pad, "edge"), every), where=share > 0
    )
    spacing = tuple(every * s for s in bone.grid.spacing_mm)
    shift = (every - 1) / 2
    origin = tuple(
        o + sum(bone.grid.axes[i][j] * shift * bone.grid.spacing_mm[j] for j in range(3))
        for i, o in enumerate(bone.grid.origin_mm)
    )
    grid = Grid(
        (shape[0], shape[1], shape[2]),
        (spacing[0], spacing[1], spacing[2]),
        (origin[0], origin[1], origin[2]),
        bone.grid.axes,
    )
    region = _first_of(np.pad(bone.region, pad), every)
    cavity = bone.cavity
    if cavity is not None:
        cavity = replace(cavity, grid=grid, share=_means(np.pad(cavity.share, pad), every))
    return replace(
        bone, grid=grid, share=share, tissue_density=density, region=region, cavity=cavity, filling=None
    )


def _means(array: NDArray[np.float32], every: int) -> NDArray[np.float32]:
    z, y, x = (n // every for n in array.shape)
    return np.asarray(array.reshape(z, every, y, every, x, every).mean((1, 3, 5)), np.float32)


def _first_of(region: NDArray[np.uint8], every: int) -> NDArray[np.uint8]:
    """Return the region of large voxels: the one that comes first in importance."""
    importance = np.array(
        [0, 4, 2, 3, 1, 2], np.uint8
    )  # outside, cortex, trabecular, end-plate, canal, marrow
    back = np.array([0, 4, 2, 3, 1], np.uint8)
    z, y, x = (n // every for n in region.shape)
    most = importance[region].reshape(z, every, y, every, x, every).max((1, 3, 5))
    return np.asarray(back[most])


def bony_slices(share: NDArray[np.float32]) -> tuple[int, int]:
    """Return the first slice with a voxel that is at least half bone, and the one after the last."""
    held = np.flatnonzero((share >= 0.5).any((1, 2)))
    if not held.size:
        raise VertebraError(Mistake("model", "no voxel that is at least half bone", "must hold bone"))
    return int(held[0]), int(held[-1]) + 1


def _ends(share: NDArray[np.float32], ends: str) -> tuple[int, int]:
    """Return the first slice and the one after the last that the model holds."""
    first, last = bony_slices(share)
    if ends == "cut":
        body = (share >= 0.5)[:, share.shape[1] // 4 : 3 * share.shape[1] // 4]
        tops = np.where(body.any(0), share.shape[0] - 1 - body[::-1].argmax(0), share.shape[0])
        lows = np.where(body.any(0), body.argmax(0), -1)
        first = int(np.percentile(lows[lows >= 0], 90))
        last = int(np.percentile(tops[tops < share.shape[0]], 10)) + 1
    return first, last


def _embedded(
    stiff: NDArray[np.float32], share: NDArray[np.float32], resin: np.float32
) -> NDArray[np.float32]:
    """Fill each column of voxels beyond the bone with resin, at most a quarter of the height at each end."""
    bone = share >= 0.5
    deepest = max(1, share.shape[0] // 4)
    for turned, solid in ((stiff, bone), (stiff[::-1], bone[::-1])):
        first = np.where(solid.any(0), solid.argmax(0), share.shape[0])
        rows = np.arange(deepest)[:, None, None]
        hollow = (rows < first) & (first < deepest)
        part = turned[:deepest]
        part[hollow & (part < resin)] = resin
    return stiff


def _slab(grid: Grid, first: int, last: int) -> Grid:
    shift = first * grid.spacing_mm[0]
    z, y, x = (o + grid.axes[i][0] * shift for i, o in enumerate(grid.origin_mm))
    return replace(grid, shape=(last - first, grid.shape[1], grid.shape[2]), origin_mm=(z, y, x))
