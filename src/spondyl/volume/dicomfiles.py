"""Which files of a folder are the slices of a DICOM series."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from spondyl.errors import Mistake, ScanError
from spondyl.volume.formats import format_by_content

# Exporters name slices IM1, 0001.dcm, slice.ima or by their UID, which ends in digits.
_SLICE_SUFFIX = re.compile(r"|\.dcm|\.ima|\.\d+", re.IGNORECASE)
_INDEX = "DICOMDIR"


def series_files(folder: Path, files: Sequence[Path]) -> list[Path]:
    """Return the DICOM files among `files`, by their content; none if the folder holds no DICOM at all.

    Raises
    ------
    ScanError
        If a file beside them is named like a slice but is none: leaving it out could shorten the volume.
    """
    slices = [path for path in files if path.name != _INDEX and format_by_content(path) == "DICOM"]
    named = [path for path in files if path.name != _INDEX and _SLICE_SUFFIX.fullmatch(path.suffix)]
    odd = sorted(set(named) - set(slices))
    if odd and (slices or any(path.suffix.lower() == ".dcm" for path in odd)):
        given = f"{odd[0].name}, which is named like a slice but is not DICOM"
        raise ScanError(Mistake(str(folder), given, "it is damaged or does not belong here"))
    return slices
