"""A compression fracture: the mechanics engine finds where the bone gives way, and it is crushed there.

The bone is pressed between platens on coarse voxels. In each of a few steps the elements strained most lose
nearly all their stiffness, until the load has fallen; what strains most then is the band that fails. The
height is lost in that band: bone moves down with it, keeps its volume, and where there is no room it is
pushed aside into the marrow. Cracked bone breaks into debris. Part of the height comes back without the load.

Limits. Displacements along the axis only: the wall does not bulge, the spine does not bend, ends stay
parallel. The pattern of failure is that of a sequence of linear models, not of a body that yields.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, VertebraError
from spondyl.quantity import shipped
from spondyl.vertebra.failing import coarse_every, find_failure
from spondyl.vertebra.loading import bony_slices
from spondyl.vertebra.streams import stream
from spondyl.vertebra.vertebra import CANAL, OUTSIDE, TRABECULAR, Vertebra
from spondyl.vertebra.waves import random_waves

Reals = NDArray[np.float32]
Reals64 = NDArray[np.float64]

MOST_LOSS, LEAST_LOSS = 0.4, 0.02
"""Shares of the height that can be lost: beyond the first nothing of the band is left to crush."""

TIGHTEST = 0.65
"""Largest shortening of any part of the band, as a share of its height: bone there is packed."""

SMOOTH_MM = {"rat": 0.25, "human": 1.5}
"""Distance over which the failing band is smoothed."""


CHIPS = 0.5
"""Level of a random field above which a place of the band can hold a piece of debris."""


def crush(
    bone: Vertebra,
    *,
    height_loss: float,
    threads: int | None = None,
) -> Vertebra:
    """Return the bone after a compression fracture.

    Parameters
    ----------
    bone : before; without a hole.
    height_loss : share of the height that is lost for good, after the recoil, such as 0.25.
    threads : used; changes no digit.

    Raises
    ------
    VertebraError
        If the loss is out of range or the bone has a hole.

    Examples
    --------
    >>> from spondyl.vertebra import rat
    >>> bone = rat("L5", seed=7, voxel="200 um", arch=False)
    >>> broken = bone.crush(height_loss=0.2)
    >>> round(broken.bone_mm3 / bone.bone_mm3, 3), round(broken.numbers["height_loss"], 1)
    (1.0, 0.2)
    """
    _refuse(bone, height_loss)
    recoil = shipped()["vertebra"]["recoil"].value
    failure = find_failure(bone, threads)
    shortening = _shortening(bone, failure.strain, height_loss)
    share, region, density = _moved(bone, shortening)
    share, debris = _broken(bone, share, region, shortening)
    numbers = {
        "height_loss": _height_loss(bone, share),
        "height_loss_under_load": height_loss / (1 - recoil),
        "failed_share": failure.failed,
        "load_share_left": failure.load_share,
        "debris_mm3": debris,
    }
    return replace(
        bone,
        share=share,
        region=region,
        tissue_density=density,
        notes=(*bone.notes, f"crushed, {height_loss:.0%} of the height lost after recoil"),
        numbers=MappingProxyType({**bone.numbers, **numbers}),
    )


def _shortening(bone: Vertebra, strain: Reals64, height_loss: float) -> Reals64:
    """Return the shortening of each slice of each column, as a share of its thickness, on the bone's grid.

    Every column loses the same height. No part is shortened beyond :data:`TIGHTEST`: then the band widens.
    """
    from scipy.ndimage import gaussian_filter

    shape = bone.grid.shape
    spacing = bone.grid.spacing_mm[0]
    every = coarse_every(bone)
    smooth = SMOOTH_MM[bone.species] / (every * spacing)
    band = gaussian_filter(strain, (smooth / 2, smooth, smooth), mode="nearest")
    low, high = bony_slices(bone.share)
    weight = np.repeat(np.repeat(np.repeat(band, every, 0), every, 1), every, 2)[
        : shape[0], : shape[1], : shape[2]
    ]
    weight = gaussian_filter(weight, every / 2, mode="nearest") if every > 1 else weight
    weight[:low], weight[high:] = 0, 0
    mean = weight.sum((1, 2), keepdims=True)
    weight += 0.02 * mean / max(mean.sum(), 1e-12) * weight.sum(0).mean()
    lost = height_loss * (high - low)
    sum_up = weight.sum(0)
    weight /= np.where(sum_up > 0, sum_up, 1)
    if lost > TIGHTEST * (high - low):
        given = f"{height_loss:.0%} of the height"
        raise VertebraError(Mistake("crush › height_loss", given, f"must be at most {TIGHTEST:.0%}"))
    return _capped(weight, lost, low, high)


def _capped(weight: Reals64, lost: float, low: int, high: int) -> Reals64:
    """Return weight times lost, nowhere above TIGHTEST, each column adding up to lost."""
    factor = np.full(weight.shape[1:], lost)
    floor = np.zeros(weight.shape[0])
    floor[low:high] = 1e-6
    weight = weight + floor[:, None, None]
    for _ in range(60):
        got = np.minimum(weight * factor, TIGHTEST).sum(0)
        factor *= lost / np.maximum(got, 1e-9)
    return np.asarray(np.minimum(weight * factor, TIGHTEST))


def _moved(bone: Vertebra, shortening: Reals64) -> tuple[Reals, NDArray[np.uint8], Reals]:
    """Move bone down with the shortening below it; what finds no room is pushed aside. Nothing is lost."""
    slices = bone.grid.shape[0]
    fall = np.cumsum(shortening, 0) - shortening
    lower = np.arange(slices)[:, None, None] - fall
    tall = 1 - shortening
    share, mineral = np.zeros_like(bone.share), np.zeros_like(bone.share)
    owner = np.zeros(bone.grid.shape, np.float32)
    region = np.zeros_like(bone.region)
    columns = np.indices(bone.grid.shape[1:])
    for k in range(slices):
        bottom = np.floor(lower[k]).astype(int)
        inside = np.clip(bottom + 1 - lower[k], 0, tall[k])
        for target, part in ((bottom, inside), (bottom + 1, tall[k] - inside)):
            place = (np.clip(target, 0, slices - 1), columns[0], columns[1])
            mass = (bone.share[k] * (part / tall[k])).astype(np.float32)
            share[place] += mass
            mineral[place] += mass * bone.tissue_density[k]
            more = part > owner[place]
            owner[place] = np.where(more, part, owner[place])
            region[place] = np.where(more, bone.region[k], region[place])
    density = np.divide(mineral, share, out=bone.tissue_density.copy(), where=share > 1e-6)
    return _made_room(share, region), region, density


def _made_room(share: Reals, region: NDArray[np.uint8]) -> Reals:
    """Push what is above a full voxel into room nearby, within the bone first; the sum stays the same."""
    from scipy.ndimage import uniform_filter

    inside = (region != OUTSIDE) & (region != CANAL)
    share = share.astype(np.float64)
    total = share.sum()
    for step in range(200):
        over = np.maximum(share - 1, 0)
        if over.max() < 1e-6:
            break
        room = np.maximum(1 - share, 0) * (inside if step < 100 else 1)
        wide = 3 + 2 * (step // 10)
        near = np.maximum(uniform_filter(room, wide, mode="constant"), 0) * wide**3
        # No more is offered than there is room: running means of very unequal numbers lose their digits.
        given = np.minimum(over, 0.9 * near)
        offered = np.divide(given, near, out=np.zeros_like(over), where=near > 1e-3)
        given = np.where(near > 1e-3, given, 0)
        share += room * np.maximum(uniform_filter(offered, wide, mode="constant"), 0) * wide**3 - given
    share = np.clip(share, 0, 1)
    missing = total - share.sum()
    room = (1 - share) * (share > 0.05) if missing > 0 else share
    whole = room.sum()
    return np.asarray(share if whole == 0 else np.clip(share + room * (missing / whole), 0, 1), np.float32)


def _broken(
    bone: Vertebra, share: Reals, region: NDArray[np.uint8], shortening: Reals64
) -> tuple[Reals, float]:
    """Crack the crushed band: bone on cracks becomes debris in the band's marrow; returns its volume."""
    fall = np.cumsum(shortening, 0) - shortening
    slices = np.arange(bone.grid.shape[0])[:, None, None]
    place = np.clip(np.rint(slices - fall).astype(int), 0, bone.grid.shape[0] - 1)
    crushed = np.zeros(bone.grid.shape, np.float32)
    np.put_along_axis(crushed, place, shortening.astype(np.float32), 0)
    band = crushed > 0.25
    size = SMOOTH_MM[bone.species] * 1.6
    waves = random_waves(stream(max(bone.seed, 0), "cracks"), size, 1.0, spread=0.3, count=16)
    points = np.argwhere(band)
    field = np.zeros(bone.grid.shape, np.float32)
    if not len(points):
        return share, 0.0
    near = np.array(bone.grid.origin_mm) + points * np.array(bone.grid.spacing_mm)
    field[band] = waves.at(near)[0]
    crack = band & (np.abs(field) < shipped()["vertebra"]["crack_share"].value)
    taken = np.where(crack, share * np.float32(0.8), 0).astype(np.float32)
    debris = float(taken.sum(dtype=np.float64))
    chips = random_waves(stream(max(bone.seed, 0), "chips"), size / 5, 1.0, spread=0.4, count=32)
    chip = np.zeros(bone.grid.shape, np.bool_)
    chip[band] = chips.at(near)[0] > CHIPS
    room = np.where(chip & (region == TRABECULAR) & ~crack, 1 - share, 0).astype(np.float32)
    whole = float(room.sum(dtype=np.float64))
    # Only what finds room becomes debris; the rest of the cracked bone stays in place.
    part = min(1.0, 0.9 * whole / debris) if debris > 0 else 0.0
    if part == 0:
        return share, 0.0
    moved = share - taken * np.float32(part) + room * np.float32(part * debris / whole)
    return moved, part * debris * bone.grid.voxel_mm3


def _height_loss(bone: Vertebra, share: Reals) -> float:
    """Return the share of its height that the bone has lost, from the slices that hold bone."""
    low, high = bony_slices(bone.share)
    area = (share >= 0.5).sum((1, 2))
    before = (bone.share >= 0.5).sum((1, 2))
    held = np.flatnonzero(area >= max(1, int(before[low]) // 2))
    return 1 - (int(held[-1]) + 1 - int(held[0])) / (high - low)


def _between(given: object) -> bool:
    return isinstance(given, int | float) and LEAST_LOSS <= given <= MOST_LOSS


def _refuse(bone: Vertebra, height_loss: float) -> None:
    wrong = []
    if not (_between(height_loss)):
        allowed = f"must be a share of the height, {LEAST_LOSS} to {MOST_LOSS}"
        wrong.append(Mistake("crush › height_loss", repr(height_loss), allowed))
    if bone.cavity is not None:
        wrong.append(Mistake("crush", "a bone with a hole", "must be a whole bone"))
    if wrong:
        raise VertebraError(wrong)
