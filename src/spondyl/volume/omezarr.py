"""OME-Zarr 0.4 (NGFF), written for large volumes and read back."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from spondyl.errors import Mistake, ScanError
from spondyl.volume.bounds import DEFLATE, Shape, check_fits, claimed_bytes, real_dtype, shape_zyx
from spondyl.volume.description import check_shape, describe, described, exact, storable
from spondyl.volume.draft import Draft
from spondyl.volume.grid import Triple
from spondyl.volume.length import to_mm
from spondyl.volume.scan import Scan

_LEVEL = "0"
_EDGE = 128
_MOST_JSON = 1 << 20


def read_omezarr(folder: Path) -> Draft:
    """Read the finest level of an OME-Zarr volume, chunk by chunk.

    Every chunk must be there as a file, plain or packed by zlib or gzip, so that what the folder claims can
    be held against what it has.

    Raises
    ------
    ScanError
        If the metadata contradict themselves or the chunks.
    """
    import zarr

    where = str(folder)
    attributes = _json(folder / ".zattrs")
    level, scale, offset = _finest(where, attributes)
    shape, dtype, chunks = _array(folder / level)
    stored = np.empty(shape, dtype)
    array = zarr.open_array(str(folder / level), mode="r", zarr_format=2)
    for corner in itertools.product(*(range(0, n, c) for n, c in zip(shape, chunks, strict=True))):
        box = tuple(slice(a, a + c) for a, c in zip(corner, chunks, strict=True))
        stored[box] = array[box]
    draft = Draft(stored, "OME-Zarr", scale, "" if scale else "no unit of length or no scale", offset)
    passport = described(where, attributes)
    check_shape(where, passport, shape)
    return exact(draft, passport) if passport else draft


def write_omezarr(scan: Scan, part: Path) -> None:
    """Write `scan` as one level of zlib chunks of 128 voxels an edge."""
    import zarr

    dtype = storable(scan.stored.dtype)
    edges = tuple(min(_EDGE, n) for n in scan.grid.shape)
    root = zarr.open_group(str(part), mode="w-", zarr_format=2)
    root.attrs.put({"multiscales": [_multiscale(scan)], **describe(scan)})
    array = root.create_array(
        _LEVEL, shape=scan.grid.shape, dtype=dtype, chunks=edges, fill_value=0,
        compressors={"id": "zlib", "level": 5}, chunk_key_encoding={"name": "v2", "separator": "/"},
        config={"write_empty_chunks": True},
    )  # fmt: skip
    for start in range(0, scan.grid.shape[0], edges[0]):
        array[start : start + edges[0]] = scan.stored[start : start + edges[0]].astype(dtype)


def _multiscale(scan: Scan) -> dict[str, Any]:
    moves = [
        {"type": "scale", "scale": list(scan.grid.spacing_mm)},
        {"type": "translation", "translation": list(scan.grid.origin_mm)},
    ]
    axes = [{"name": name, "type": "space", "unit": "millimeter"} for name in "zyx"]
    return {
        "version": "0.4",
        "name": scan.name,
        "axes": axes,
        "datasets": [{"path": _LEVEL, "coordinateTransformations": moves}],
    }


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file() or path.stat().st_size > _MOST_JSON:
        raise ScanError(Mistake(str(path), "no metadata", "must be the folder of an OME-Zarr 0.4 volume"))
    found = json.loads(path.read_bytes())
    if not isinstance(found, dict):
        raise ScanError(Mistake(str(path), f"a {type(found).__name__}", "must be a JSON object"))
    return found


def _finest(where: str, attributes: dict[str, Any]) -> tuple[str, Triple | None, Triple]:
    """Return the folder of the finest level, its voxel size and its origin in mm."""
    image = attributes["multiscales"][0]
    axes = image.get("axes", [])
    if [axis.get("name") for axis in axes] != ["z", "y", "x"]:
        raise ScanError(Mistake(where, f"axes {axes}", "must be z, y, x"))
    level = image["datasets"][0]
    name = str(level["path"])
    if not name or name != Path(name).name or name.startswith(".") or (Path(where) / name).is_symlink():
        raise ScanError(Mistake(where, f"the level {name!r}", "must be a plain folder inside the volume"))
    units = [axis.get("unit") for axis in axes]
    mm = [to_mm(where, str(unit)) for unit in units if unit]
    moves = {move["type"]: move.get(move["type"]) for move in level.get("coordinateTransformations", [])}
    origin = moves.get("translation", [0, 0, 0])
    if len(mm) != 3 or "scale" not in moves:
        return name, None, (0.0, 0.0, 0.0)
    z, y, x = (float(s) * m for s, m in zip(moves["scale"], mm, strict=True))
    oz, oy, ox = (float(s) * m for s, m in zip(origin, mm, strict=True))
    return name, (z, y, x), (oz, oy, ox)


def _array(folder: Path) -> tuple[Shape, np.dtype[np.generic], tuple[int, ...]]:
    """Read and check the metadata of one array against its chunks."""
    where = str(folder)
    found = _json(folder / ".zarray")
    sizes, chunks = [int(n) for n in found["shape"]], tuple(int(n) for n in found["chunks"])
    packing = found.get("compressor")
    packer = packing.get("id") if isinstance(packing, dict) else packing
    if packer not in {None, "zlib", "gzip"} or found.get("filters"):
        raise ScanError(Mistake(where, f"chunks packed by {packer}", "must be plain, zlib or gzip"))
    if len(sizes) != 3 or len(chunks) != 3 or min(chunks) < 1:
        raise ScanError(Mistake(where, f"shape {sizes}, chunks {chunks}", "must have three axes (z, y, x)"))
    shape = shape_zyx(where, sizes[::-1])
    dtype = real_dtype(where, np.dtype(str(found["dtype"])))
    grid = [math.ceil(n / c) for n, c in zip(shape, chunks, strict=True)]
    files = [path for path in folder.rglob("[0-9]*") if path.is_file() and not path.is_symlink()]
    if math.prod(grid) != len(files):
        given = f"{len(files)} chunks"
        raise ScanError(Mistake(where, given, f"its shape {shape} needs {math.prod(grid)}: it is not whole"))
    ratio = 1 if packer is None else DEFLATE
    real = sum(path.stat().st_size for path in files)
    check_fits(where, claimed_bytes(shape, dtype), real, ratio=ratio)
    biggest = max(path.stat().st_size for path in files)
    check_fits(where, math.prod(chunks) * dtype.itemsize, biggest, ratio=ratio)
    return shape, dtype, chunks
