"""Scanco AIM: what Scanco's evaluation programs write, versions 020 and 030.

The header is read and checked here; plain voxels are memory-mapped, packed ones are left to aimio-py, whose
native code meets only files whose header has been held against their size.
"""

from __future__ import annotations

import re
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, ScanError
from spondyl.volume.bounds import Shape, check_fits, claimed_bytes, shape_zyx
from spondyl.volume.draft import Draft
from spondyl.volume.grid import Triple
from spondyl.volume.rawdata import mapped
from spondyl.volume.scan import Meaning
from spondyl.volume.scanco import Calibration, calibration, vax_float

MARK_030 = b"AIMDATA_V030   \0"
_BLOCKS = ("header", "log", "voxels", "associated")
_PLAIN: dict[int, np.dtype[np.generic]] = {0x00010001: np.dtype("i1"), 0x00020002: np.dtype("<i2")}
# Packed type to (dtype, most voxels that one byte can stand for).
_PACKED: dict[int, tuple[np.dtype[np.generic], float]] = {
    0x00040004: (np.dtype("f4"), 0.25),  # VAX floats
    0x00060001: (np.dtype("i1"), 8),  # one bit per voxel
    0x00080002: (np.dtype("i1"), 128),  # runs of up to 255 in two bytes
    0x00150001: (np.dtype("i1"), 254),  # runs of two values in one byte
}
_KEPT = ("Created by", "Original file", "Site", "Scanner ID", "Energy [V]", "Intensity [uA]", "Mu_Scaling")
_MOST_LINES = 1000
_NUMBER = r"\s+([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"


@dataclass(frozen=True, slots=True)
class _Head:
    """The blocks of an AIM file and what its header block says; lengths in mm, triples (x, y, z)."""

    at: dict[str, tuple[int, int]]
    kind: int
    position: tuple[int, ...]
    sizes: tuple[int, ...]
    border: tuple[int, ...]
    element_mm: tuple[float, ...]


def read_aim(path: Path) -> Draft:
    """Read an AIM file; plain voxels are memory-mapped.

    Raises
    ------
    ScanError
        If the header contradicts itself or the size of the file.
    """
    where = str(path)
    size = path.stat().st_size
    with path.open("rb") as handle:
        head = _head(where, handle.read(512), size)
        handle.seek(head.at["log"][0])
        log_bytes = handle.read(head.at["log"][1])
    shape = shape_zyx(where, head.sizes)
    stored = _voxels(path, head, shape, log_bytes)
    spacing = _reversed(head.element_mm)
    found = _calibration(log_bytes.decode("latin-1"), stored.dtype)
    z, y, x = (p * s for p, s in zip(head.position[::-1], spacing, strict=True))
    return Draft(
        stored, "Scanco AIM", spacing, "", (float(z), float(y), float(x)), meaning=found.meaning,
        slope=found.slope, intercept=found.intercept, notes=found.notes,
        header=_kept(log_bytes.decode("latin-1")),
    )  # fmt: skip


def _reversed(xyz: tuple[float, ...]) -> Triple:
    x, y, z = xyz
    return (z, y, x)


def _head(where: str, start: bytes, file_size: int) -> _Head:
    """Read block list and header block, and hold the blocks against the size of the file."""
    new = start.startswith(MARK_030)
    first, word, length = (16, "<5q", 40) if new else (0, "<5i", 20)
    check_fits(where, 280 if new else 160, len(start))
    pre, *sizes = struct.unpack_from(word, start, first)
    if pre != length or sizes[0] != (224 if new else 140) or min(sizes) < 0:
        raise ScanError(
            Mistake(where, f"blocks of {[pre, *sizes]} bytes", "must be an AIM of version 020 or 030")
        )
    check_fits(where, first + pre + sum(sizes[:3]), file_size)
    at = {}
    offset = first + pre
    for name, size in zip(_BLOCKS, sizes, strict=True):
        at[name] = (offset, size)
        offset += size
    return _head_030(start, at) if new else _head_020(start, at)


