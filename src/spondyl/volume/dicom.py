"""A folder with one DICOM series, one slice per file."""

from __future__ import annotations

import math
import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, ScanError
from spondyl.volume.bounds import PACKBITS, check_fits, shape_zyx
from spondyl.volume.draft import Draft
from spondyl.volume.frame import axes_of, triple
from spondyl.volume.scan import Meaning
from spondyl.volume.scanco import is_density

# Transfer syntaxes whose size can be bounded, with the most bytes that one byte can stand for.
_SYNTAXES = {
    "1.2.840.10008.1.2": 1,  # implicit little endian
    "1.2.840.10008.1.2.1": 1,  # explicit little endian
    "1.2.840.10008.1.2.2": 1,  # explicit big endian
    "1.2.840.10008.1.2.5": PACKBITS,  # run lengths
}
_LONGEST = 60
_EVEN = 0.01  # slices further from an even distance than this part of it are not one volume
_ALIKE = (
    "SeriesInstanceUID", "Rows", "Columns", "BitsAllocated", "BitsStored", "PixelRepresentation",
    "PixelSpacing", "ImageOrientationPatient", "RescaleSlope", "RescaleIntercept", "RescaleType",
    "PhotometricInterpretation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Slice:
    path: Path
    head: Any
    position: tuple[float, float, float]


def read_dicom(folder: Path, files: Sequence[Path]) -> Draft:
    """Read one series; slices are ordered and spaced by their positions along the slice normal.

    Slice thickness is not a distance and is ignored.

    Parameters
    ----------
    folder : that was asked for, for messages.
    files : its DICOM files, in any order.

    Raises
    ------
    ScanError
        If there are two series, slices are missing, double or unevenly spaced, or they differ in form.
    """
    where = str(folder)
    slices = [_slice(path) for path in files]
    _check_alike(where, slices)
    first = slices[0].head
    rows_cols = np.asarray(first.ImageOrientationPatient, dtype=np.float64).reshape(2, 3)
    normal = np.cross(*rows_cols)
    depths = np.array([np.dot(normal, s.position) for s in slices])
    order = np.argsort(depths)
    slices = [slices[k] for k in order]
    distance = _distance(where, slices, depths[order], normal)
    stored = _pixels(where, slices)
    row_mm, column_mm = (float(mm) for mm in first.PixelSpacing)
    meaning, notes = _meaning(first)
    return Draft(
        stored, "DICOM", (distance, row_mm, column_mm) if distance else None,
        "" if distance else "a single slice, which has no distance to a next one",
        origin_mm=triple(slices[0].position[::-1]),
        axes=axes_of(where, np.column_stack([*rows_cols, normal])),
        meaning=meaning, slope=float(first.get("RescaleSlope", 1)),
        intercept=float(first.get("RescaleIntercept", 0)), notes=notes,
        header={key: str(first.get(key, "")) for key in ("Modality", "Manufacturer", "SeriesDescription")},
    )  # fmt: skip


def _opened(path: Path) -> mmap.mmap:
    """Map a file: reading from it never allocates more than it has, whatever length its elements claim."""
    with path.open("rb") as handle:
        return mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)


def _slice(path: Path) -> _Slice:
    import pydicom

    where = str(path)
    with _opened(path) as file:
        syntax = _syntax(file)
    if syntax not in _SYNTAXES:
        raise ScanError(
            Mistake(where, f"transfer syntax {syntax}", "save it uncompressed, e.g. with gdcmconv --raw")
        )
    with _opened(path) as file:
        head = pydicom.dcmread(file, stop_before_pixels=True)
    lacking = [key for key in ("Rows", "Columns", "BitsAllocated", "PixelRepresentation") if key not in head]
    lacking += [
        key
        for key in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing")
        if not head.get(key)
    ]
    if lacking:
        raise ScanError(Mistake(where, f"no {', '.join(lacking)}", "a slice of a volume must have them"))
    if int(head.get("NumberOfFrames") or 1) != 1 or int(head.get("SamplesPerPixel", 1)) != 1:
        raise ScanError(Mistake(where, "several frames or colours", "must be one grey slice per file"))
    x, y, z = (float(mm) for mm in head.ImagePositionPatient)
    if not all(map(math.isfinite, (x, y, z))):
        raise ScanError(Mistake(where, f"position {(x, y, z)}", "must be finite"))
    return _Slice(path, head, (x, y, z))


