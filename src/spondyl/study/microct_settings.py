"""From the ``[microct]`` table to what the reader and the assay take."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spondyl.errors import Mistake, StudyError
from spondyl.quantity import convert, lengths_mm

_HERE = "study.toml, microct"
_LENGTHS = ("low", "high", "centre", "radius", "range")

if TYPE_CHECKING:
    from spondyl.assay.microct import Settings, Voi
    from spondyl.volume import Scan


def read_scan(path: Path, table: dict[str, Any], *, where: str = f"{_HERE}.voxel") -> Scan:
    """Read a scan as the ``[microct]`` table says; `where` names the voxel size in errors."""
    from spondyl.volume import Meaning, read

    voxel = table.get("voxel")
    values = table.get("values")
    return read(
        path,
        voxel_mm=lengths_mm(voxel, where=where) if voxel else None,
        meaning=Meaning(values) if values else None,
    )


def assay_settings(table: dict[str, Any], mask: Path | None = None) -> Settings:
    """Return the assay's settings for a ``[microct]`` table."""
    from spondyl.assay.microct import Settings

    voi = table.get("voi")
    return Settings(
        threshold=table["threshold"],
        gaussian_voxels=table["gaussian"],
        largest=table["largest"],
        binary=table["binary"],
        voi=volume_of_interest(voi, mask) if voi else None,
    )


def volume_of_interest(table: dict[str, Any], mask: Path | None) -> Voi:
    """Return the volume of interest of a ``[microct.voi]`` table; lengths in mm."""
    from spondyl.assay.microct import Box, Cylinder, Mask
    from spondyl.volume import read

    if table["shape"] == "mask":
        if mask is None:
            raise ValueError("a mask needs its path")
        return Mask(read(mask))
    if table["shape"] == "box":
        z, y, x = zip(_lengths(table, "low"), _lengths(table, "high"), strict=True)
        return Box(z, y, x, unit="mm")
    a, b = _lengths(table, "centre")
    start, stop = _lengths(table, "range")
    return Cylinder(table["axis"], (a, b), _lengths(table, "radius")[0], (start, stop))


def settings_mistakes(table: dict[str, Any]) -> list[Mistake]:
    """Return what is wrong in a ``[microct]`` table that needs no scan to be seen: units and ranges."""
    checks: list[Callable[[], object]] = [partial(_lengths, table["voi"] or {}, key) for key in _LENGTHS]
    if table["voxel"]:
        checks.append(partial(lengths_mm, table["voxel"], where=f"{_HERE}.voxel"))
    wrong: list[Mistake] = []
    for check in checks:
        try:
            check()
        except StudyError as error:
            wrong += error.mistakes
    masked = table["voi"] is not None and table["voi"]["shape"] == "mask"
    try:
        assay_settings({**table, "voi": None} if wrong or masked else table)
    except StudyError as error:
        wrong += error.mistakes
    return wrong


def _lengths(table: dict[str, Any], key: str) -> list[float]:
    given = table.get(key)
    texts = [given] if isinstance(given, str) else given or []
    return [convert(text, "mm", where=f"{_HERE}.voi.{key}") for text in texts]
