"""From the ``[microct]`` table to what the reader and the assay take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from spondyl.quantity import convert, lengths_mm

if TYPE_CHECKING:
    from spondyl.assay.microct import Settings, Voi
    from spondyl.volume import Scan


def read_scan(path: Path, table: dict[str, Any], *, where: str = "study.toml, microct.voxel") -> Scan:
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
        low = [convert(text, "mm", where="microct.voi.low") for text in table["low"]]
        high = [convert(text, "mm", where="microct.voi.high") for text in table["high"]]
        z, y, x = zip(low, high, strict=True)
        return Box(z, y, x, unit="mm")
    centre = [convert(text, "mm", where="microct.voi.centre") for text in table["centre"]]
    start, stop = (convert(text, "mm", where="microct.voi.range") for text in table["range"])
    radius = convert(table["radius"], "mm", where="microct.voi.radius")
    return Cylinder(table["axis"], (centre[0], centre[1]), radius, (start, stop))
