"""From grey values to bone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct import census, voi
from spondyl.assay.microct.census import Census, slab_thickness
from spondyl.assay.microct.histogram import BINS, Histogram, bin_counts
from spondyl.assay.microct.otsu import otsu
from spondyl.assay.microct.parts import Parts, keep_largest
from spondyl.assay.microct.settings import Settings
from spondyl.assay.microct.smoothing import Filtered, filtered
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Meaning, Scan

MANY_VALUES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """Bone inside the volume of interest, and how it was found.

    Parameters
    ----------
    settings : as asked.
    threshold : lowest value that counts as bone; for a binary volume the middle of its two values.
    bone : True in bone inside the volume of interest, shape (z, y, x).
    voi : True inside the volume of interest, same shape; None for the whole array.
    field : the filtered values.
    census : spread of the unfiltered values of the whole scan.
    histogram : filtered values inside the volume of interest.
    parts : what keeping the largest part removed; None when all parts stayed.
    """

    settings: Settings
    threshold: float
    bone: NDArray[np.bool_]
    voi: NDArray[np.bool_] | None
    field: Filtered
    census: Census
    histogram: Histogram
    parts: Parts | None

    @property
    def binary(self) -> bool:
        """True when the values carry no sub-voxel position of the surface: two values, unfiltered."""
        return self.settings.binary or (self.census.two_valued and self.settings.gaussian_voxels == 0)

    @property
    def tv_voxels(self) -> int:
        """Voxels of the volume of interest."""
        return self.bone.size if self.voi is None else int(np.count_nonzero(self.voi))

    @property
    def bv_voxels(self) -> int:
        """Bone voxels inside the volume of interest."""
        return int(np.count_nonzero(self.bone))

    def present(self, start: int, stop: int, values: NDArray[np.float64] | None = None) -> NDArray[np.bool_]:
        """Return the bone of slices ``start:stop``, outside the volume of interest too.

        So a surface that leaves the volume of interest goes on beyond it and is not closed by a cut face,
        while the parts that were removed inside are gone.
        """
        bone = self.bone[start:stop]
        if self.voi is None:
            return bone
        values = self.field.slab(start, stop) if values is None else values
        return bone | (self.solid(start, stop, values) & ~self.voi[start:stop])

    def solid(self, start: int, stop: int, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which voxels of slices ``start:stop`` count as bone by their value alone."""
        return solid(self.field.scan, self.settings, self.threshold, start, stop, values)


