"""MetaImage: MHA, and MHD with its data file beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from spondyl.errors import Mistake, ScanError
from spondyl.volume.bounds import claimed_bytes, real_dtype, shape_zyx
from spondyl.volume.description import storable
from spondyl.volume.draft import Draft
from spondyl.volume.frame import axes_of, columns_xyz, triple
from spondyl.volume.grid import ALIGNED, Axes, Triple
from spondyl.volume.rawdata import beside, inflated, mapped, pour
from spondyl.volume.scan import Meaning, Scan

_MOST_HEADER = 1 << 16
_TYPES = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2", "MET_INT": "i4",
    "MET_UINT": "u4", "MET_LONG": "i4", "MET_ULONG": "u4", "MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4", "MET_DOUBLE": "f8",
}  # fmt: skip
_NAMES = {
    kind: name for name, kind in _TYPES.items() if name not in {"MET_LONG", "MET_ULONG"}
}  # MetaIO's long has four bytes; write the unambiguous names
_LAST = "elementdatafile"


def read_metaimage(path: Path) -> Draft:
    """Read an MHA file, or an MHD header and the data file beside it; plain voxels are memory-mapped.

    Raises
    ------
    ScanError
        If the header contradicts itself or the size of the file, or points out of its folder.
    """
    where = str(path)
    entries, end = _entries(path)
    sizes = _whole(where, entries, "dimsize")
    if int(_one(where, entries, "ndims")) != len(sizes):
        raise ScanError(Mistake(where, f"NDims {entries['ndims']} but DimSize {sizes}", "they must agree"))
    shape = shape_zyx(where, sizes)
    dtype = _dtype(where, entries)
    data, offset = _place(path, entries, end, claimed_bytes(shape, dtype))
    packed = entries.get("compresseddata", "false").lower() == "true"
    stored = inflated(data, offset, dtype, shape) if packed else mapped(data, offset, dtype, shape)
    spacing, doubt = _spacing(where, entries)
    matrix = _numbers(where, entries, ("transformmatrix", "rotation", "orientation"))
    origin = _numbers(where, entries, ("offset", "origin", "position"))
    return Draft(
        stored, "MetaImage", spacing, doubt,
        origin_mm=triple(_fitted(where, "Offset", origin, 3)[::-1]) if origin else (0.0, 0.0, 0.0),
        axes=_axes(where, matrix),
        meaning=_meaning(where, entries.get("spondylmeaning", Meaning.RAW)),
        slope=float(entries.get("spondylslope", 1)), intercept=float(entries.get("spondylintercept", 0)),
        header={key: value for key, value in entries.items() if key in {"comment", "modality"}},
    )  # fmt: skip


def write_metaimage(scan: Scan, part: Path) -> None:
    """Write `scan` as one MHA file, plain voxels; meaning and calibration are entries of their own."""
    dtype = storable(scan.stored.dtype)
    grid = scan.grid
    entries = {
        "ObjectType": "Image",
        "NDims": "3",
        "BinaryData": "True",
        "BinaryDataByteOrderMSB": "False",
        "CompressedData": "False",
        "TransformMatrix": _text(columns_xyz(grid.axes).T.ravel()),
        "Offset": _text(grid.origin_mm[::-1]),
        "ElementSpacing": _text(grid.spacing_mm[::-1]),
        "DimSize": " ".join(str(n) for n in grid.shape[::-1]),
        "ElementType": _NAMES[dtype.str.lstrip("<>|=")],
        "SpondylMeaning": str(scan.meaning),
        "SpondylSlope": repr(float(scan.slope)),
        "SpondylIntercept": repr(float(scan.intercept)),
        "ElementDataFile": "LOCAL",
    }
    with part.open("wb") as handle:
        handle.write("".join(f"{key} = {value}\n" for key, value in entries.items()).encode("ascii"))
        pour(scan.stored, dtype, handle.write)


def _text(numbers: np.ndarray[tuple[int], np.dtype[np.float64]] | Triple) -> str:
    return " ".join(repr(float(number)) for number in numbers)


def _entries(path: Path) -> tuple[dict[str, str], int]:
    """Return the header's entries, keys in lower case, and the byte after its last line."""
    with path.open("rb") as handle:
        block = handle.read(_MOST_HEADER)
    entries: dict[str, str] = {}
    end = 0
    while _LAST not in entries:
        line_end = block.find(b"\n", end)
        if line_end < 0:
            line_end = len(block)
        key, mark, value = block[end:line_end].decode("latin-1").partition("=")
        if not mark:
            given = "a header without its last entry, ElementDataFile"
            raise ScanError(Mistake(str(path), given, "it is truncated or not a MetaImage"))
        entries[key.strip().lower()] = value.strip()
        end = line_end + 1
    return entries, end


