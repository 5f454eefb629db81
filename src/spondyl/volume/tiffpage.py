"""What one TIFF page claims to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spondyl.errors import Mistake, ScanError
from spondyl.volume.bounds import DEFLATE, LZW, PACKBITS, check_fits, real_dtype

# Compression tag to (name, most bytes from one byte).
_PACKINGS = {
    1: ("none", 1),
    5: ("LZW", LZW),
    8: ("deflate", DEFLATE),
    32946: ("deflate", DEFLATE),
    32773: ("PackBits", PACKBITS),
}
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _PALETTE = 0, 1, 3


@dataclass(frozen=True, slots=True)
class PageForm:
    """What all pages of a volume share.

    Parameters
    ----------
    rows, columns : size of the slice.
    dtype : of the voxels, native byte order.
    bits : bits that one voxel takes in the file.
    ratio : most decoded bytes from one stored byte.
    plain : whether voxels lie in the file as they lie in memory.
    notes : remarks for the person.
    """

    rows: int
    columns: int
    dtype: np.dtype[np.generic]
    bits: int
    ratio: int
    plain: bool
    notes: tuple[str, ...] = ()


def page_form(where: str, page: Any) -> PageForm:
    """Read the form of `page` (a tifffile page).

    Raises
    ------
    ScanError
        If it is in colour, or packed in a way whose size cannot be bounded.
    """
    rows, columns = int(page.imagelength), int(page.imagewidth)
    if rows < 1 or columns < 1 or int(page.imagedepth) != 1:
        given = f"a page of {rows} × {columns} pixels and depth {page.imagedepth}"
        raise ScanError(Mistake(where, given, "each page must be one slice"))
    photometric = int(page.photometric)
    if int(page.samplesperpixel) != 1 or photometric not in {_WHITE_IS_ZERO, _BLACK_IS_ZERO, _PALETTE}:
        given = f"{page.samplesperpixel} samples per pixel, photometric {photometric}"
        raise ScanError(Mistake(where, given, "must be grey, not colour; save it as 8- or 16-bit grey"))
    packing = int(page.compression)
    if packing not in _PACKINGS:
        names = "uncompressed, LZW, deflate or PackBits"
        raise ScanError(Mistake(where, f"compression {packing}", f"save it {names}"))
    if page.dtype is None:
        raise ScanError(Mistake(where, f"pixels of {page.bitspersample} bits", "must be 8, 16, 32 or 64"))
    dtype = real_dtype(where, np.dtype(page.dtype))
    bits = int(page.bitspersample)
    plain = (
        packing == 1 and bits == 8 * dtype.itemsize and int(page.predictor) == 1 and int(page.fillorder) == 1
    )
    return PageForm(rows, columns, dtype, bits, _PACKINGS[packing][1], plain, _notes(photometric))


def check_room(where: str, pages: Sequence[Any], form: PageForm, file_size: int) -> None:
    """Hold the claims of `pages` against the bytes of their file.

    Raises
    ------
    ScanError
        If they differ in form, point outside the file, or claim more than it can hold.
    """
    for number, page in enumerate(pages):
        if page_form(where, page) != form:
            raise ScanError(Mistake(f"{where} › page {number}", "another size or type", "all must be alike"))
        ends = [at + n for at, n in zip(page.dataoffsets, page.databytecounts, strict=True)]
        if not ends or max(ends) > file_size:
            given = f"data up to byte {max(ends, default=0)} of {file_size}"
            raise ScanError(Mistake(f"{where} › page {number}", given, "the file is truncated"))
    real = min(file_size, sum(sum(page.databytecounts) for page in pages))
    claimed = len(pages) * form.rows * -(-form.columns * form.bits // 8)
    check_fits(where, claimed, real, ratio=form.ratio)


def _notes(photometric: int) -> tuple[str, ...]:
    if photometric == _PALETTE:
        return ("the colour table was ignored; the stored numbers count",)
    if photometric == _WHITE_IS_ZERO:
        return ("the file shows zero as white; the stored numbers were taken as they are",)
    return ()