def solid(
    scan: Scan, settings: Settings, threshold: float, start: int, stop: int, values: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Bone is where the filtered value is at least the threshold; in a binary volume, what is not zero."""
    if settings.binary:
        return np.asarray(scan.stored[start:stop] != 0)
    return np.asarray(values >= threshold)


def segment(scan: Scan, settings: Settings | None = None, *, thickness: int | None = None) -> Segmentation:
    """Find the bone of a scan: filter, threshold, volume of interest, largest part, in this order.

    Filter and Otsu's threshold see the whole scan, so they do not change with the volume of interest; the
    largest part is sought inside it.

    Parameters
    ----------
    scan : grey values of any meaning, or a binary volume with ``Settings(binary=True)``.
    settings : what was chosen; Otsu's threshold without a filter by default.
    thickness : slices held at once; changes memory and time, no result.

    Raises
    ------
    MeasurementError
        If the scan holds no bone or nothing but bone as asked, if labels are given where grey values are
        needed or grey values as binary, or if the volume of interest does not fit the scan.
    """
    settings = settings or Settings()
    thickness = thickness or slab_thickness(scan.grid.shape)
    counted = census.take(scan, thickness)
    _refuse_wrong_kind(scan, settings, counted, thickness)
    mask = voi.inside(settings.voi, scan)
    field = filtered(scan, settings.gaussian_voxels)
    threshold = _threshold(field, settings, counted, thickness)
    bone, histogram = _find(field, settings, threshold, counted, mask, thickness)
    _refuse_trivial(field, settings, threshold, bone, mask)
    parts = keep_largest(bone) if settings.largest else None
    return Segmentation(settings, threshold, bone, mask, field, counted, histogram, parts)


def _threshold(field: Filtered, settings: Settings, counted: Census, thickness: int) -> float:
    if settings.binary:
        return (counted.lowest + counted.highest) / 2
    return otsu(field, thickness) if settings.threshold == "otsu" else float(settings.threshold)


def _find(
    field: Filtered,
    settings: Settings,
    threshold: float,
    counted: Census,
    mask: NDArray[np.bool_] | None,
    thickness: int,
) -> tuple[NDArray[np.bool_], Histogram]:
    scan = field.scan
    bone = np.empty(scan.grid.shape, dtype=np.bool_)
    counts = np.zeros(BINS, dtype=np.int64)
    for start, stop in scan.slabs(thickness):
        values = field.slab(start, stop)
        bone[start:stop] = solid(scan, settings, threshold, start, stop, values)
        if mask is not None:
            bone[start:stop] &= mask[start:stop]
            values = values[mask[start:stop]]
        counts += bin_counts(values, counted.lowest, counted.highest)
    return bone, Histogram(counted.lowest, counted.highest, counts)


def _refuse_wrong_kind(scan: Scan, settings: Settings, counted: Census, thickness: int) -> None:
    if settings.gaussian_voxels > min(scan.grid.shape) / 2:
        given = f"{settings.gaussian_voxels:g} voxels on a scan of {scan.grid.shape} voxels"
        allowed = "must be at most half the shortest edge"
        raise MeasurementError(Mistake(f"{scan.name} › gaussian", given, allowed))
    if settings.binary:
        distinct = _distinct(scan, thickness)
        if distinct > 2:
            count = str(distinct) if distinct <= MANY_VALUES else f"more than {MANY_VALUES}"
            given = f"{count} different values in a scan given as binary"
            allowed = "a binary volume holds at most two; measure grey values with a threshold instead"
            raise MeasurementError(Mistake(scan.name, given, allowed))
    elif scan.meaning is Meaning.LABELS:
        given = f"labels, values {counted.lowest:g} to {counted.highest:g}"
        allowed = "a threshold needs grey values; give the scan itself, or measure labels as binary"
        raise MeasurementError(Mistake(scan.name, given, allowed))


def _distinct(scan: Scan, thickness: int) -> int:
    """Count the different stored numbers, as far as one slab beyond a thousand."""
    seen: NDArray[np.generic] = np.empty(0)
    for start, stop in scan.slabs(thickness):
        seen = np.union1d(seen, np.unique(scan.stored[start:stop]))
        if len(seen) > MANY_VALUES:
            break
    return len(seen)


def _refuse_trivial(
    field: Filtered,
    settings: Settings,
    threshold: float,
    bone: NDArray[np.bool_],
    mask: NDArray[np.bool_] | None,
) -> None:
    scan = field.scan
    bv, tv = int(np.count_nonzero(bone)), bone.size if mask is None else int(np.count_nonzero(mask))
    if 0 < bv < tv:
        return
    where = "the whole array" if mask is None else "the volume of interest"
    what = f"{'no bone' if bv == 0 else 'nothing but bone'} in {where}"
    if settings.binary:
        raise MeasurementError(Mistake(scan.name, what, "some voxels must be zero and some not"))
    lowest, highest = _range(field, mask)
    given = f"{what} at the threshold {threshold:g} {scan.meaning.value}"
    allowed = f"must lie inside the range of the values there, {lowest:g} to {highest:g} {scan.meaning.value}"
    raise MeasurementError(Mistake(f"{scan.name} › threshold", given, allowed))


def _range(field: Filtered, mask: NDArray[np.bool_] | None) -> tuple[float, float]:
    ends = []
    for start, stop in field.scan.slabs(slab_thickness(field.scan.grid.shape)):
        values = field.slab(start, stop)
        values = values if mask is None else values[mask[start:stop]]
        if values.size:
            ends.append((float(values.min()), float(values.max())))
    return min(e[0] for e in ends), max(e[1] for e in ends)
