"""Pictures of a graft for the report: two sections through its middle and the graft cut open."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.graft.graft import Graft
from spondyl.graft.render import PAPER, render

Pixels = NDArray[np.uint8]
Array = NDArray[np.float64]

HEIGHT = 520
GAP = 14
FOOT = 34
INK = (236, 239, 244)
BONE = (92, 98, 110)
COLOURS = {
    "granule": (232, 222, 200),
    "spheroid": (214, 92, 112),
    "carrier": (52, 74, 96),
    "void": (26, 29, 36),
}


def picture(graft: Graft, *, height: int = HEIGHT) -> Pixels:
    """Return sections along and across gravity through the middle, and the graft cut open, side by side.

    Granules are pale, spheroids red, gel blue, bone grey, empty space dark; each granule and each spheroid
    has its own shade. One scale bar for all.

    Parameters
    ----------
    height : pixels of each panel.
    """
    along, across, pixel_mm = sections(graft, height)
    panels = [along, across, render(graft, height=height)]
    names = ["along the opening", "across it", "cut open"]
    lefts = np.cumsum([GAP] + [panel.shape[1] + GAP for panel in panels]).tolist()
    canvas = np.full((height + GAP + FOOT, lefts[-1], 3), PAPER, np.uint8)
    for left, panel in zip(lefts, panels, strict=False):
        canvas[GAP : GAP + panel.shape[0], left : left + panel.shape[1]] = panel
    return _labelled(canvas, lefts, names, (lefts[0] + along.shape[1], pixel_mm))


def sections(graft: Graft, height: int) -> tuple[Pixels, Pixels, float]:
    """Return the section along gravity, down in the picture, the one across it, and the edge of a pixel, mm.

    Gravity is taken along the axis of the grid nearest to it.
    """
    down = np.array(graft.inwards)
    axis = int(np.argmax(np.abs(down)))
    others = [a for a in range(3) if a != axis]
    colours = coloured(graft)
    middle = [n // 2 for n in graft.hole.shape]
    along = np.take(colours, middle[others[0]], axis=others[0])
    if axis > others[1]:
        along = along.transpose(1, 0, 2)
    if down[axis] < 0:
        along = along[::-1]
    across = np.take(colours, middle[axis], axis=axis)
    spacing = graft.bone.spacing_mm
    pixel = along.shape[0] * spacing[axis] / height
    return (
        _grown(along, (spacing[axis], spacing[others[1]]), pixel),
        _grown(across, (spacing[others[0]], spacing[others[1]]), pixel)[:height],
        pixel,
    )


def coloured(graft: Graft) -> Array:
    """Return a colour for every voxel, mixed from what it holds, (z, y, x, 3) from 0 to 255."""
    shade = 1 + 0.13 * _shades(graft.granule) * (graft.granule > 0)
    lively = 1 + 0.13 * _shades(graft.spheroid_number) * (graft.spheroid_number > 0)
    mixed = (1 - graft.hole)[..., None] * np.array(BONE, np.float64)
    mixed = mixed + (graft.granules * shade)[..., None] * np.array(COLOURS["granule"])
    mixed = mixed + (graft.spheroid * lively)[..., None] * np.array(COLOURS["spheroid"])
    mixed = mixed + graft.carrier[..., None] * np.array(COLOURS["carrier"])
    return np.asarray(np.clip(mixed + graft.void[..., None] * np.array(COLOURS["void"]), 0, 255))


def _shades(number: NDArray[np.int32]) -> Array:
    """Return a shade from −1 to 1 for each number, far apart for numbers that follow each other."""
    return np.asarray(2 * ((number * 0.618034) % 1.0) - 1)


def _grown(section: Array, edges: tuple[float, float], pixel_mm: float) -> Pixels:
    from PIL import Image

    rows, columns = (max(1, round(n * e / pixel_mm)) for n, e in zip(section.shape, edges, strict=False))
    image = Image.fromarray(section.astype(np.uint8))
    return np.asarray(image.resize((columns, rows), Image.Resampling.BICUBIC))


def _labelled(canvas: Pixels, lefts: list[int], names: list[str], bar: tuple[int, float]) -> Pixels:
    """Write the names and a scale bar that ends at a pixel."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(canvas)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(14)
    middle = canvas.shape[0] - FOOT / 2
    for left, name in zip(lefts, names, strict=False):
        draw.text((left, middle), name, fill=INK, font=font, anchor="lm")
    right, pixel_mm = bar
    most = (right - lefts[0]) * pixel_mm / 3
    power = 10.0 ** math.floor(math.log10(most))
    length = max(digit * power for digit in (1, 2, 5) if digit * power <= most * (1 + 1e-9))
    text = f"{length:g} mm" if length >= 0.1 else f"{1000 * length:g} µm"
    start = right - length / pixel_mm
    draw.text((start - 8, middle), text, fill=INK, font=font, anchor="rm")
    draw.rectangle((start, middle - 2, right - 1, middle + 1), fill=INK)
    return np.array(image)
