"""What a header may claim, held against the bytes that are really there, before anything is allocated."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from spondyl.errors import Mistake, ScanError

Shape = tuple[int, int, int]

# Most bytes that one compressed byte can stand for, by the definition of each code.
DEFLATE = 1032  # RFC 1951: a match of 258 bytes takes at least two bits
PACKBITS = 64  # 128 bytes from a two-byte run
LZW = 2731  # 4096 bytes, the longest string of a 12-bit table, from 1.5 bytes


def shape_zyx(where: str, sizes_xyz: Sequence[int]) -> Shape:
    """Turn the sizes of a header, fastest first, into a volume's shape (z, y, x).

    Missing slower axes count one; further axes must have length one.

    Parameters
    ----------
    where : file named in the message.
    sizes_xyz : sizes as the header gives them, x first.

    Raises
    ------
    ScanError
        If a size is not positive, or the file holds more than three dimensions.

    Examples
    --------
    >>> shape_zyx("a.nii", [4, 3, 2, 1])
    (2, 3, 4)
    """
    sizes = [int(size) for size in sizes_xyz]
    if not sizes or min(sizes) < 1:
        raise ScanError(Mistake(where, f"sizes {sizes}", "every dimension must be a positive whole number"))
    if any(size != 1 for size in sizes[3:]):
        raise ScanError(Mistake(where, f"{len(sizes)} dimensions {sizes}", "a scan has three dimensions"))
    x, y, z = [*sizes, 1, 1][:3]
    return (z, y, x)


def real_dtype(where: str, dtype: np.dtype[np.generic]) -> np.dtype[np.generic]:
    """Return `dtype` if it holds one real number per voxel.

    Raises
    ------
    ScanError
        For colour, complex, text or object voxels.
    """
    if dtype.kind not in "biuf" or dtype.shape or dtype.itemsize > 8:
        raise ScanError(Mistake(where, f"voxels of type {dtype}", "must be one real number per voxel"))
    return dtype


def claimed_bytes(shape: Shape, dtype: np.dtype[np.generic]) -> int:
    """Bytes of a volume, as an exact whole number of any size."""
    return math.prod(shape) * dtype.itemsize


def check_fits(where: str, claimed: int, real: int, *, ratio: float = 1) -> None:
    """Refuse a header that claims more bytes than the file can hold.

    Parameters
    ----------
    where : file named in the message.
    claimed : bytes of the volume that the header describes.
    real : bytes that the file has for it.
    ratio : most bytes that one byte of the file can stand for.

    Raises
    ------
    ScanError
        If ``claimed > ratio * real``.

    Examples
    --------
    >>> check_fits("a.mha", 8, 8)
    >>> check_fits("a.mha", 2**60, 8)
    Traceback (most recent call last):
    ...
    spondyl.errors.ScanError: a.mha: found a header that claims 1152921504606846976 bytes of voxels; the \
file has 8 bytes for them: it is truncated or its header is wrong.
    """
    if real < 0 or claimed > ratio * real:
        real = max(real, 0)
        most = f"{real} bytes for them" if ratio == 1 else f"{real} compressed bytes for them"
        raise ScanError(
            Mistake(
                where,
                f"a header that claims {claimed} bytes of voxels",
                f"the file has {most}: it is truncated or its header is wrong",
            )
        )
