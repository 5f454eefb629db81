"""The chain of directories that makes the pages of a TIFF, followed to its end.

TIFF libraries stop quietly where a chain breaks, which would shorten a truncated volume instead of
refusing it.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from spondyl.errors import Mistake, ScanError


def count_pages(path: Path) -> int:
    """Return the number of pages of a TIFF, classic or big.

    Raises
    ------
    ScanError
        If a directory lies outside the file, or the chain runs in a circle.
    """
    size = path.stat().st_size
    seen: set[int] = set()
    with path.open("rb") as handle:
        order = "<" if handle.read(2) == b"II" else ">"
        big = _number(handle, order + "H") == 43
        pointer, count, entry = ("Q", "Q", 20) if big else ("L", "H", 12)
        handle.seek(8 if big else 4)
        at = _number(handle, order + pointer)
        while at:
            if at in seen or at >= size:
                given = f"page {len(seen)} at byte {at} of {size}"
                raise ScanError(Mistake(str(path), given, "it is truncated or its pages run in a circle"))
            seen.add(at)
            handle.seek(at)
            handle.seek(entry * _number(handle, order + count), 1)
            at = _number(handle, order + pointer)
    return len(seen)


def _number(handle: BinaryIO, code: str) -> int:
    block = handle.read(struct.calcsize(code))
    if len(block) < struct.calcsize(code):
        raise ScanError(Mistake(handle.name, "a page without an end", "the file is truncated"))
    (number,) = struct.unpack(code, block)
    return int(number)