def _syntax(file: mmap.mmap) -> str:
    """Read the group of elements that names the packing, and nothing behind it, which may be packed."""
    from pydicom.filereader import read_dataset, read_preamble

    read_preamble(file, force=False)
    meta = read_dataset(file, False, True, stop_when=lambda tag, _vr, _length: tag.group != 2)
    return str(meta.get("TransferSyntaxUID", "not given"))


def _check_alike(where: str, slices: Sequence[_Slice]) -> None:
    wrong = []
    for key in _ALIKE:
        found = {str(s.head.get(key, ""))[:_LONGEST] for s in slices}
        if len(found) > 1:
            given = f"{len(found)} different values of {key}: {', '.join(sorted(found)[:3])}"
            wrong.append(Mistake(where, given, "must hold one series of like slices"))
    if wrong:
        raise ScanError(wrong)


def _distance(
    where: str, slices: Sequence[_Slice], depths: NDArray[np.float64], normal: NDArray[np.float64]
) -> float:
    """Return the distance of slices in mm, 0.0 for a single one, after checking that it is even."""
    if len(slices) == 1:
        return 0.0
    gaps = np.diff(depths)
    middle = float(np.median(gaps))
    if gaps.min() <= 1e-6 * max(middle, 1e-9):
        k = int(gaps.argmin())
        given = f"{slices[k].path.name} and {slices[k + 1].path.name} at the same place"
        raise ScanError(Mistake(where, given, "each slice must be there once"))
    if np.abs(gaps - middle).max() > _EVEN * middle:
        k = int(np.abs(gaps - middle).argmax())
        given = f"{gaps[k]:g} mm from {slices[k].path.name} to {slices[k + 1].path.name}"
        raise ScanError(Mistake(where, given, f"slices must be {middle:g} mm apart; is one missing?"))
    places = np.array([s.position for s in slices])
    aside = places - places[0] - np.outer(depths - depths[0], normal)
    if np.abs(aside).max() > _EVEN * len(slices) * middle:
        raise ScanError(
            Mistake(where, "slices that shift sideways", "resample the volume to a straight grid")
        )
    return float((depths[-1] - depths[0]) / (len(slices) - 1))


def _pixels(where: str, slices: Sequence[_Slice]) -> NDArray[np.generic]:
    import pydicom

    head = slices[0].head
    bits = int(head.BitsAllocated)
    if bits not in {8, 16, 32}:
        raise ScanError(Mistake(where, f"{bits} bits per pixel", "must be 8, 16 or 32"))
    dtype = np.dtype(f"{'i' if int(head.PixelRepresentation) else 'u'}{bits // 8}")
    shape = shape_zyx(where, [int(head.Columns), int(head.Rows), len(slices)])
    for s in slices:
        ratio = _SYNTAXES[str(s.head.file_meta.TransferSyntaxUID)]
        check_fits(str(s.path), shape[1] * shape[2] * dtype.itemsize, s.path.stat().st_size, ratio=ratio)
    stored = np.empty(shape, dtype)
    for k, s in enumerate(slices):
        with _opened(s.path) as file:
            pixels = pydicom.dcmread(file).pixel_array
        if pixels.shape != shape[1:]:
            given = f"pixels of shape {pixels.shape}"
            raise ScanError(Mistake(str(s.path), given, f"its header says {shape[1:]}"))
        stored[k] = pixels
    return stored


def _meaning(head: Any) -> tuple[Meaning, tuple[str, ...]]:
    kind = str(head.get("RescaleType", "")).strip()
    if kind == "HU":
        return Meaning.HOUNSFIELD, ()
    if is_density(kind):
        return Meaning.DENSITY, ()
    if not kind and head.get("Modality") == "CT" and "RescaleSlope" in head:
        return Meaning.HOUNSFIELD, ("a CT series without Rescale Type is in HU by the DICOM standard",)
    return Meaning.RAW, (f"Rescale Type {kind!r} is not known",) if kind else ()
