"""NumPy archives with ``volume`` (z, y, x) and ``voxel_mm``."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, ScanError
from spondyl.volume.bounds import DEFLATE, check_fits, claimed_bytes, real_dtype, shape_zyx
from spondyl.volume.draft import Draft
from spondyl.volume.frame import triple
from spondyl.volume.grid import Triple

_MOST_SMALL = 1 << 12
_CHUNK = 1 << 20


def read_npz(path: Path) -> Draft:
    """Read ``volume`` and, if it is there, ``voxel_mm`` (one number, or three z, y, x).

    Pickled objects are never loaded.

    Raises
    ------
    ScanError
        If an array is missing, no plain array of numbers, or larger than its packed bytes can be.
    """
    with zipfile.ZipFile(path) as archive:
        names = {name.removesuffix(".npy"): name for name in archive.namelist()}
        if "volume" not in names:
            given = f"arrays {', '.join(sorted(names)) or 'none'}"
            raise ScanError(Mistake(str(path), given, "must hold an array 'volume' (z, y, x)"))
        stored = _array(path, archive, names["volume"])
        spacing = _spacing(path, archive, names["voxel_mm"]) if "voxel_mm" in names else None
    return Draft(stored, "npz", spacing, "no array 'voxel_mm'" if spacing is None else "")


def _array(path: Path, archive: zipfile.ZipFile, name: str) -> NDArray[np.generic]:
    """Read one member as a volume, checked against its packed size before it is allocated."""
    where = f"{path} › {name}"
    entry = archive.getinfo(name)
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or entry.flag_bits & 1:
        raise ScanError(Mistake(where, "an unusual packing", "save it with numpy.savez_compressed"))
    with archive.open(entry) as member:
        sizes, fortran, dtype = _npy_header(where, member)
        if len(sizes) != 3:
            raise ScanError(Mistake(where, f"an array of shape {sizes}", "must have three axes (z, y, x)"))
        shape = shape_zyx(where, sizes[::-1])
        real_dtype(where, dtype)
        ratio = DEFLATE if entry.compress_type == zipfile.ZIP_DEFLATED else 1
        check_fits(
            where, claimed_bytes(shape, dtype), min(entry.compress_size, path.stat().st_size), ratio=ratio
        )
        stored: NDArray[np.generic] = np.empty(shape[::-1] if fortran else shape, dtype)
        _fill(where, member, stored.reshape(-1).view(np.uint8))
    return stored.T if fortran else stored


def _npy_header(where: str, member: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[np.generic]]:
    version = np.lib.format.read_magic(member)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(member)
    if version == (2, 0):
        return np.lib.format.read_array_header_2_0(member)
    raise ScanError(Mistake(where, f"npy version {version}", "must be 1.0 or 2.0"))


def _fill(where: str, member: IO[bytes], flat: NDArray[np.uint8]) -> None:
    done = 0
    while done < flat.size:
        piece = member.read(min(_CHUNK, flat.size - done))
        if not piece:
            given = f"{done} bytes of voxels"
            raise ScanError(Mistake(where, given, f"its header promises {flat.size}; it is truncated"))
        flat[done : done + len(piece)] = np.frombuffer(piece, np.uint8)
        done += len(piece)
    if member.read(1):  # also reaches the checksum
        raise ScanError(Mistake(where, "more bytes than its header promises", "save the archive again"))


def _spacing(path: Path, archive: zipfile.ZipFile, name: str) -> Triple:
    where = f"{path} › {name}"
    if archive.getinfo(name).file_size > _MOST_SMALL:
        raise ScanError(Mistake(where, "a large array", "must be one number, or three (z, y, x), in mm"))
    with archive.open(name) as member:
        found = np.asarray(np.lib.format.read_array(member, allow_pickle=False))
    if found.dtype.kind not in "iuf" or found.size not in {1, 3}:
        given = f"{found.dtype} of shape {found.shape}"
        raise ScanError(Mistake(where, given, "must be one number, or three (z, y, x), in mm"))
    return triple(np.broadcast_to(found.ravel().astype(np.float64), 3))
