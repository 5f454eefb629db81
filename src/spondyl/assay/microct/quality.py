"""How far the segmentation of a scan can be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass

from spondyl.assay.microct.segmentation import Segmentation
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Scan

SHIFT = 0.05
"""By how much of the contrast the threshold is moved."""

LEAST_CONTRAST_TO_NOISE = 3.0
MOST_NEAR_THRESHOLD = 0.10
MOST_SENSITIVITY = 0.10
MOST_SATURATED = 0.005
MOST_REMOVED = 0.05


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of merit of one segmented scan.

    The contrast is the distance between the mean filtered values of bone and of marrow inside the volume
    of interest. Five figures have a limit: contrast to noise at least 3, near threshold at most 10 %,
    sensitivity at most 10 %, saturated at most 0.5 %, removed at most 5 % of the bone. `concern` is the
    largest ratio of a figure to its limit (for contrast to noise, of the limit to the figure), so above 1 a
    limit is passed; `remarks` holds one sentence for each limit that is.

    Parameters
    ----------
    contrast_to_noise : contrast over the standard deviation of the filtered values of marrow; None for a
        binary volume, as are the next two.
    near_threshold : share of the volume of interest whose filtered value lies within 5 % of the contrast from
        the threshold.
    sensitivity : largest relative change of BV/TV when the threshold moves up or down by 5 % of the contrast.
    saturated : share of all voxels that hold the highest value of the scan, when they are more than one; None
        for a volume of two values.
    floored : the same for the lowest value; scanners often cut air away, so it has no limit.
    parts : number of separate bone parts found; None when all of them were kept.
    removed : share of the bone found that keeping the largest part took away; None when all parts were kept.
    concern : how doubtful the scan is, 0 (clean) upwards.
    remarks : why.
    """

    contrast_to_noise: float | None
    near_threshold: float | None
    sensitivity: float | None
    saturated: float | None
    floored: float | None
    parts: int | None
    removed: float | None
    concern: float
    remarks: tuple[str, ...]


def quality(scan: Scan, segmentation: Segmentation) -> Quality:
    """Judge a segmented scan; see :class:`Quality` for the figures and the rule.

    Raises
    ------
    MeasurementError
        If the segmentation is of a scan of another shape.
    """
    refuse_foreign(scan, segmentation)
    ratio = near = sensitivity = saturated = floored = None
    if not segmentation.binary:
        ratio, near, sensitivity = _contrast(segmentation)
        saturated, floored = _clipped(segmentation)
    parts = segmentation.parts
    removed = parts.removed_voxels / (parts.removed_voxels + segmentation.bv_voxels) if parts else None
    worries = _worries(ratio, near, sensitivity, saturated, removed)
    return Quality(
        contrast_to_noise=ratio,
        near_threshold=near,
        sensitivity=sensitivity,
        saturated=saturated,
        floored=floored,
        parts=parts.count if parts else None,
        removed=removed,
        concern=max((worry for worry, _ in worries), default=0.0),
        remarks=tuple(remark for worry, remark in worries if worry > 1),
    )


def refuse_foreign(scan: Scan, segmentation: Segmentation) -> None:
    """Raise a MeasurementError when a segmentation does not belong to a scan of this shape."""
    if scan.grid.shape != segmentation.bone.shape:
        given = f"a segmentation of shape {segmentation.bone.shape}"
        raise MeasurementError(Mistake(scan.name, given, f"the scan has shape {scan.grid.shape}"))


def _contrast(segmentation: Segmentation) -> tuple[float, float, float]:
    histogram, threshold = segmentation.histogram, segmentation.threshold
    is_bone = histogram.centres >= threshold
    bone, _ = histogram.moments(is_bone)
    marrow, noise = histogram.moments(~is_bone)
    contrast = bone - marrow
    shift = SHIFT * contrast
    below = histogram.between(threshold - shift, threshold)
    above = histogram.between(threshold, threshold + shift)
    voxels = int(histogram.counts.sum())
    solid = histogram.between(threshold, math.inf)
    ratio = contrast / noise if noise > 0 else math.inf
    return ratio, (below + above) / voxels, max(below, above) / solid


def _clipped(segmentation: Segmentation) -> tuple[float, float]:
    counted = segmentation.census
    high, low = (n if n > 1 else 0 for n in (counted.at_highest, counted.at_lowest))
    return high / counted.voxels, low / counted.voxels


def _worries(
    ratio: float | None,
    near: float | None,
    sensitivity: float | None,
    saturated: float | None,
    removed: float | None,
) -> list[tuple[float, str]]:
    """Return each figure over its limit, with the sentence for when it is passed."""
    worries = []
    if ratio is not None:
        text = f"Bone stands out from marrow by only {ratio:.1f} times the noise."
        worries.append((LEAST_CONTRAST_TO_NOISE / ratio, text))
    if near is not None:
        text = f"{near:.1%} of the voxels lie so close to the threshold that their kind is doubtful."
        worries.append((near / MOST_NEAR_THRESHOLD, text))
    if sensitivity is not None:
        text = (
            f"BV/TV would change by {sensitivity:.1%} if the threshold moved by {SHIFT:.0%} of the contrast."
        )
        worries.append((sensitivity / MOST_SENSITIVITY, text))
    if saturated is not None:
        text = f"{saturated:.2%} of the voxels hold the highest value; the densest bone is probably clipped."
        worries.append((saturated / MOST_SATURATED, text))
    if removed is not None:
        text = f"Keeping the largest part took away {removed:.1%} of the bone."
        worries.append((removed / MOST_REMOVED, text))
    return worries
