"""What a drawing is made of: marks with a role, placed in plain numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Origin = Literal["measured", "simulated"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One SVG element.

    Parameters
    ----------
    tag : line, circle, path or text.
    role : how it looks; a role of ``theme.toml``.
    place : geometric attributes, in drawing units.
    text : content of a text mark.
    arm : number of the arm whose colour it has; None for ink.
    hollow : True draws the outline only (simulated animals).
    hint : text shown when the pointer rests on the mark.
    """

    tag: str
    role: str
    place: Mapping[str, str]
    text: str = ""
    arm: int | None = None
    hollow: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing of `width` by `height` units with a title and a description for those who cannot see it."""

    width: float
    height: float
    title: str
    description: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing and its numbers.

    Parameters
    ----------
    name : file name without ending; letters, digits, - and _.
    drawing : what is drawn.
    columns, rows : the numbers, as in the measurement table (not rescaled).
    """

    name: str
    drawing: Drawing
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int, ...], ...] = field(repr=False)


def line(role: str, x1: float, y1: float, x2: float, y2: float) -> Mark:
    """Return a straight line."""
    return Mark("line", role, _place(x1=x1, y1=y1, x2=x2, y2=y2))


def dot(x: float, y: float, radius: float, arm: int, origin: Origin, hint: str = "") -> Mark:
    """Return one animal: filled when measured, hollow when simulated."""
    return Mark(
        "circle", "dot", _place(cx=x, cy=y, r=radius), arm=arm, hollow=origin == "simulated", hint=hint
    )


def centre(role: str, x: float, y: float, radius: float) -> Mark:
    """Return a filled circle in ink: a mean, a median or an effect."""
    return Mark("circle", role, _place(cx=x, cy=y, r=radius))


def course(points: Sequence[tuple[float, float]], arm: int) -> Mark:
    """Return a line through several points in the colour of an arm."""
    path = " ".join(f"{'L' if index else 'M'}{_plain(x)} {_plain(y)}" for index, (x, y) in enumerate(points))
    return Mark("path", "course", {"d": path}, arm=arm)


def area(points: Sequence[tuple[float, float]], arm: int, hint: str = "") -> Mark:
    """Return a filled shape through several points in the colour of an arm: a band of an interval."""
    path = " ".join(f"{'L' if index else 'M'}{_plain(x)} {_plain(y)}" for index, (x, y) in enumerate(points))
    return Mark("path", "band", {"d": f"{path} Z"}, arm=arm, hint=hint)


def text(
    role: str, x: float, y: float, content: str, anchor: str = "middle", turned: float = 0.0, hint: str = ""
) -> Mark:
    """Return a line of text; `turned` is its rotation in degrees about its own place."""
    place = _place(x=x, y=y) | {"text-anchor": anchor}
    if turned:
        place["transform"] = f"rotate({_plain(turned)} {_plain(x)} {_plain(y)})"
    return Mark("text", role, place, text=content, hint=hint)


def _place(**numbers: float) -> dict[str, str]:
    return {name: _plain(value) for name, value in numbers.items()}


def _plain(value: float) -> str:
    return f"{round(value, 2) + 0.0:g}" if abs(value) < 1e5 else f"{value:.2f}"
