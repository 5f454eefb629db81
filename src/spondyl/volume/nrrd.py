"""NRRD, attached or with its data file beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from spondyl.errors import Mistake, ScanError
from spondyl.volume.bounds import Shape, real_dtype, shape_zyx
from spondyl.volume.draft import Draft
from spondyl.volume.frame import axes_of, triple
from spondyl.volume.grid import ALIGNED, Axes, Triple
from spondyl.volume.length import to_mm
from spondyl.volume.rawdata import beside, gunzipped, mapped

_MOST_HEADER = 1 << 18
_TYPES = {
    **dict.fromkeys(("signed char", "int8", "int8_t"), "i1"),
    **dict.fromkeys(("uchar", "unsigned char", "uint8", "uint8_t"), "u1"),
    **dict.fromkeys(("short", "short int", "signed short", "signed short int", "int16", "int16_t"), "i2"),
    **dict.fromkeys(("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"), "u2"),
    **dict.fromkeys(("int", "signed int", "int32", "int32_t"), "i4"),
    **dict.fromkeys(("uint", "unsigned int", "uint32", "uint32_t"), "u4"),
    **dict.fromkeys(("longlong", "long long", "long long int", "signed long long", "int64", "int64_t"), "i8"),
    **dict.fromkeys(
        ("ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"), "u8"
    ),
    "float": "f4",
    "double": "f8",
}
# Sign of the file's first and second world axis in the frame (left, posterior, superior).
_SPACES = {
    **dict.fromkeys(("left-posterior-superior", "lps"), (1, 1)),
    **dict.fromkeys(("right-anterior-superior", "ras"), (-1, -1)),
    **dict.fromkeys(("left-anterior-superior", "las"), (1, -1)),
}


def read_nrrd(path: Path) -> Draft:
    """Read an NRRD file, raw (memory-mapped) or gzipped.

    Raises
    ------
    ScanError
        If the header contradicts itself or the size of the file, or points out of its folder.
    """
    where = str(path)
    header, end = _header(path)
    for key in ("dimension", "type", "encoding", "sizes"):
        if key not in header:
            raise ScanError(Mistake(where, f"no entry '{key}'", "an NRRD header must have one"))
    if int(header["dimension"]) != len(header["sizes"]):
        given = f"dimension {header['dimension']} but sizes {list(header['sizes'])}"
        raise ScanError(Mistake(where, given, "they must agree"))
    shape = shape_zyx(where, header["sizes"])
    stored = _voxels(path, header, end, _dtype(where, header), shape)
    spacing, axes, doubt = _axes(where, header)
    sign, notes = _space(where, header)
    origin = np.asarray(header.get("space origin", (0, 0, 0)), dtype=np.float64)
    if origin.shape != (3,):
        raise ScanError(Mistake(where, f"space origin {origin.tolist()}", "must be three numbers"))
    unit = _unit(where, header)
    return Draft(
        stored, "NRRD", triple(np.multiply(spacing, unit)) if spacing else None, doubt,
        origin_mm=triple((origin * sign * unit)[::-1]),
        axes=axes_of(where, np.asarray(axes)[::-1, ::-1] * np.asarray(sign)[:, None]),
        header={key: str(header[key]) for key in ("content",) if key in header}, notes=notes,
    )  # fmt: skip


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """Return the parsed header and the byte after it."""
    import nrrd

    with path.open("rb") as handle:
        block = handle.read(_MOST_HEADER)
    ends = [at + len(gap) for gap in (b"\n\n", b"\r\n\r\n") if (at := block.find(gap)) >= 0]
    if not ends and (len(block) == _MOST_HEADER or path.suffix.lower() != ".nhdr"):
        given = "a header without the empty line that ends it"
        raise ScanError(Mistake(str(path), given, "it is truncated or not an NRRD"))
    end = min(ends, default=len(block))
    return dict(nrrd.read_header(block[:end].splitlines(keepends=True))), end


def _dtype(where: str, header: Mapping[str, Any]) -> np.dtype[np.generic]:
    name = str(header["type"]).lower()
    if name not in _TYPES:
        raise ScanError(Mistake(where, f"type {name!r}", "must be one real number per voxel"))
    order = {"little": "<", "big": ">"}.get(str(header.get("endian", "")).lower(), "")
    if not order and _TYPES[name][1] != "1":
        raise ScanError(Mistake(where, f"endian {header.get('endian')}", "must be little or big"))
    return real_dtype(where, np.dtype(order + _TYPES[name]))


def _voxels(
    path: Path, header: Mapping[str, Any], end: int, dtype: np.dtype[np.generic], shape: Shape
) -> np.ndarray[Any, np.dtype[np.generic]]:
    detached = header.get("data file", header.get("datafile"))
    data = beside(path, str(detached)) if detached is not None else path
    offset = 0 if detached is not None else end
    encoding = str(header["encoding"]).lower()
    skip = int(header.get("byte skip", header.get("byteskip", 0)))
    lines = int(header.get("line skip", header.get("lineskip", 0)))
    if skip < 0 or lines != 0:
        given = f"byte skip {skip}, line skip {lines}"
        raise ScanError(Mistake(str(path), given, "must be no lines and zero or more bytes; save it again"))
    if encoding == "raw":
        return mapped(data, offset + skip, dtype, shape)
    if encoding in {"gz", "gzip"}:
        return gunzipped(data, offset, skip, dtype, shape)
    raise ScanError(Mistake(str(path), f"encoding {encoding!r}", "must be raw or gzip; save it again"))


def _axes(where: str, header: Mapping[str, Any]) -> tuple[Triple | None, Axes, str]:
    """Return spacing in the file's unit, directions in the file's frame, and why there is no spacing."""
    rank = len(header["sizes"])
    vectors = header.get("space directions")
    if vectors is not None:
        found = [v for v in vectors if v is not None and np.isfinite(np.asarray(v, dtype=np.float64)).all()]
        if len(found) != 3 or np.shape(found) != (3, 3):
            given = f"{len(found)} space directions"
            raise ScanError(Mistake(where, given, "a volume has three, of three numbers each"))
        columns = np.asarray(found, dtype=np.float64).T
        axes = axes_of(where, columns)
        return triple(np.linalg.norm(columns, axis=0)[::-1]), axes, ""
    spacings = header.get("spacings")
    if spacings is None or rank < 3 or len(spacings) != rank:
        return None, ALIGNED, "neither space directions nor three spacings"
    return triple(spacings[2::-1]), ALIGNED, ""


def _space(where: str, header: Mapping[str, Any]) -> tuple[tuple[int, int, int], tuple[str, ...]]:
    space = str(header.get("space", "")).lower()
    if space in _SPACES:
        return (*_SPACES[space], 1), ()
    if space not in {"", "3d-right-handed", "right-handed", "3d-left-handed", "scanner-xyz"}:
        allowed = f"must be one of {', '.join(name for name in _SPACES if '-' in name)}"
        raise ScanError(Mistake(where, f"space {space!r}", allowed))
    return (1, 1, 1), ("the file does not name the directions of its axes",)


def _unit(where: str, header: Mapping[str, Any]) -> float:
    """Return mm per unit of length; NRRD's spaces are in mm where no unit stands."""
    units = {str(unit).strip() for unit in header.get("space units", header.get("units", ()))} - {""}
    if not units:
        return 1.0
    if len(units) > 1:
        raise ScanError(Mistake(where, f"units {sorted(units)}", "must be the same along all axes"))
    return to_mm(where, units.pop())
