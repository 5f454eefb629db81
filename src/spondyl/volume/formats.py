"""Which formats there are, and how to tell a file's format by its first bytes."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from types import MappingProxyType

from spondyl.volume.aim import MARK_030
from spondyl.volume.isq import MARK as ISQ_MARK

FORMATS = MappingProxyType(
    {
        ".nii": "NIfTI",
        ".nii.gz": "NIfTI",
        ".mha": "MetaImage",
        ".mhd": "MetaImage",
        ".nrrd": "NRRD",
        ".nhdr": "NRRD",
        ".tif": "TIFF",
        ".tiff": "TIFF",
        ".dcm": "DICOM",
        ".isq": "Scanco ISQ",
        ".aim": "Scanco AIM",
        ".npz": "npz",
        ".ome.zarr": "OME-Zarr",
    }
)
"""Suffix to name of the formats that :func:`spondyl.volume.read` reads; TIFF and DICOM also as folders."""

_START = 544


def suffix_of(path: Path) -> str:
    """Return the suffix of a known format that `path` ends in, or an empty text.

    Examples
    --------
    >>> suffix_of(Path("C0001.ISQ;1")), suffix_of(Path("a.nii.gz")), suffix_of(Path("a.txt"))
    ('.isq', '.nii.gz', '')
    """
    name = path.name.lower()
    stem, mark, version = name.rpartition(";")  # OpenVMS numbers the versions of a file
    if mark and version.isdigit():
        name = stem
    return next((suffix for suffix in sorted(FORMATS, key=len, reverse=True) if name.endswith(suffix)), "")


def format_by_content(path: Path) -> str:
    """Return the name of the format that the first bytes of `path` show, or an empty text."""
    with path.open("rb") as handle:
        start = handle.read(_START)
    if start.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(path) as stream:
                start = stream.read(_START)
        except (OSError, EOFError, zlib.error):
            return ""
        return "NIfTI" if _is_nifti(start) else ""
    return _by_mark(start)


def _by_mark(start: bytes) -> str:
    marks = (
        (start.startswith(ISQ_MARK), "Scanco ISQ"),
        (start.startswith(MARK_030) or start[:8] == b"\x14\0\0\0\x8c\0\0\0", "Scanco AIM"),
        (start.startswith(b"NRRD000"), "NRRD"),
        (start[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}, "TIFF"),
        (start.startswith(b"PK\x03\x04"), "npz"),
        (start[128:132] == b"DICM", "DICOM"),
        (_is_nifti(start), "NIfTI"),
        (start.lstrip()[:10] == b"ObjectType" or start.lstrip()[:5] == b"NDims", "MetaImage"),
    )
    return next((name for fits, name in marks if fits), "")


def _is_nifti(start: bytes) -> bool:
    return start[344:347] in {b"n+1", b"ni1"} or start[4:7] in {b"n+2", b"ni2"}
