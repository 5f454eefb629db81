"""Placing points side by side so that every animal is seen."""

from __future__ import annotations

from collections.abc import Sequence

_LOOK_BACK = 60


def offsets(heights: Sequence[float], diameter: float, half_width: float) -> tuple[float, ...]:
    """Return a sideways offset for each point so that points do not hide each other.

    Points are placed from the lowest to the highest, each at the free place nearest the middle. When a row is
    full, points overlap inside the width rather than leave it.

    Parameters
    ----------
    heights : places along the axis, drawing units.
    diameter : wanted distance between centres.
    half_width : largest offset to either side.
    """
    steps = max(int(half_width / diameter * 2), 1)
    places = [0.0]
    for step in range(1, steps + 1):
        places += [step * half_width / steps, -step * half_width / steps]
    found = [0.0] * len(heights)
    done: list[tuple[float, float]] = []
    for index in sorted(range(len(heights)), key=lambda place: (heights[place], place)):
        near = [(x, y) for x, y in done[-_LOOK_BACK:] if abs(y - heights[index]) < diameter]
        crowding = [(_crowding(x, heights[index], near, diameter), rank, x) for rank, x in enumerate(places)]
        found[index] = min(crowding)[2]
        done.append((found[index], heights[index]))
    return tuple(found)


def _crowding(x: float, y: float, near: Sequence[tuple[float, float]], diameter: float) -> float:
    gaps = [((x - other) ** 2 + (y - height) ** 2) ** 0.5 for other, height in near]
    return max(0.0, diameter - min(gaps, default=diameter))