def _head_020(start: bytes, at: dict[str, tuple[int, int]]) -> _Head:
    begin = at["header"][0]
    (kind,) = struct.unpack_from("<i", start, begin + 20)
    whole = struct.unpack_from("<9i", start, begin + 24)
    element = tuple(vax_float(start[i : i + 4]) for i in range(begin + 108, begin + 120, 4))
    return _Head(at, kind, whole[0:3], whole[3:6], whole[6:9], element)


def _head_030(start: bytes, at: dict[str, tuple[int, int]]) -> _Head:
    begin = at["header"][0]
    (kind,) = struct.unpack_from("<i", start, begin + 12)
    whole = struct.unpack_from("<24q", start, begin + 16)
    return _Head(at, kind, whole[0:3], whole[3:6], whole[6:9], tuple(nm * 1e-6 for nm in whole[21:24]))


def _voxels(path: Path, head: _Head, shape: Shape, log: bytes) -> NDArray[np.generic]:
    where = str(path)
    begin, size = head.at["voxels"]
    if head.kind in _PLAIN:
        check_fits(where, claimed_bytes(shape, _PLAIN[head.kind]), size)
        return mapped(path, begin, _PLAIN[head.kind], shape)
    if head.kind not in _PACKED:
        raise ScanError(Mistake(where, f"voxels of type {head.kind:#010x}", "must be one number per voxel"))
    dtype, ratio = _PACKED[head.kind]
    odd = head.kind == 0x00080002 and size % 2
    if size < 10 or odd or any(not 0 <= 2 * b < n for b, n in zip(head.border, head.sizes, strict=True)):
        given = f"{size} packed bytes with a border of {head.border} voxels"
        raise ScanError(Mistake(where, given, "the file is damaged"))
    inner = [n - 2 * b for b, n in zip(head.border, head.sizes, strict=True)]
    bordered = head.kind in {0x00080002, 0x00150001}
    check_fits(where, shape_voxels(inner if bordered else head.sizes), size, ratio=ratio)
    check_fits(where, shape_voxels(head.sizes), size, ratio=8 * max(ratio, 1))
    return _unpacked(path, log, shape, dtype)


def shape_voxels(sizes: list[int] | tuple[int, ...]) -> int:
    """Number of voxels, as an exact whole number of any size."""
    x, y, z = sizes
    return x * y * z


def _unpacked(path: Path, log: bytes, shape: Shape, dtype: np.dtype[np.generic]) -> NDArray[np.generic]:
    import py_aimio

    if log.isascii():
        stored, _ = py_aimio.read_aim(str(path))
    else:
        # aimio-py fails on a log that is not UTF-8, as German patients' names are not.
        with tempfile.NamedTemporaryFile(suffix=".aim") as copy:
            whole = path.read_bytes()
            copy.write(whole.replace(log, bytes(b if b < 128 else 63 for b in log), 1))
            copy.flush()
            stored, _ = py_aimio.read_aim(copy.name)
    if stored.shape != shape or stored.dtype != dtype:
        given = f"{stored.dtype} voxels of shape {stored.shape}"
        raise ScanError(Mistake(str(path), given, f"its header says {dtype} of shape {shape}"))
    return np.asarray(stored)


def _kept(log: str) -> dict[str, str]:
    """Entries of the log that are worth keeping; the patient's name is not among them."""
    lines = (re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in log.splitlines()[:_MOST_LINES])
    return {line[0]: line[1] for line in lines if len(line) == 2 and line[0] in _KEPT}


def _calibration(log: str, dtype: np.dtype[np.generic]) -> Calibration:
    unit = re.search(r"Density: unit\s+(\S.*)", log)
    slope, intercept, scaling = (
        float(found.group(1)) if (found := re.search(name + _NUMBER, log)) else None
        for name in ("Density: slope", "Density: intercept", "Mu_Scaling")
    )
    if slope is None or intercept is None or scaling is None:
        return calibration(1, None, None, None)
    if dtype.itemsize == 1:
        note = "one byte per voxel is a mask, not a density; the calibration in its log was not used"
        return Calibration(Meaning.RAW, 1.0, 0.0, (note,))
    return calibration(scaling, unit.group(1) if unit else None, slope, intercept)
