"""What the person chose before measuring."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Literal

from spondyl.assay.microct.voi import Voi
from spondyl.assay.microct.voi_mask import Mask
from spondyl.assay.microct.voi_shape import Box, Cylinder
from spondyl.errors import MeasurementError, Mistake, nearest_word

WIDEST_GAUSSIAN_VOXELS = 10.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How a scan becomes bone and marrow, and where bone is counted.

    Parameters
    ----------
    threshold : lowest value that counts as bone, in the scan's own values (mg HA/cm³ once calibrated), or
        ``"otsu"``: Otsu's method with 256 bins over the filtered values of the whole scan.
    gaussian_voxels : standard deviation of the Gaussian pre-filter in voxels along each axis, cut at 4 σ,
        edge values repeated; 0 for none, at most 10.
    largest : keep only the largest face-connected part of the bone inside the volume of interest.
    binary : the scan is a binary volume; what is not zero is bone, and neither threshold nor filter apply.
    voi : volume of interest; None for the whole array.

    Raises
    ------
    MeasurementError
        If a setting is not a number in its range, or two settings contradict each other.

    Examples
    --------
    >>> Settings(threshold=63, gaussian_voxels=1, largest=True).gaussian_voxels
    1
    """

    threshold: float | Literal["otsu"] = "otsu"
    gaussian_voxels: float = 0.0
    largest: bool = False
    binary: bool = False
    voi: Voi | None = None

    def __post_init__(self) -> None:
        wrong = [*_threshold_mistakes(self.threshold), *_gaussian_mistakes(self.gaussian_voxels)]
        if self.binary and self.threshold != "otsu":
            given = f"threshold {self.threshold} together with binary"
            wrong.append(
                Mistake("binary", given, "a binary volume has no threshold; leave one of the two out")
            )
        if self.binary and self.gaussian_voxels != 0:
            given = f"gaussian {self.gaussian_voxels} together with binary"
            wrong.append(
                Mistake("binary", given, "a binary volume is not filtered; leave one of the two out")
            )
        if self.voi is not None and not isinstance(self.voi, Box | Cylinder | Mask):
            wrong.append(Mistake("voi", repr(self.voi), "must be a Box, a Cylinder or a Mask"))
        if wrong:
            raise MeasurementError(wrong)


def _threshold_mistakes(threshold: object) -> list[Mistake]:
    if threshold == "otsu":
        return []
    allowed = "must be a number in the scan's own values, or 'otsu'"
    if isinstance(threshold, str):
        return [Mistake("threshold", repr(threshold), allowed, nearest_word(threshold, ["otsu"]))]
    return [] if _finite(threshold) else [Mistake("threshold", repr(threshold), allowed)]


def _gaussian_mistakes(sigma: object) -> list[Mistake]:
    if _finite(sigma) and 0 <= float(sigma) <= WIDEST_GAUSSIAN_VOXELS:  # type: ignore[arg-type]
        return []
    return [Mistake("gaussian", repr(sigma), f"must be from 0 to {WIDEST_GAUSSIAN_VOXELS:g} voxels")]


def _finite(number: object) -> bool:
    if isinstance(number, bool) or not isinstance(number, Real):
        return False
    return math.isfinite(number)
