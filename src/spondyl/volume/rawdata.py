"""Voxels that lie in a file as plain or deflated bytes."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, ScanError
from spondyl.volume.bounds import DEFLATE, Shape, check_fits, claimed_bytes

_CHUNK = 1 << 20
_SLAB = 1 << 25


def mapped(path: Path, offset: int, dtype: np.dtype[np.generic], shape: Shape) -> NDArray[np.generic]:
    """Map plain voxels into memory, read-only.

    Parameters
    ----------
    path : file that holds them.
    offset : byte of the first voxel.
    dtype, shape : of the volume (z, y, x), x fastest.

    Raises
    ------
    ScanError
        If the file ends before the last voxel.
    """
    check_fits(str(path), claimed_bytes(shape, dtype), path.stat().st_size - offset)
    return np.memmap(path, dtype, mode="r", offset=offset, shape=shape).view(np.ndarray)


def gunzipped(
    path: Path, offset: int, skip: int, dtype: np.dtype[np.generic], shape: Shape
) -> NDArray[np.generic]:
    """Decompress voxels from a gzip stream.

    Parameters
    ----------
    path, dtype, shape : as in :func:`mapped`.
    offset : byte where the gzip stream begins.
    skip : decompressed bytes before the first voxel.

    Raises
    ------
    ScanError
        If the stream cannot hold that many voxels or ends too early.
    """
    claimed = claimed_bytes(shape, dtype)
    check_fits(str(path), skip + claimed, path.stat().st_size - offset, ratio=DEFLATE)
    with path.open("rb") as handle:
        handle.seek(offset)
        with gzip.GzipFile(fileobj=handle) as stream:
            stream.seek(skip)
            voxels = _fill(path, stream.read, dtype, shape)
            stream.read(1)  # reaches the checksum
    return voxels


def inflated(path: Path, offset: int, dtype: np.dtype[np.generic], shape: Shape) -> NDArray[np.generic]:
    """Decompress voxels from a bare zlib stream; parameters and errors as in :func:`gunzipped`."""
    check_fits(str(path), claimed_bytes(shape, dtype), path.stat().st_size - offset, ratio=DEFLATE)
    with path.open("rb") as handle:
        handle.seek(offset)
        decoder = zlib.decompressobj()
        read = _inflater(handle, decoder)
        voxels = _fill(path, read, dtype, shape)
        if not read(1) and not decoder.eof:
            raise ScanError(Mistake(str(path), "a packed stream without its end", "the file is truncated"))
    return voxels


def _inflater(handle: BinaryIO, decoder: zlib._Decompress) -> Callable[[int], bytes]:

    def read(most: int) -> bytes:
        while not decoder.eof:
            packed = decoder.unconsumed_tail or handle.read(_CHUNK)
            if not packed:
                break
            piece = decoder.decompress(packed, most)
            if piece:
                return piece
        return b""

    return read


def _fill(
    path: Path, read: Callable[[int], bytes], dtype: np.dtype[np.generic], shape: Shape
) -> NDArray[np.generic]:
    voxels = np.empty(shape, dtype)
    flat = voxels.reshape(-1).view(np.uint8)
    done = 0
    while done < flat.size:
        piece = read(min(_CHUNK, flat.size - done))
        if not piece:
            raise ScanError(
                Mistake(
                    str(path), f"{done} bytes of voxels", f"the header promises {flat.size}; it is truncated"
                )
            )
        flat[done : done + len(piece)] = np.frombuffer(piece, np.uint8)
        done += len(piece)
    return voxels


def pour(
    stored: NDArray[np.generic], dtype: np.dtype[np.generic], write: Callable[[memoryview], object]
) -> None:
    """Pass all voxels to `write` as contiguous bytes of `dtype`, some slices at a time."""
    thick = max(1, _SLAB // max(1, stored[0].size * dtype.itemsize))
    for start in range(0, stored.shape[0], thick):
        slab = np.ascontiguousarray(stored[start : start + thick], dtype=dtype)
        write(slab.reshape(-1).view(np.uint8).data)


def beside(header: Path, name: str) -> Path:
    """Return the data file that a detached header names, if it lies in the header's own folder.

    Raises
    ------
    ScanError
        For a path, a link that leaves the folder, or a file that is not there.
    """
    data = header.parent / name
    if not name or name in {".", ".."} or any(mark in name for mark in ("/", "\\", ":", "\0", "%")):
        raise ScanError(
            Mistake(str(header), f"the data file {name!r}", "must be one plain file name in the same folder")
        )
    if not data.is_file():
        raise ScanError(Mistake(str(header), f"the data file {name!r}", "there is no such file beside it"))
    if data.resolve().parent != header.parent.resolve():
        raise ScanError(
            Mistake(str(header), f"the data file {name!r}", "is a link out of the folder; copy the file here")
        )
    return data
