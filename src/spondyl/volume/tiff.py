"""Multi-page TIFF: one file, one volume."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, ScanError
from spondyl.volume.bounds import claimed_bytes
from spondyl.volume.description import check_shape, describe, described, exact, storable
from spondyl.volume.draft import Draft
from spondyl.volume.rawdata import mapped
from spondyl.volume.scan import Scan
from spondyl.volume.tiffchain import count_pages
from spondyl.volume.tiffpage import PageForm, check_room, page_form
from spondyl.volume.tiffsize import tiff_spacing
from spondyl.volume.tiffunpack import unpacked

_SLICE_AXES = "ZIQ"  # depth, a plain sequence of pages, or an axis without a name
_BIG = (1 << 32) - (1 << 25)  # classic TIFF addresses 4 GB; the rest is for its directories


def read_tiff(path: Path) -> Draft:
    """Read a TIFF whose pages are the slices; uncompressed contiguous pages are memory-mapped.

    A resolution in dots per inch is a printer's setting and no voxel size: only an ImageJ calibration with a
    unit of length, OME physical sizes or Spondyl's own description count.

    Raises
    ------
    ScanError
        If pages differ, are in colour, are packed in a way whose size cannot be bounded, or do not fit
        the file.
    """
    import tifffile

    where = str(path)
    pages = count_pages(path)  # before tifffile, which may follow a circle of pages for hours
    with tifffile.TiffFile(path) as tif:
        series = _only_series(where, tif)
        form = page_form(where, series.keyframe)
        count = _count(where, series, form)
        _check_whole(where, tif, pages, count)
        stored = _stored(path, series, form, count)
        spacing, doubt = tiff_spacing(where, tif)
        draft = Draft(stored, "TIFF", spacing, doubt, notes=form.notes)
        passport = described(where, series.keyframe.description)
        check_shape(where, passport, stored.shape)
    return exact(draft, passport) if passport else draft


def write_tiff(scan: Scan, part: Path) -> None:
    """Write `scan` as uncompressed pages with a JSON description; BigTIFF where 4 GB are not enough."""
    import tifffile

    dtype = storable(scan.stored.dtype)
    per_cm = tuple(10.0 / s for s in scan.grid.spacing_mm[:0:-1])
    with tifffile.TiffWriter(
        part, bigtiff=claimed_bytes(scan.grid.shape, dtype) > _BIG, byteorder="<"
    ) as tif:
        for k in range(scan.grid.shape[0]):
            tif.write(
                np.ascontiguousarray(scan.stored[k], dtype=dtype), contiguous=True, photometric="minisblack",
                description=json.dumps(describe(scan)), metadata=None, software="Spondyl",
                resolution=per_cm, resolutionunit="CENTIMETER",
            )  # fmt: skip


def _only_series(where: str, tif: Any) -> Any:
    count = len(tif.series)
    if count != 1:
        forms = ", ".join(f"{s.shape} {s.dtype}" for s in tif.series[:3])
        given = f"{count} images of different form ({forms})" if count else "no image"
        raise ScanError(Mistake(where, given, "all pages must be slices of one volume"))
    return tif.series[0]


def _count(where: str, series: Any, form: PageForm) -> int:
    """Return the number of slices, refusing channels and time points."""
    plane = (form.rows, form.columns)
    shape = tuple(int(n) for n in series.shape)
    lead = shape[:-2] if shape[-2:] == plane else (0,)
    many = [n for n in lead if n != 1]
    foreign = [name for name, n in zip(series.axes, lead, strict=False) if n != 1 and name not in _SLICE_AXES]
    if len(many) > 1 or foreign or any(n < 1 for n in lead):
        given = f"axes {series.axes} of sizes {shape}"
        raise ScanError(Mistake(where, given, "must be one stack of slices, no channels or time points"))
    return many[0] if many else 1


def _check_whole(where: str, tif: Any, pages: int, count: int) -> None:
    """Refuse a file that has lost pages: the chain of pages, the slices and ImageJ's count must agree."""
    written = tif.imagej_metadata.get("images", count) if isinstance(tif.imagej_metadata, dict) else count
    # A single page may stand for a contiguous stack; ImageJ writes stacks beyond 4 GB so.
    if written != count or pages not in {1, count}:
        given = f"{pages} pages, {count} slices, {written} written"
        raise ScanError(Mistake(where, given, "the file is truncated"))


def _stored(path: Path, series: Any, form: PageForm, count: int) -> NDArray[np.generic]:
    where = str(path)
    shape = (count, form.rows, form.columns)
    if form.plain and series.dataoffset is not None:
        return mapped(path, int(series.dataoffset), form.dtype.newbyteorder(series.parent.byteorder), shape)
    pages = list(series.pages)
    if len(pages) != count or any(page is None for page in pages):
        raise ScanError(Mistake(where, f"{len(pages)} pages for {count} slices", "the file is damaged"))
    check_room(where, [page.aspage() for page in pages], form, path.stat().st_size)
    stored = np.empty(shape, form.dtype)
    for k, page in enumerate(pages):
        stored[k] = unpacked(path, page.aspage(), form)
    return stored
