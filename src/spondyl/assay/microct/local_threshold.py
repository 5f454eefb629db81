"""A threshold that follows the scan: half-way between the bone and the marrow near each voxel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.census import slab_thickness
from spondyl.assay.microct.smoothing import CUT_SIGMAS, Filtered
from spondyl.errors import MeasurementError, Mistake

LEAST_SHARE = 0.02
"""Share of bone, and of marrow, that the window must hold for its means to be trusted."""

MOST_ROUNDS = 20
SETTLED = 1e-4
"""Share of the voxels that may still change sides when the threshold counts as settled."""


@dataclass(frozen=True, slots=True, eq=False)
class LocalThreshold:
    """Bone found by a threshold that varies over the scan.

    Parameters
    ----------
    bone : True where the value is at least the local threshold, shape (z, y, x).
    window_voxels : standard deviation of the Gaussian window.
    lowest, middle, highest : 1st, 50th and 99th percentile of the threshold over the voxels where the window
        holds both bone and marrow.
    followed : share of the voxels where it does; elsewhere the global threshold decides.
    rounds : times that the means were taken.
    settled : False when the bone still changed after the last round.
    """

    bone: NDArray[np.bool_]
    window_voxels: float
    lowest: float
    middle: float
    highest: float
    followed: float
    rounds: int
    settled: bool

    def describe(self) -> str:
        """Return the rule in the words of a methods section."""
        return (
            "bone where value ≥ the mean of the local means of bone and marrow, each in a Gaussian window of "
            f"σ = {self.window_voxels:g} voxels, taken anew {self.rounds} times from the global threshold; "
            f"1st to 99th percentile {self.lowest:.6g} to {self.highest:.6g}"
        )


def local_threshold(
    field: Filtered, start: float, *, window_voxels: float = 8.0, thickness: int | None = None
) -> LocalThreshold:
    """Find bone with a threshold that follows shading, beam hardening and uneven mineral.

    At each voxel the threshold is the mean of two means: that of the bone and that of the marrow around it,
    weighted by a Gaussian window. Bone is first what reaches the global threshold, then what reaches the
    local one, until fewer than one voxel in 10 000 changes sides. Where the window holds less than 2 % of
    either, the global threshold stays. It is the rule of Ridler and Calvard (1978) made local. As voxels cut
    by the surface belong to the means, it lies a little below half-way on bone a few voxels thin: 0.47 of the
    contrast on struts of about 6 voxels.

    Parameters
    ----------
    field : the filtered values.
    start : global threshold to begin with, in the values of the scan.
    window_voxels : standard deviation of the window along each axis; it should hold a trabecula and the
        marrow beside it.
    thickness : slices held at once; changes memory and time, no result.

    Raises
    ------
    MeasurementError
        If the window is not between 1 voxel and half the shortest edge, or the global threshold finds no
        bone or nothing but bone.
    """
    shape = field.scan.grid.shape
    _refuse_window(field, window_voxels)
    thickness = thickness or slab_thickness(shape)
    bone = _global(field, start, thickness)
    changed, rounds = bone.size, 0
    while changed > SETTLED * bone.size and rounds < MOST_ROUNDS:
        fresh = np.empty_like(bone)
        for first, last in field.scan.slabs(thickness):
            level, _ = _level(field, bone, start, window_voxels, first, last)
            fresh[first:last] = field.slab(first, last) >= level
        changed, rounds = int(np.count_nonzero(fresh != bone)), rounds + 1
        bone = fresh
    lowest, middle, highest, followed = _spread(field, bone, start, window_voxels, thickness)
    settled = changed <= SETTLED * bone.size
    return LocalThreshold(bone, window_voxels, lowest, middle, highest, followed, rounds, settled)


def _level(
    field: Filtered, bone: NDArray[np.bool_], start: float, sigma: float, first: int, last: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Threshold of slices ``first:last``, and where it is a local one."""
    from scipy.ndimage import gaussian_filter

    reach = int(CUT_SIGMAS * sigma + 0.5)
    low, high = max(0, first - reach), min(bone.shape[0], last + reach)
    values, solid = field.slab(low, high), bone[low:high]
    inner = slice(first - low, last - low)

    def window(part: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(gaussian_filter(part, sigma, mode="nearest", truncate=CUT_SIGMAS)[inner])

    share = window(solid.astype(np.float64))
    of_bone = window(np.where(solid, values, 0.0))
    of_all = window(values)
    both = (share >= LEAST_SHARE) & (share <= 1 - LEAST_SHARE)
    safe = np.where(both, share, 0.5)
    middle = (of_bone / safe + (of_all - of_bone) / (1 - safe)) / 2
    return np.where(both, middle, start), both


def _global(field: Filtered, start: float, thickness: int) -> NDArray[np.bool_]:
    bone = np.empty(field.scan.grid.shape, dtype=np.bool_)
    for first, last in field.scan.slabs(thickness):
        bone[first:last] = field.slab(first, last) >= start
    found = int(np.count_nonzero(bone))
    if 0 < found < bone.size:
        return bone
    given = f"{'nothing but bone' if found else 'no bone'} at the threshold {start:g} that it starts from"
    raise MeasurementError(
        Mistake(f"{field.scan.name} › local threshold", given, "start from one between marrow and bone")
    )


def _spread(
    field: Filtered, bone: NDArray[np.bool_], start: float, sigma: float, thickness: int
) -> tuple[float, float, float, float]:
    """Percentiles of the local threshold, to a thousandth of its range, and the share of voxels it rules."""
    kept = []
    for first, last in field.scan.slabs(thickness):
        level, both = _level(field, bone, start, sigma, first, last)
        kept.append(level[both].astype(np.float32))
    levels = np.concatenate(kept)
    if not levels.size:
        return start, start, start, 0.0
    low, middle, high = (float(p) for p in np.percentile(levels, (1, 50, 99)))
    return low, middle, high, levels.size / bone.size


def _refuse_window(field: Filtered, sigma: float) -> None:
    most = min(field.scan.grid.shape) / 2
    if not 1 <= sigma <= most:
        given = f"a window of σ = {sigma:g} voxels"
        allowed = f"must lie between 1 voxel and half the shortest edge ({most:g})"
        raise MeasurementError(Mistake(f"{field.scan.name} › local threshold", given, allowed))
