"""Scanco ISQ: what a Scanco scanner writes.

The header is read here and not by aimio-py, whose reader leaves the last voxels of some files unset and
fails on a patient's name that is not ASCII; the voxels are memory-mapped.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spondyl.errors import Mistake, ScanError
from spondyl.volume.bounds import check_fits, shape_zyx
from spondyl.volume.draft import Draft
from spondyl.volume.grid import Triple
from spondyl.volume.rawdata import mapped
from spondyl.volume.scanco import Calibration, calibration, vax_double

MARK = b"CTDATA-HEADER_V1"
_BLOCK = 512
_SHORTS = 3  # the data type of an ISQ: two-byte whole numbers
_MOST_BLOCKS = 1 << 12
_HEADER = np.dtype(
    [
        ("mark", "S16"), ("data_type", "<i4"), ("bytes", "<i4"), ("blocks", "<i4"), ("patient", "<i4"),
        ("scanner", "<i4"), ("date", "<i8"), ("voxels", "<i4", 3), ("um", "<i4", 3),
        ("slice_thickness_um", "<i4"), ("slice_increment_um", "<i4"), ("slice_1_um", "<i4"),
        ("least", "<i4"), ("most", "<i4"), ("mu_scaling", "<i4"), ("samples", "<i4"),
        ("projections", "<i4"), ("scan_distance_um", "<i4"), ("scanner_type", "<i4"),
        ("sample_time_us", "<i4"), ("measurement", "<i4"), ("site", "<i4"), ("reference_line_um", "<i4"),
        ("algorithm", "<i4"), ("name", "S40"), ("energy_V", "<i4"), ("intensity_uA", "<i4"),
        ("rest", "V332"), ("extra_blocks", "<i4"),
    ]
)  # fmt: skip
_KEPT = ("scanner", "measurement", "mu_scaling", "slice_1_um", "energy_V", "intensity_uA", "site")


def read_isq(path: Path) -> Draft:
    """Read an ISQ file; voxels are memory-mapped.

    Voxel sizes are physical size over number of voxels, which the header gives exactly; its slice
    thickness is rounded to whole micrometres.

    Raises
    ------
    ScanError
        If the header contradicts itself or the size of the file.
    """
    where = str(path)
    with path.open("rb") as handle:
        block = handle.read(_BLOCK)
        check_fits(where, _BLOCK, len(block))
        head = np.frombuffer(block, _HEADER)[0]
        extra = int(head["extra_blocks"])
        if not 0 <= extra <= _MOST_BLOCKS:
            raise ScanError(Mistake(where, f"a header of {extra} extra blocks", "the file is damaged"))
        extended = handle.read(extra * _BLOCK)
    check_fits(where, extra * _BLOCK, len(extended))
    if int(head["data_type"]) != _SHORTS:
        given = f"data of type {int(head['data_type'])}"
        raise ScanError(Mistake(where, given, "must be an ISQ volume (type 3), not projections"))
    shape = shape_zyx(where, head["voxels"].tolist())
    stored = mapped(path, (1 + extra) * _BLOCK, np.dtype("<i2"), shape)
    found = _calibration(head, extended)
    return Draft(
        stored, "Scanco ISQ", _spacing(head), meaning=found.meaning, slope=found.slope,
        intercept=found.intercept, notes=found.notes, header={key: str(head[key]) for key in _KEPT},
    )  # fmt: skip


def _spacing(head: np.void) -> Triple:
    x, y, z = (int(um) / int(n) / 1000 for um, n in zip(head["um"], head["voxels"], strict=True))
    return (z, y, x)


def _calibration(head: np.void, extended: bytes) -> Calibration:
    """Find the calibration block by the directory of the extended header.

    The directory is one block of four entries of 128 bytes, behind an optional block marked
    ``MultiHeader``; an entry has its name at byte 8 and its length in blocks at byte 24.
    """
    scaling = float(head["mu_scaling"])
    at = _BLOCK if extended[8:24] == b"MultiHeader     " else 0
    start = at + _BLOCK
    for entry in range(at, at + _BLOCK, 128):
        size = int.from_bytes(extended[entry + 24 : entry + 28], "little") * _BLOCK
        if extended[entry + 8 : entry + 24] == b"Calibration     ":
            block = extended[start : start + size]
            if len(block) < 2 * _BLOCK:
                break
            unit = block[648:664].split(b"\0")[0].decode("latin-1").strip()
            return calibration(scaling, unit, vax_double(block[664:672]), vax_double(block[672:680]))
        start += size
    return calibration(scaling, None, None, None)
