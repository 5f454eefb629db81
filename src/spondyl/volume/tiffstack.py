"""A folder of TIFF slices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from spondyl.errors import Mistake, ScanError
from spondyl.volume.draft import Draft
from spondyl.volume.tiff import read_tiff
from spondyl.volume.tiffchain import count_pages
from spondyl.volume.tiffpage import PageForm, check_room, page_form
from spondyl.volume.tiffsize import tiff_spacing
from spondyl.volume.tiffunpack import unpacked


def read_tiff_stack(folder: Path, files: Sequence[Path]) -> Draft:
    """Read one-page TIFF files as the slices of a volume, in the order of the numbers in their names.

    All headers are checked before the volume is allocated; then one slice at a time is read into place.

    Parameters
    ----------
    folder : that was asked for, for messages.
    files : its TIFF files, in any order; a single one is read as a multi-page TIFF.

    Raises
    ------
    ScanError
        If a number is missing, or slices differ in size or type.
    """
    import tifffile

    if len(files) == 1:
        return read_tiff(files[0])
    slices = in_order(folder, files)
    form, spacing, doubt = _heads(folder, slices)
    stored = np.empty((len(slices), form.rows, form.columns), form.dtype)
    for k, path in enumerate(slices):
        with tifffile.TiffFile(path) as tif:
            page = tif.pages.first
            check_room(str(path), [page], form, path.stat().st_size)
            stored[k] = unpacked(path, page, form)
    return Draft(stored, "TIFF stack", spacing, doubt, notes=form.notes)


def in_order(folder: Path, files: Sequence[Path]) -> list[Path]:
    """Sort slice files by the one number in their names that changes.

    Raises
    ------
    ScanError
        If names differ in more than one number, or numbers are missing or double.

    Examples
    --------
    >>> [p.name for p in in_order(Path("."), [Path("b10.tif"), Path("b9.tif"), Path("b11.tif")])]
    ['b9.tif', 'b10.tif', 'b11.tif']
    """
    names = [re.split(r"(\d+)", path.stem) for path in files]
    texts = {tuple(name[0::2]) for name in names}
    if len(texts) > 1:
        odd = min(texts, key=lambda text: sum(tuple(name[0::2]) == text for name in names))
        culprit = next(p for p, name in zip(files, names, strict=True) if tuple(name[0::2]) == odd)
        given = f"slices of {len(texts)} series, {culprit.name} among them"
        raise ScanError(Mistake(str(folder), given, "leave one series of slices in the folder"))
    numbers = np.array([[float(word) for word in name[1::2]] for name in names])
    changing = [j for j in range(numbers.shape[1]) if len(set(numbers[:, j])) > 1]
    if len(changing) != 1:
        given = f"names like {files[0].name} with {len(changing)} changing numbers"
        raise ScanError(Mistake(str(folder), given, "the names must differ in one number, that of the slice"))
    counted = sorted((int(name[1::2][changing[0]]), path) for name, path in zip(names, files, strict=True))
    _check_counting(folder, [number for number, _ in counted])
    return [path for _, path in counted]


def _check_counting(folder: Path, numbers: list[int]) -> None:
    double = sorted({a for a, b in pairwise(numbers) if a == b})
    gaps = [a + 1 for a, b in pairwise(numbers) if b > a + 1]
    wrong = []
    if double:
        wrong.append(Mistake(str(folder), f"slice {double[0]} twice", "each slice must be there once"))
    if gaps:
        missing = numbers[-1] - numbers[0] + 1 - len(set(numbers))
        given = f"slices {numbers[0]} to {numbers[-1]} without number {gaps[0]} ({missing} missing)"
        wrong.append(Mistake(str(folder), given, "copy the missing slices here"))
    if wrong:
        raise ScanError(wrong)


def _heads(folder: Path, slices: Sequence[Path]) -> tuple[PageForm, tuple[float, float, float] | None, str]:
    """Read all headers; return the form of the slices, and voxel size and doubt of the first."""
    import tifffile

    first: PageForm | None = None
    spacing, doubt = None, ""
    for path in slices:
        if (pages := count_pages(path)) != 1:
            given = f"{pages} pages"
            raise ScanError(Mistake(str(path), given, "each file of a stack must hold one slice"))
        with tifffile.TiffFile(path) as tif:
            form = page_form(str(path), tif.pages.first)
            if first is None:
                first = form
                spacing, doubt = tiff_spacing(str(path), tif)
            elif form != first:
                given = f"{form.rows} × {form.columns} pixels of {form.dtype}, packing ratio {form.ratio}"
                like = f"{slices[0].name} has {first.rows} × {first.columns} of {first.dtype}"
                raise ScanError(Mistake(str(path), given, f"all slices must be alike; {like}"))
            check_room(str(path), [tif.pages.first], form, path.stat().st_size)
    if first is None:
        raise ScanError(Mistake(str(folder), "no slices", "must hold TIFF files"))
    return first, spacing, doubt
