"""The noise floor of a time-lapse: formed and resorbed bone found where nothing happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.timelapse.itk import resampled, seen
from spondyl.assay.microct.timelapse.remodelling import Remodelling
from spondyl.assay.microct.timelapse.transform import Rigid
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Scan

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]

TO_SIGMA = 1.482602218505602
"""Standard deviation of a normal distribution over its median absolute deviation."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What is found of formation and resorption between two scans of unchanged bone.

    Parameters
    ----------
    formed_bv, resorbed_bv : shares of the bone volume.
    origin : what it was measured on, in words.
    """

    formed_bv: float
    resorbed_bv: float
    origin: str


def repeated_floor(repeat: Remodelling) -> Floor:
    """Return the floor from a comparison of two scans of one animal taken one right after the other."""
    return Floor(repeat.formed_bv, repeat.resorbed_bv, "two scans of one animal, one right after the other")


def phantom_floor(
    scan: Scan, segment: Callable[[Scan], Bools], motion: Rigid, *, voi: Bools | None = None, seed: int = 0
) -> Floor:
    """Return the floor from a phantom of the same bone and the same noise.

    The scan itself is the phantom, its own noise taken for fine structure. It is recorded twice with new
    noise of the same strength, the second time moved as the follow-up was, and the second is registered
    back and segmented like a follow-up. The noise is taken as white, and how the grid of the scanner cut the
    bone is the same in both, so the true floor may lie higher: two repeated scans are the better measure.

    Parameters
    ----------
    scan : the baseline, grey values.
    segment : from a scan on the baseline's grid to its bone, as the time-lapse segments.
    motion : from baseline to follow-up.
    voi : where to compare.
    seed : of the noise.

    Raises
    ------
    MeasurementError
        If the phantom holds no bone in the volume of interest.
    """
    values = scan.values().astype(np.float32)
    noise = noise_of(values)
    streams = [np.random.default_rng([seed, k]) for k in (1, 2)]
    low = float(values.min())
    moved = resampled(values, scan.grid, motion.inverse(), scan.grid, outside=low, cubic=True)
    first, second = (
        t + s.normal(0, noise, t.shape).astype(np.float32)
        for t, s in zip((values, moved), streams, strict=True)
    )
    back = resampled(second, scan.grid, motion, scan.grid, outside=low, cubic=True)
    before, after = (segment(Scan(v, scan.grid, scan.meaning)) for v in (first, back))
    where = _shown(scan, motion) & (True if voi is None else voi)
    bone = int(np.count_nonzero(before & where))
    if not bone:
        given = "a phantom without bone in the volume of interest"
        raise MeasurementError(Mistake("time-lapse › noise floor", given, "check the threshold"))
    formed, resorbed = (int(np.count_nonzero(a & ~b & where)) for a, b in ((after, before), (before, after)))
    origin = f"a phantom of the baseline with white noise of {noise:.3g} {scan.meaning.value}, moved likewise"
    return Floor(formed / bone, resorbed / bone, origin)


def noise_of(values: Floats) -> float:
    """Return the standard deviation of the noise of a scan.

    From how far each voxel lies from the mean of its six neighbours, by the median: most voxels lie in no
    edge, and the others raise the result by some percent. White noise is assumed.

    Examples
    --------
    >>> grey = np.random.default_rng(3).normal(500, 20, (30, 30, 30)).astype(np.float32)
    >>> round(noise_of(grey))
    20
    """
    core = values[1:-1, 1:-1, 1:-1].astype(np.float64)
    around = np.zeros_like(core)
    for axis in range(3):
        for ahead in (slice(None, -2), slice(2, None)):
            part = tuple(ahead if i == axis else slice(1, -1) for i in range(3))
            around += values[part]
    apart = core - around / 6
    return float(TO_SIGMA * np.median(np.abs(apart - np.median(apart))) / np.sqrt(7 / 6))


def doubts(found: Remodelling, floor: Floor) -> tuple[str, ...]:
    """Return a sentence for each of formation and resorption that does not stand out from the noise floor."""
    said = []
    for name, share, least in (
        ("Formed", found.formed_bv, floor.formed_bv),
        ("Resorbed", found.resorbed_bv, floor.resorbed_bv),
    ):
        if share <= least:
            said.append(
                f"{name} bone ({share:.1%} of the bone volume) does not exceed what unchanged bone shows "
                f"({least:.1%}, from {floor.origin})."
            )
    return tuple(said)


def _shown(scan: Scan, motion: Rigid) -> Bools:
    """Return where the second recording, of the baseline's own grid, can be compared."""
    return seen(scan.grid, motion, scan.grid)
