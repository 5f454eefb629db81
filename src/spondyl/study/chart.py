"""Small charts for quality control: a curve with marks, bars by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Point = tuple[float, float]

WIDE, TALL = 420, 300
LEFT, RIGHT, TOP, BOTTOM = 54, 14, 14, 40
PAPER, INK, FAINT, CURVE, MARK = "#ffffff", "#22262e", "#c9ced6", "#2f6db5", "#c2452d"
TICKS = 4


class Mark(NamedTuple):
    """A point of a curve with its name."""

    name: str
    x: float
    y: float


def fitted(pixels: Pixels, wide: int = 2 * WIDE, tall: int = TALL) -> Pixels:
    """Return a picture made smaller, if it is larger than a page has room for.

    Examples
    --------
    >>> fitted(np.zeros((900, 900, 3), np.uint8)).shape
    (300, 300, 3)
    """
    from PIL import Image

    image = Image.fromarray(pixels)
    image.thumbnail((wide, tall))
    return np.asarray(image, np.uint8)


def chart(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    across: str,
    up: str,
    marks: Sequence[Mark] = (),
    line: tuple[Point, Point] | None = None,
) -> Pixels:
    """Return a curve as a picture, shape (300, 420, 3).

    Parameters
    ----------
    x, y : of the curve, shape (points,).
    across, up : what they are, with units.
    marks : points to name.
    line : two ends of a straight line beside the curve.

    Examples
    --------
    >>> chart(np.arange(3.0), np.arange(3.0), across="mm", up="N").shape
    (300, 420, 3)
    """
    draw, image = _sheet()
    place = _axes(
        draw, (float(x.min()), float(x.max())), (min(0.0, float(y.min())), float(y.max())), across, up
    )
    if line is not None:
        draw.line([place(*line[0]), place(*line[1])], FAINT, 2)
    draw.line([place(a, b) for a, b in zip(x, y, strict=True)], CURVE, 2)
    for mark in marks:
        a, b = place(mark.x, mark.y)
        draw.ellipse((a - 4, b - 4, a + 4, b + 4), MARK)
        left = a - 8 - draw.textlength(mark.name) if a > (LEFT + WIDE) / 2 else a + 8
        draw.text((left, b - 4), mark.name, INK)
    return np.asarray(image, np.uint8)


def bars(values: Mapping[str, float], up: str) -> Pixels:
    """Return bars from zero as a picture, shape (300, 420, 3).

    Parameters
    ----------
    values : by name.
    up : what they are.
    """
    draw, image = _sheet()
    numbers = [0.0, *values.values()]
    place = _axes(draw, (0.0, float(len(values))), (min(numbers), max(numbers)), "", up, ticks=False)
    draw.line([place(0, 0), place(len(values), 0)], INK, 1)
    for at, (name, value) in enumerate(values.items()):
        (a, b), (c, d) = place(at + 0.2, max(value, 0.0)), place(at + 0.8, min(value, 0.0))
        draw.rectangle((a, b, c, max(d, b + 1)), CURVE)
        draw.text((a - 4, TALL - BOTTOM + 8), name, INK)
    return np.asarray(image, np.uint8)


def _sheet() -> tuple[Any, Any]:
    """Return a drawing and its sheet; the types of Pillow are its own."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDE, TALL), PAPER)
    return ImageDraw.Draw(image), image


def _axes(
    draw: Any, x: Point, y: Point, across: str, up: str, *, ticks: bool = True
) -> Callable[[float, float], Point]:
    """Draw the axes and return where a point lies on the sheet."""
    spans = [high - low if high > low else 1.0 for low, high in (x, y)]

    def place(a: float, b: float) -> Point:
        return (
            LEFT + (a - x[0]) / spans[0] * (WIDE - LEFT - RIGHT),
            TALL - BOTTOM - (b - y[0]) / spans[1] * (TALL - TOP - BOTTOM),
        )

    draw.line([(LEFT, TOP), (LEFT, TALL - BOTTOM), (WIDE - RIGHT, TALL - BOTTOM)], INK, 1)
    for share in np.linspace(0, 1, TICKS + 1):
        value = y[0] + share * spans[1]
        at = place(x[0], value)
        draw.line([(at[0] - 4, at[1]), at], INK, 1)
        draw.text((4, at[1] - 6), f"{value:.3g}", INK)
        if ticks:
            value = x[0] + share * spans[0]
            at = place(value, y[0])
            draw.line([at, (at[0], at[1] + 4)], INK, 1)
            draw.text((at[0] - 10, at[1] + 6), f"{value:.3g}", INK)
    draw.text((LEFT + 6, 0), up, INK)
    draw.text((WIDE - RIGHT - draw.textlength(across), TALL - 16), across, INK)
    return place