def _one(where: str, entries: Mapping[str, str], key: str) -> str:
    if key not in entries:
        raise ScanError(Mistake(where, f"no entry {key}", "a MetaImage header must have one"))
    return entries[key]


def _whole(where: str, entries: Mapping[str, str], key: str) -> list[int]:
    try:
        return [int(word) for word in _one(where, entries, key).split()]
    except ValueError:
        raise ScanError(Mistake(where, f"{key} = {entries[key]}", "must be whole numbers")) from None


def _numbers(where: str, entries: Mapping[str, str], keys: tuple[str, ...]) -> list[float]:
    key = next((key for key in keys if key in entries), None)
    try:
        return [float(word) for word in entries[key].split()] if key else []
    except ValueError:
        raise ScanError(Mistake(where, f"{key} = {entries[str(key)]}", "must be numbers")) from None


def _fitted(where: str, name: str, numbers: list[float], count: int) -> list[float]:
    if len(numbers) != count:
        raise ScanError(Mistake(where, f"{name} of {len(numbers)} numbers", f"must be {count}"))
    return numbers


def _dtype(where: str, entries: Mapping[str, str]) -> np.dtype[np.generic]:
    name = _one(where, entries, "elementtype").upper()
    if name not in _TYPES or entries.get("elementnumberofchannels", "1") != "1":
        channels = entries.get("elementnumberofchannels", "1")
        given = f"ElementType {name}, {channels} channels"
        raise ScanError(Mistake(where, given, f"must be one number per voxel: {', '.join(_TYPES)}"))
    if entries.get("binarydata", "true").lower() != "true":
        raise ScanError(Mistake(where, "voxels written as text", "save it with BinaryData = True"))
    big = entries.get("binarydatabyteordermsb", entries.get("elementbyteordermsb", "false")).lower() == "true"
    return real_dtype(where, np.dtype((">" if big else "<") + _TYPES[name]))


def _place(path: Path, entries: Mapping[str, str], end: int, claimed: int) -> tuple[Path, int]:
    """Return the data file and the byte of its first voxel."""
    name = entries[_LAST]
    if name.upper().startswith("LIST"):
        raise ScanError(Mistake(str(path), "a list of slice files", "save the volume as one file"))
    local = name.upper() == "LOCAL"
    data = path if local else beside(path, name)
    skip = _whole(str(path), entries, "headersize")[0] if "headersize" in entries else 0
    if skip == -1 and not local:
        return data, max(0, data.stat().st_size - claimed)
    if skip < 0:
        raise ScanError(Mistake(str(path), f"HeaderSize {skip}", "must be -1, zero or more"))
    return data, (end if local else 0) + skip


def _spacing(where: str, entries: Mapping[str, str]) -> tuple[Triple | None, str]:
    found = _numbers(where, entries, ("elementspacing", "elementsize"))
    if not found:
        return None, "no ElementSpacing"
    sizes = len(entries["dimsize"].split())
    if len(found) != sizes or sizes < 3:
        return None, f"ElementSpacing of {len(found)} numbers for {sizes} dimensions"
    return triple(found[2::-1]), ""


def _axes(where: str, matrix: list[float]) -> Axes:
    if not matrix:
        return ALIGNED
    # Row i of a TransformMatrix is the direction of axis i.
    return axes_of(where, np.reshape(_fitted(where, "TransformMatrix", matrix, 9), (3, 3)).T)


def _meaning(where: str, word: str) -> Meaning:
    try:
        return Meaning(word)
    except ValueError:
        allowed = ", ".join(Meaning)
        raise ScanError(Mistake(where, f"SpondylMeaning {word!r}", f"must be one of {allowed}")) from None
