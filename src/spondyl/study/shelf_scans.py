"""The scans of a study that a page may show in three dimensions."""

from __future__ import annotations

from pathlib import Path

from spondyl.errors import DesignError, Mistake
from spondyl.report import ScanVolume
from spondyl.report.volumes import Packed, pack
from spondyl.study.design import load_design
from spondyl.volume import parts

MOST_BYTES = 2_000_000_000
"""Bytes of a scan's files that are read for a picture."""


def scans_on_shelf(folder: Path) -> list[ScanVolume]:
    """Return the scans that are there, measured and simulated, by animal and week.

    Raises
    ------
    DesignError
        When the study is wrong.
    """
    design = load_design(folder)
    return [
        ScanVolume(
            scan.animal.animal,
            scan.animal.group,
            design.file.groups[scan.animal.group].label,
            scan.week,
            scan.path,
        )
        for scan in design.scans
        if scan.path.exists()
    ]


def packed_scan(scan: ScanVolume) -> Packed:
    """Return a scan made small enough for a page.

    Raises
    ------
    DesignError
        When it is too large or cannot be read.
    """
    weight = sum(path.stat().st_size for path in parts(scan.path))
    if weight > MOST_BYTES:
        given = f"{weight / 1e9:.1f} GB of scan"
        raise DesignError(Mistake(scan.path.name, given, "is too large for a quick look"))
    packed = pack(scan, scan.path)
    if packed is None:
        raise DesignError(Mistake(scan.path.name, "a file that cannot be read", "spondyl check says why"))
    return packed
