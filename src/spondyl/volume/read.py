"""Read any image file or folder as a scan."""

from __future__ import annotations

import math
import stat
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import numpy as np

from spondyl.errors import Mistake, ScanError
from spondyl.volume.aim import read_aim
from spondyl.volume.border import border
from spondyl.volume.dicom import read_dicom
from spondyl.volume.dicomfiles import series_files
from spondyl.volume.draft import Draft
from spondyl.volume.finite import check_finite
from spondyl.volume.formats import FORMATS, format_by_content, suffix_of
from spondyl.volume.grid import Grid, Triple
from spondyl.volume.isq import read_isq
from spondyl.volume.metaimage import read_metaimage
from spondyl.volume.nifti import read_nifti
from spondyl.volume.npz import read_npz
from spondyl.volume.nrrd import read_nrrd
from spondyl.volume.omezarr import read_omezarr
from spondyl.volume.scan import Meaning, Scan, Source
from spondyl.volume.tiff import read_tiff
from spondyl.volume.tiffstack import read_tiff_stack

_READERS: MappingProxyType[str, Callable[[Path], Draft]] = MappingProxyType(
    {
        "NIfTI": read_nifti,
        "MetaImage": read_metaimage,
        "NRRD": read_nrrd,
        "TIFF": read_tiff,
        "Scanco ISQ": read_isq,
        "Scanco AIM": read_aim,
        "npz": read_npz,
        "DICOM": lambda path: read_dicom(path, [path]),
    }
)
_REMEDY = 'give it, e.g. --voxel "20 um"'
_SAME = 1e-3


def read(
    path: str | Path,
    *,
    voxel_mm: float | Triple | None = None,
    meaning: Meaning | None = None,
) -> Scan:
    """Read an image file, or a folder of slices, as a scan; plain voxels are memory-mapped.

    Parameters
    ----------
    path : NIfTI, MHA/MHD, NRRD, TIFF, Scanco ISQ or AIM, npz; or a folder with TIFF slices, one DICOM
        series, or an OME-Zarr volume.
    voxel_mm : voxel size in mm, one number or three (z, y, x). Needed where the file carries none; it wins
        over the file's, and a note says so.
    meaning : what the values are; it wins over the file's.

    Raises
    ------
    ScanError
        If the file cannot be read as one volume of finite numbers, or its voxel size is not known.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> archive = Path(tempfile.mkdtemp()) / "cube.npz"
    >>> np.savez(archive, volume=np.ones((3, 4, 5), bool), voxel_mm=0.02)
    >>> read(archive).grid.shape  # source.notes tell what the reader noticed
    (3, 4, 5)
    """
    path = Path(path)
    given = _given(voxel_mm)
    with border(path):
        draft = _draft(path)
        scan = _settled(path, draft, given, meaning)
        check_finite(scan)
    return scan


def _given(voxel_mm: float | Triple | None) -> Triple | None:
    if voxel_mm is None:
        return None
    sizes = np.atleast_1d(np.asarray(voxel_mm, dtype=np.float64))
    if sizes.size not in {1, 3} or not all(math.isfinite(s) and s > 0 for s in sizes):
        raise ScanError(Mistake("voxel size", f"{voxel_mm} mm", "must be one or three lengths above zero"))
    z, y, x = (float(size) for size in np.broadcast_to(sizes, 3))
    return (z, y, x)


def _draft(path: Path) -> Draft:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        return _folder(path)
    if not stat.S_ISREG(mode):
        raise ScanError(Mistake(str(path), "a device or pipe", "must be a file or a folder of slices"))
    if path.stat().st_size == 0:
        raise ScanError(Mistake(str(path), "an empty file", "copy or export it again"))
    named, shown = FORMATS.get(suffix_of(path), ""), format_by_content(path)
    if named and shown and named != shown:
        given = f"the name of a {named} file but the content of {shown}"
        raise ScanError(Mistake(str(path), given, "rename the file"))
    if named and not shown:
        given = f"the name of a {named} file but not its first bytes"
        raise ScanError(Mistake(str(path), given, "it is damaged or has the wrong name; export it again"))
    if not shown:
        raise ScanError(Mistake(str(path), "no known format", f"must be one of {', '.join(sorted(FORMATS))}"))
    return _READERS[shown](path)


def _folder(folder: Path) -> Draft:
    if (folder / ".zattrs").exists():
        return read_omezarr(folder)
    if (folder / "zarr.json").exists():
        raise ScanError(Mistake(str(folder), "a Zarr 3 folder", "must be OME-Zarr 0.4 (Zarr 2)"))
    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    tiffs = [p for p in files if suffix_of(p) in {".tif", ".tiff"}]
    dicoms = series_files(folder, files)
    if tiffs and dicoms:
        given = f"{len(tiffs)} TIFF and {len(dicoms)} DICOM files"
        raise ScanError(Mistake(str(folder), given, "must hold the slices of one volume"))
    if tiffs:
        return read_tiff_stack(folder, tiffs)
    if dicoms:
        return read_dicom(folder, dicoms)
    given = f"no slices among {len(files)} files"
    raise ScanError(Mistake(str(folder), given, "must hold TIFF or DICOM slices, or be an OME-Zarr volume"))


def _settled(path: Path, draft: Draft, given: Triple | None, meaning: Meaning | None) -> Scan:
    spacing, notes = given or draft.spacing_mm, list(draft.notes)
    if spacing is None or (given is None and draft.doubt):
        raise ScanError(Mistake(f"{path} › voxel size", draft.doubt or "none", _REMEDY))
    if not all(math.isfinite(s) and s > 0 for s in spacing):
        raise ScanError(Mistake(f"{path} › voxel size", f"{spacing} mm", _REMEDY))
    if given and draft.spacing_mm and not np.allclose(given, draft.spacing_mm, rtol=_SAME, atol=0):
        notes.append(f"the given voxel size {given} mm replaced the file's {draft.spacing_mm} mm")
    if given and draft.spacing_mm and draft.doubt:
        notes.append(f"the given voxel size {given} mm settled a contradiction: {draft.doubt}")
    if not given and spacing == (1.0, 1.0, 1.0):
        notes.append("voxels of exactly 1 mm, as programs write that know no size; check it")
    stored = draft.stored
    if not stored.dtype.isnative:
        stored = stored.astype(stored.dtype.newbyteorder("="))
    grid = Grid(stored.shape, spacing, draft.origin_mm, draft.axes)
    source = Source(path, draft.format, MappingProxyType(dict(draft.header)), tuple(notes))
    return Scan(stored, grid, meaning or draft.meaning, draft.slope, draft.intercept, source)
