"""From the ``[microct]`` table to what the reader and the assay take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from spondyl.quantity import convert, lengths_mm

if TYPE_CHECKING:
    from spondyl.assay.microct import Settings, Voi
    from spondyl.volume import Scan


def read_scan(path: Path, table: dict[str, Any]) -> Scan:
    """Read a scan as the ``[microct]`` table says."""
    from spondyl.volume import Meaning, read

    voxel = table.get("voxel")
    values = table.get("values")
    return read(
        path,
        voxel_mm=lengths_mm(voxel, where="microct.voxel") if voxel else None,
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
        return Box(_triple(table["low"], "microct.voi.low"), _triple(table["high"], "microct.voi.high"))
    centre = [convert(text, "mm", where="microct.voi.centre") for text in table["centre"]]
    low, high = (convert(text, "mm", where="microct.voi.range") for text in table["range"])
    radius = convert(table["radius"], "mm", where="microct.voi.radius")
    return Cylinder(table["axis"], (centre[0], centre[1]), radius, (low, high))


def _triple(texts: list[str], where: str) -> tuple[float, float, float]:
    z, y, x = (convert(text, "mm", where=where) for text in texts)
    return z, y, x
