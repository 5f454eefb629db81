"""Rods of a calibration phantom in a scan: round, and of one grey value along an axis."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from spondyl.assay.microct.rod_section import LEAST_RADIUS_PIXELS, Disc, discs
from spondyl.assay.microct.voi_shape import Box
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Grid, Scan

CHUNK = 16
"""Slices that are averaged before discs are sought; a rod may lean by its radius over as many."""

LEAST_SHARE = 0.5
"""Share of the slices of the region that a rod must run through."""

SAME_VALUE = 0.1
"""How far the value of a rod may change from chunk to chunk, in contrasts to its surroundings."""


@dataclass(frozen=True, slots=True)
class Rod:
    """A cylinder of one material.

    Parameters
    ----------
    value : mean value within 80 % of the radius, in the values of the scan.
    standard_error : of that mean, from its spread over the slices.
    noise : standard deviation of the values in there.
    contrast : value minus that of the surroundings.
    axis : array axis along which it runs.
    start, stop : slices along that axis, of the whole scan.
    centre : where its line meets the first and the last of these slices, voxels of the whole scan along the
        two other axes in their order: ``((y, x), (y, x))`` for a rod along z.
    radius_mm : where the value is half-way to the surroundings.
    cupping, cupping_error : value at the rim minus value in the centre by a parabola across the rod, in
        contrasts, and its standard error.
    """

    value: float
    standard_error: float
    noise: float
    contrast: float
    axis: Literal["z", "y", "x"]
    start: int
    stop: int
    centre: tuple[tuple[float, float], tuple[float, float]]
    radius_mm: float
    cupping: float
    cupping_error: float


def find_rods(
    scan: Scan, *, axis: Literal["z", "y", "x"] = "z", region: Box | None = None
) -> tuple[Rod, ...]:
    """Find the rods of a phantom, in ascending order of their values.

    Slices are averaged sixteen at a time. In each average, areas without edges that are round, have no hole
    and differ from their surroundings are discs; discs that follow each other along the axis with the same
    value and place are a rod, when they run through at least half of the slices.

    Parameters
    ----------
    scan : the unfiltered values.
    axis : along which the rods run; they may lean by their radius over sixteen slices.
    region : part of the scan to look in; the whole scan by default.

    Raises
    ------
    MeasurementError
        If no rod is found, or the scan has fewer than two slices along the axis.
    """
    if axis not in ("z", "y", "x"):
        raise MeasurementError(Mistake("rods › axis", repr(axis), "must be 'z', 'y' or 'x'"))
    part, offset = _along(_cropped(scan, region), axis)
    slices = part.grid.shape[0]
    if slices < 2:
        raise MeasurementError(
            Mistake(f"{scan.name} › rods", f"{slices} slice along {axis}", "rods need at least two slices")
        )
    chains = _chains(part)
    shift = (0, 0, 0) if region is None else tuple(int(s) for s in offset)
    found = [
        _rod(part, chain, axis, shift)
        for chain in chains
        if sum(disc.stop - disc.start for disc in chain) >= LEAST_SHARE * slices
    ]
    if not found:
        allowed = (
            f"needs cylinders at least {2 * LEAST_RADIUS_PIXELS:g} voxels thick, each of one grey value "
            f"along {axis}; name the axis, give a region around them, or calibrate from two points"
        )
        raise MeasurementError(Mistake(f"{scan.name} › rods", "none", allowed))
    return tuple(sorted(found, key=lambda rod: rod.value))


def _cropped(scan: Scan, region: Box | None) -> tuple[Scan, tuple[int, int, int]]:
    if region is None:
        return scan, (0, 0, 0)
    inside = region.inside(scan.grid)
    spans = []
    for axis in range(3):
        there = np.flatnonzero(inside.any(axis=tuple(a for a in range(3) if a != axis)))
        if not there.size:
            raise MeasurementError(Mistake("rods › region", f"no voxel in the {region}", "give a larger one"))
        spans.append((int(there[0]), int(there[-1]) + 1))
    stored = scan.stored[tuple(slice(*span) for span in spans)]
    z, y, x = stored.shape
    grid = replace(scan.grid, shape=(z, y, x))
    return replace(scan, stored=stored, grid=grid), (spans[0][0], spans[1][0], spans[2][0])


def _along(cropped: tuple[Scan, tuple[int, int, int]], axis: str) -> tuple[Scan, tuple[int, int, int]]:
    """Return the scan and its offset with the axis of the rods in front."""
    scan, offset = cropped
    order = {"z": (0, 1, 2), "y": (1, 0, 2), "x": (2, 0, 1)}[axis]
    shape, spacing = scan.grid.shape, scan.grid.spacing_mm
    a, b, c = order
    grid = Grid((shape[a], shape[b], shape[c]), (spacing[a], spacing[b], spacing[c]))
    turned = replace(scan, stored=np.transpose(scan.stored, order), grid=grid)
    return turned, (offset[a], offset[b], offset[c])


def _chains(scan: Scan) -> list[list[Disc]]:
    """Discs of all chunks, joined along the axis."""
    open_chains: list[list[Disc]] = []
    done: list[list[Disc]] = []
    for start, stop in _chunks(scan.grid.shape[0]):
        fresh = discs(scan, start, stop)
        going: list[list[Disc]] = []
        for chain in open_chains:
            nearest = min(fresh, key=lambda disc: _apart(chain[-1], disc), default=None)
            if nearest is not None and _follows(chain[-1], nearest):
                fresh.remove(nearest)
                going.append([*chain, nearest])
            else:
                done.append(chain)
        open_chains = going + [[disc] for disc in fresh]
    return done + open_chains


def _chunks(slices: int) -> Iterator[tuple[int, int]]:
    """Chunks of about sixteen slices that differ by one at most."""
    count = max(1, round(slices / CHUNK))
    cuts = [slices * part // count for part in range(count + 1)]
    yield from pairwise(cuts)


def _apart(first: Disc, second: Disc) -> float:
    return math.hypot(first.y_mm - second.y_mm, first.x_mm - second.x_mm)


def _follows(first: Disc, second: Disc) -> bool:
    contrast = max(abs(first.contrast), abs(second.contrast))
    return (
        _apart(first, second) <= min(first.radius_mm, second.radius_mm)
        and abs(first.value - second.value) <= SAME_VALUE * contrast
        and max(first.radius_mm, second.radius_mm) <= 1.2 * min(first.radius_mm, second.radius_mm)
    )


def _rod(scan: Scan, chain: list[Disc], axis: Literal["z", "y", "x"], shift: tuple[int, ...]) -> Rod:
    means = np.concatenate([disc.means for disc in chain])
    cups = np.concatenate([disc.cups for disc in chain])
    _, high, wide = scan.grid.spacing_mm
    ends = [(disc.y_mm / high + shift[1], disc.x_mm / wide + shift[2]) for disc in (chain[0], chain[-1])]
    contrast = float(np.mean([disc.contrast for disc in chain]))
    root = math.sqrt(len(means))
    return Rod(
        value=float(means.mean()),
        standard_error=float(means.std(ddof=1)) / root,
        noise=float(np.mean([disc.noise for disc in chain])),
        contrast=contrast,
        axis=axis,
        start=chain[0].start + shift[0],
        stop=chain[-1].stop + shift[0],
        centre=(ends[0], ends[1]),
        radius_mm=float(np.mean([disc.radius_mm for disc in chain])),
        cupping=float(cups.mean()) / abs(contrast),
        cupping_error=float(cups.std(ddof=1)) / root / abs(contrast),
    )
