"""NIfTI-1 and NIfTI-2, plain or gzipped."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np

from spondyl.errors import Mistake, ScanError
from spondyl.volume.bounds import check_fits, claimed_bytes, real_dtype, shape_zyx
from spondyl.volume.description import Description, describe, described, exact, storable
from spondyl.volume.draft import Draft
from spondyl.volume.frame import affine_ras, axes_of, triple
from spondyl.volume.grid import ALIGNED, Axes, Triple
from spondyl.volume.rawdata import gunzipped, mapped, pour
from spondyl.volume.scan import Meaning, Scan

_MM = {0: 1.0, 1: 1e3, 2: 1.0, 3: 1e-3}  # NIfTI-1 standard, xyzt_units & 7: unknown, metre, mm, micrometre
_COMMENT = 6  # extension code of plain text
_SIGNED = "Spondyl, values in "
_MOST_EXTENSIONS = 1 << 20
_SINGLE = 1e-5  # wider than what the header's single precision rounds away


def read_nifti(path: Path) -> Draft:
    """Read one NIfTI file; plain voxels are memory-mapped.

    A file that names no unit of length is taken to be in mm, as every NIfTI tool does, and says so in the
    notes.

    Raises
    ------
    ScanError
        If the header contradicts itself or the size of the file.
    """
    where = str(path)
    zipped = path.open("rb").read(2) == b"\x1f\x8b"
    header, passport = _header(path, zipped)
    shape = shape_zyx(where, header["dim"][1 : 1 + _rank(where, header)])
    dtype = real_dtype(where, header.get_data_dtype())
    offset = int(header["vox_offset"])
    if offset < header.sizeof_hdr:
        raise ScanError(Mistake(where, f"voxels at byte {offset}", "must begin after the header"))
    stored = gunzipped(path, 0, offset, dtype, shape) if zipped else mapped(path, offset, dtype, shape)
    draft = _exact(_placed(where, header, stored), passport)
    surplus = 0 if zipped else path.stat().st_size - offset - claimed_bytes(shape, dtype)
    longer = (f"{surplus} bytes after the last voxel were ignored",) if surplus > 0 else ()
    return replace(draft, notes=draft.notes + longer)


def write_nifti(scan: Scan, part: Path, *, zipped: bool) -> None:
    """Write `scan` as NIfTI-1, or NIfTI-2 when an axis is longer than 32767 voxels.

    The exact geometry and calibration, which the header keeps in single precision only, stand in a text
    extension that other programs skip.
    """
    with part.open("wb") as handle:
        if zipped:
            with gzip.GzipFile(filename="", mode="wb", fileobj=handle, mtime=0) as stream:
                _write(scan, stream)
        else:
            _write(scan, handle)


def _header(path: Path, zipped: bool) -> tuple[Any, Description | None]:
    import nibabel

    with gzip.open(path) if zipped else path.open("rb") as handle:
        start = handle.read(4)
        kind, size = (nibabel.Nifti2Header, 540) if 540 in _either_end(start) else (nibabel.Nifti1Header, 348)
        start += handle.read(size - 4)
        check_fits(str(path), size, len(start))
        # Only the header itself: its library would trust the sizes of the extensions.
        header = kind(start, check=False)
        magic = bytes(header["magic"].item())[:3]
        if magic not in {b"n+1", b"n+2"}:
            raise ScanError(
                Mistake(str(path), f"the mark {magic!r}", "must be a single NIfTI file (.nii or .nii.gz)")
            )
        return header, _passport(str(path), header, handle)


def _either_end(start: bytes) -> set[int]:
    return {int.from_bytes(start, "little"), int.from_bytes(start, "big")}


def _rank(where: str, header: Any) -> int:
    rank = int(header["dim"][0])
    if not 1 <= rank <= 7:
        raise ScanError(Mistake(where, f"{rank} dimensions", "a NIfTI file has one to seven"))
    return rank


def _passport(where: str, header: Any, handle: Any) -> Description | None:
    """Find our own text among the extensions, which lie between header and voxels."""
    room = min(float(header["vox_offset"]) - header.sizeof_hdr - 4, _MOST_EXTENSIONS)
    if not room >= 16 or handle.read(4)[:1] != b"\x01":
        return None
    block = handle.read(int(room))
    order: Literal["big", "little"] = "big" if header.endianness == ">" else "little"
    at = 0
    while at + 8 <= len(block):
        size = int.from_bytes(block[at : at + 4], order)
        if size < 16:
            return None
        if int.from_bytes(block[at + 4 : at + 8], order) == _COMMENT:
            found = described(where, block[at + 8 : at + size].rstrip(b"\0").decode("utf-8", "replace"))
            if found:
                return found
        at += size
    return None


def _placed(where: str, header: Any, stored: Any) -> Draft:
    unit = int(header["xyzt_units"]) & 7
    if unit not in _MM:
        raise ScanError(Mistake(where, f"the unit of length {unit}", "must be metre, mm or micrometre"))
    spacing, origin, axes, doubt = _geometry(where, header, _MM[unit])
    if not unit and spacing == (1.0, 1.0, 1.0):
        doubt = "voxels of 1 × 1 × 1 without a unit, as programs write that know no size"
    notes: tuple[str, ...] = (
        () if unit else ("the file names no unit of length; mm was taken, as NIfTI tools do",)
    )
    if not (int(header["sform_code"]) or int(header["qform_code"])):
        notes += ("the file does not say how it lies in space",)
    slope, intercept = float(header["scl_slope"]), float(header["scl_inter"])
    if slope == 0 or np.isnan(slope):
        slope, intercept = 1.0, 0.0  # the standard's way to say: not scaled
    text = bytes(header["descrip"].item()).decode("latin-1").rstrip("\0 ")
    return Draft(
        stored, "NIfTI", spacing, doubt, origin, axes, _meaning(text), slope, intercept,
        header={"descrip": text} if text else {}, notes=notes,
    )  # fmt: skip


def _geometry(where: str, header: Any, mm: float) -> tuple[Triple, Triple, Axes, str]:
    # The shortest decimal of a single-precision number is the one that somebody wrote into it.
    spacing = triple([float(str(size)) * mm for size in header["pixdim"][3:0:-1]])
    if int(header["sform_code"]) > 0:
        affine = header.get_sform()
    elif int(header["qform_code"]) > 0:
        affine = header.get_qform()
    else:
        return spacing, (0.0, 0.0, 0.0), ALIGNED, ""
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ np.asarray(affine, dtype=np.float64) * mm
    lengths = triple(np.linalg.norm(affine[:3, :3], axis=0)[::-1])
    doubt = ""
    if not np.allclose(spacing, lengths, rtol=1e-3, atol=0):
        doubt = f"voxels of {spacing} mm by pixdim but {lengths} mm by the affine matrix"
    return spacing, triple(affine[2::-1, 3]), axes_of(where, affine[:3, :3]), doubt


def _meaning(text: str) -> Meaning:
    word = text.removeprefix(_SIGNED)
    return Meaning(word) if word != text and word in set(Meaning) else Meaning.RAW


def _exact(draft: Draft, passport: Description | None) -> Draft:
    """Take the exact numbers of the extension, unless somebody changed the header since."""
    if passport is None or draft.spacing_mm is None:
        return draft
    if passport.shape != draft.stored.shape:
        return draft
    reach = max(abs(o) for o in passport.origin_mm) + sum(passport.spacing_mm)
    agree = (
        np.allclose(draft.spacing_mm, passport.spacing_mm, rtol=_SINGLE, atol=0)
        and np.allclose(draft.origin_mm, passport.origin_mm, rtol=0, atol=_SINGLE * reach)
        and np.allclose(draft.axes, passport.axes, rtol=0, atol=_SINGLE)
        and np.isclose(draft.slope, passport.slope, rtol=_SINGLE, atol=0)
        and np.isclose(draft.intercept, passport.intercept, rtol=_SINGLE, atol=1e-30)
    )
    return exact(draft, passport) if agree else draft


def _write(scan: Scan, handle: BinaryIO | gzip.GzipFile) -> None:
    import nibabel

    kind = nibabel.Nifti1Header if max(scan.grid.shape) < 2**15 else nibabel.Nifti2Header
    dtype = storable(scan.stored.dtype)
    text = json.dumps(describe(scan)).encode()
    text += b"\0" * (-(len(text) + 8) % 16)
    header = kind(endianness="<")
    header.set_data_shape(scan.grid.shape[::-1])
    header.set_data_dtype(dtype)
    header.set_zooms(scan.grid.spacing_mm[::-1])
    header.set_xyzt_units("mm")
    header.set_sform(affine_ras(scan.grid), code=1)
    header.set_qform(affine_ras(scan.grid), code=1)
    header["scl_slope"], header["scl_inter"] = scan.slope, scan.intercept
    header["descrip"] = _SIGNED + str(scan.meaning)
    header["magic"] = header.single_magic
    header["vox_offset"] = header.sizeof_hdr + 4 + 8 + len(text)
    handle.write(header.structarr.tobytes() + b"\x01\0\0\0")
    handle.write((8 + len(text)).to_bytes(4, "little") + _COMMENT.to_bytes(4, "little") + text)
    pour(scan.stored, dtype, handle.write)
