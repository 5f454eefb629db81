"""Reading pictures of a microscope: TIFF with one or several channels, PNG and JPEG."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MeasurementError, Mistake

MOST_PIXELS = 400_000_000
INCH_UM, CENTIMETRE_UM = 25_400.0, 10_000.0
UNITS_UM = {"µm": 1.0, "um": 1.0, "micron": 1.0, "\\u00b5m": 1.0, "nm": 1e-3, "mm": 1e3, "cm": 1e4}
SQUARE = 0.001
"""Share by which the edges of a pixel may differ."""

REMEDY = 'state it: --pixel "1.24 um"'


class Picture(NamedTuple):
    """What a file holds.

    Parameters
    ----------
    values : shape (channels, rows, columns), as stored.
    pixel_um : edge of a pixel.
    largest : value of a full pixel; None for values that are no whole numbers.
    """

    values: NDArray[Any]
    pixel_um: float
    largest: float | None


def read_picture(path: Path, pixel_um: float | None = None) -> Picture:
    """Read a picture; the pixel size is the one given, or else that of the file.

    Parameters
    ----------
    path : TIFF (also OME and ImageJ), PNG or JPEG; a picture in red, green and blue has three channels.
    pixel_um : edge of a pixel; comes before what the file says.

    Raises
    ------
    MeasurementError
        No such file, no picture, too large, or no pixel size.
    """
    if not path.is_file():
        raise MeasurementError(Mistake(str(path), "no such file", "name a picture"))
    try:
        values, stated = _tiff(path) if path.suffix.lower() in (".tif", ".tiff") else _other(path)
    except MeasurementError:
        raise
    except Exception as error:
        given = f"no picture that can be read ({str(error) or type(error).__name__})"
        raise MeasurementError(Mistake(path.name, given, "must be a whole TIFF, PNG or JPEG")) from error
    edge = pixel_um if pixel_um is not None else stated
    if edge is None:
        raise MeasurementError(Mistake(f"{path.name}, pixel size", "none in the file", REMEDY))
    largest = float(np.iinfo(values.dtype).max) if np.issubdtype(values.dtype, np.integer) else None
    return Picture(values, float(edge), largest)


def _tiff(path: Path) -> tuple[NDArray[Any], float | None]:
    import tifffile

    with tifffile.TiffFile(path) as file:
        series = file.series[0]
        axes = series.axes.replace("I", "C").replace("S", "C").replace("Q", "C")
        if math.prod(series.shape) > MOST_PIXELS:
            given = f"{math.prod(series.shape)} values"
            raise MeasurementError(
                Mistake(path.name, given, f"must be at most {MOST_PIXELS}: crop the picture")
            )
        values = np.asarray(series.asarray())
        stated = _stated(file)
    for axis, word in (("T", "times"), ("Z", "planes")):
        if axis in axes and values.shape[axes.index(axis)] > 1:
            raise MeasurementError(
                Mistake(path.name, f"a stack of several {word}", "must be one plane: save the one to measure")
            )
    return _channels(path, values, axes), stated


def _channels(path: Path, values: NDArray[Any], axes: str) -> NDArray[Any]:
    """Return values as (channels, rows, columns)."""
    if axes.count("Y") != 1 or axes.count("X") != 1 or axes.count("C") > 2:
        given = f"axes {axes} of {' × '.join(map(str, values.shape))}"
        raise MeasurementError(Mistake(path.name, given, "must be a picture of rows, columns and channels"))
    order = [place for place, axis in enumerate(axes) if axis not in "YX"]
    moved = values.transpose([*order, axes.index("Y"), axes.index("X")])
    return moved.reshape(-1, *moved.shape[-2:])


def _stated(file: Any) -> float | None:
    """Return the pixel size that the file states, µm; None if it states none."""
    ome = _ome_um(file.filename, file.ome_metadata) if file.is_ome else None
    if ome is not None:
        return ome
    tags = file.pages[0].tags
    resolution = tags["XResolution"].value if "XResolution" in tags else None
    if resolution is None or not resolution[0] or not resolution[1]:
        return None
    per_unit = resolution[0] / resolution[1]
    if file.is_imagej:
        unit = str((file.imagej_metadata or {}).get("unit", ""))
        return UNITS_UM[unit] / per_unit if unit in UNITS_UM else None
    kind = int(tags["ResolutionUnit"].value) if "ResolutionUnit" in tags else 1
    return {2: INCH_UM, 3: CENTIMETRE_UM}[kind] / per_unit if kind in (2, 3) else None


def _ome_um(name: str, text: str) -> float | None:
    """Return the pixel size of OME metadata, µm; None if it states none.

    Raises
    ------
    MeasurementError
        Pixels that are not square.
    """
    import re

    edges = {}
    for axis in "XY":
        found = re.search(rf'PhysicalSize{axis}="([0-9.eE+-]+)"', text)
        unit = re.search(rf'PhysicalSize{axis}Unit="([^"]+)"', text)
        said = unit[1] if unit else "µm"
        if found is not None and said in UNITS_UM:
            edges[axis] = float(found[1]) * UNITS_UM[said]
    across = edges.get("X")
    if across is not None and abs(edges.get("Y", across) - across) > SQUARE * across:
        given = f"{across:.6g} × {edges['Y']:.6g} µm"
        raise MeasurementError(Mistake(f"{name}, pixel size", given, f"must be square; {REMEDY}"))
    return across


def _other(path: Path) -> tuple[NDArray[Any], float | None]:
    from PIL import Image

    with Image.open(path) as image:
        if image.width * image.height > MOST_PIXELS:
            given = f"{image.width} × {image.height} pixels"
            raise MeasurementError(
                Mistake(path.name, given, f"must be at most {MOST_PIXELS}: crop the picture")
            )
        kept = image if image.mode in ("L", "I;16", "RGB") else image.convert("RGB")
        values = np.asarray(kept)
    # What such files call resolution is that of a screen or a printer, not of a microscope.
    return values[None] if values.ndim == 2 else values.transpose(2, 0, 1), None
