"""Write a scan or a volume as a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from spondyl.errors import Mistake, ScanError
from spondyl.files import appearing
from spondyl.volume.bounds import real_dtype
from spondyl.volume.finite import check_finite
from spondyl.volume.formats import suffix_of
from spondyl.volume.metaimage import write_metaimage
from spondyl.volume.nifti import write_nifti
from spondyl.volume.omezarr import write_omezarr
from spondyl.volume.scan import Scan, Volume
from spondyl.volume.tiff import write_tiff

_WRITERS: dict[str, Callable[[Scan, Path], None]] = {
    ".nii": partial(write_nifti, zipped=False),
    ".nii.gz": partial(write_nifti, zipped=True),
    ".mha": write_metaimage,
    ".tif": write_tiff,
    ".tiff": write_tiff,
    ".ome.zarr": write_omezarr,
}
WRITABLE = tuple(_WRITERS)
"""Suffixes of the formats that :func:`write` writes."""


def write(scan: Scan | Volume, path: str | Path) -> Path:
    """Write a scan in the format that the suffix of `path` names.

    The file appears whole, by rename. Numbers are written as they are stored (truth values as bytes, half
    precision as single); grid, calibration and meaning survive exactly; the same scan gives the same bytes.

    Parameters
    ----------
    scan : what to write.
    path : ends in .nii, .nii.gz, .mha, .tif, .tiff or .ome.zarr. An existing file is replaced, an existing
        folder is not.

    Raises
    ------
    ScanError
        If the suffix is none of these, a folder is in the way, or a voxel is not finite.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from spondyl.volume import Grid, Meaning, Volume, read
    >>> bone = Volume(np.ones((2, 3, 4), np.uint8), Grid((2, 3, 4), (0.02, 0.02, 0.02)), Meaning.LABELS)
    >>> read(write(bone, Path(tempfile.mkdtemp()) / "bone.nii.gz")).meaning
    <Meaning.LABELS: 'labels'>
    """
    path = Path(path)
    suffix = suffix_of(path)
    if suffix not in WRITABLE:
        given = f"the suffix {path.suffix!r}"
        raise ScanError(Mistake(str(path), given, f"must be one of {', '.join(WRITABLE)}"))
    if path.is_dir():
        raise ScanError(Mistake(str(path), "a folder of that name", "delete it or choose another name"))
    if isinstance(scan, Volume):
        scan = Scan(scan.array, scan.grid, scan.meaning)
    real_dtype(str(path), scan.stored.dtype)
    check_finite(scan)
    with appearing(path) as part:
        _WRITERS[suffix](scan, part)
    return path
