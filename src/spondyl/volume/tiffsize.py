"""The voxel size that a TIFF carries, if it does."""

from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree

from spondyl.volume.grid import Triple
from spondyl.volume.length import known_length, to_mm

_NONE = "no voxel size (a resolution in dots per inch is not one)"


def tiff_spacing(where: str, tif: Any) -> tuple[Triple | None, str]:
    """Return the voxel size in mm (z, y, x), or None and why there is none.

    Parameters
    ----------
    where : file named in messages.
    tif : an open tifffile.TiffFile.
    """
    if tif.ome_metadata:
        return _ome(where, tif.ome_metadata)
    if tif.is_imagej and isinstance(tif.imagej_metadata, dict):
        return _imagej(where, tif.imagej_metadata, tif.pages[0])
    return None, _NONE


def _imagej(where: str, found: dict[str, Any], page: Any) -> tuple[Triple | None, str]:
    """ImageJ: pixels per unit in the resolution tags, unit and distance of slices in the description."""
    unit = str(found.get("unit", "")).replace("\\u00B5", "µ")
    if not known_length(unit):
        return None, f"no voxel size (the ImageJ unit is {unit or 'not given'})"
    per_unit = [_ratio(page.tags.get(name)) for name in ("YResolution", "XResolution")]
    if "spacing" not in found or not all(per_unit):
        return None, "an incomplete ImageJ calibration"
    mm = to_mm(where, unit)
    return (float(found["spacing"]) * mm, mm / per_unit[0], mm / per_unit[1]), ""


def _ratio(tag: Any) -> float:
    """Value of a rational tag; 0.0 when there is none."""
    if tag is None:
        return 0.0
    above, below = tag.value
    return above / below if below else 0.0


def _ome(where: str, text: str) -> tuple[Triple | None, str]:
    # tifffile hands over the text of a local file; entities are refused so that none can grow.
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        return None, "OME-XML with a document type"
    pixels = next((e for e in ElementTree.fromstring(text).iter() if e.tag.endswith("}Pixels")), None)  # noqa: S314 no entity can be declared
    if pixels is None:
        return None, "OME-XML without pixels"
    sizes = []
    for axis in "ZYX":
        size = float(pixels.get(f"PhysicalSize{axis}", "nan"))
        sizes.append(size * to_mm(where, pixels.get(f"PhysicalSize{axis}Unit", "µm")))
    if not all(math.isfinite(size) for size in sizes):
        return None, "OME-XML without all three physical sizes"
    return (sizes[0], sizes[1], sizes[2]), ""
