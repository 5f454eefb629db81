"""A section through a spheroid of agents, drawn as a microscope would show it: SVG, cut as thin as asked."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import CultureError, Mistake
from spondyl.spheroid.agents.state import State

Array = NDArray[np.float64]

_POOR, _RICH = (0.15, 0.09, 0.38), (0.97, 0.86, 0.58)
"""Colours of cells with the least and the most oxygen: stained dark where it is scarce."""
_DEAD = "#7c7672"
_GROUND = "#faf8f5"
_UM_PER_PX = 0.5


def section_svg(state: State, *, axis: int = 0, at_mm: float | None = None) -> str:
    """Return a drawing of the cells that a plane cuts: each as the disc of its cut, coloured by its oxygen.

    Neighbours flatten against each other: a disc ends half-way to the next one, as the outlines of cells do.

    Parameters
    ----------
    state : cells.
    axis : across the plane: 0 (x, seen from the side, z upwards), 1 (y) or 2 (z, seen from above).
    at_mm : place of the plane; None for the middle of all cells.

    Raises
    ------
    CultureError
        An axis that is not 0, 1 or 2, a place that is not finite, or a plane that cuts no cell.
    """
    if axis not in (0, 1, 2) or not (at_mm is None or math.isfinite(at_mm)):
        given = f"axis {axis} at {at_mm} mm"
        raise CultureError(Mistake("section", given, "axis must be 0, 1 or 2 and the place finite"))
    place = (
        float(np.average(state.position_mm[:, axis], weights=state.volume_mm3)) if at_mm is None else at_mm
    )
    off = np.abs(state.position_mm[:, axis] - place)
    cut = np.flatnonzero(off < state.radius_mm)
    if not cut.size:
        raise CultureError(Mistake("section", f"a plane at {place:g} mm", "must cut at least one cell"))
    flat = [other for other in range(3) if other != axis]
    middle = 1000 * state.position_mm[cut][:, flat]
    radius = 1000 * np.sqrt(state.radius_mm[cut] ** 2 - off[cut] ** 2)
    low, high = (middle - radius[:, None]).min(axis=0) - 12, (middle + radius[:, None]).max(axis=0) + 12
    middle[:, 1] = high[1] + low[1] - middle[:, 1]  # upwards on the page
    shown = _cells(state, cut, middle, radius)
    return _page(shown, low, high, _range(state))


def _range(state: State) -> tuple[float, float]:
    """Return the lowest and highest oxygen of the living, a tenth apart at least: faint stays faint."""
    level = state.oxygen_mM[state.living] if state.living.any() else state.oxygen_mM
    low, high = float(level.min()), float(level.max())
    return min(low, 0.9 * high), high


def _cells(state: State, cut: NDArray[np.int64], middle: Array, radius: Array) -> list[str]:
    low, high = _range(state)
    drawn = []
    for number in np.lexsort((cut, -radius)):
        cell, outline = cut[number], _outline(number, middle, radius)
        alive = bool(state.living[cell])
        share = float(np.clip((state.oxygen_mM[cell] - low) / (high - low), 0, 1))
        fill = _colour(share) if alive else _DEAD
        points = " ".join(f"{x:.2f},{y:.2f}" for x, y in outline)
        name = (
            f"{1000 * state.oxygen_mM[cell]:.0f} µmol/L"
            if alive
            else f"dead, {100 * state.left[cell]:.0f} % left"
        )
        drawn.append(f'<polygon points="{points}" fill="{fill}"><title>{name}</title></polygon>')
        if alive and radius[number] > 0.55 * 1000 * state.radius_mm[cell]:
            x, y = outline.mean(axis=0)
            size = 0.38 * radius[number]
            drawn.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{size:.2f}" class="nucleus"/>')
    return drawn


def _outline(number: int, middle: Array, radius: Array) -> Array:
    """Return the disc of a cell, cut along the lines where it meets the discs around it: radical axes."""
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    way = np.stack((np.cos(angle), np.sin(angle)), axis=1)
    reach = np.full(len(angle), radius[number])
    gap = middle - middle[number]
    distance = np.linalg.norm(gap, axis=1)
    for other in np.flatnonzero((distance > 0) & (distance < radius + radius[number])):
        line = (distance[other] ** 2 + radius[number] ** 2 - radius[other] ** 2) / (2 * distance[other])
        toward = way @ (gap[other] / distance[other])
        # A cell whose middle lies beyond the line keeps a sliver, so that no outline turns inside out.
        limit = np.where(toward > 1e-9, max(line, 0.3) / np.maximum(toward, 1e-9), np.inf)
        reach = np.minimum(reach, limit)
    return np.asarray(middle[number] + 0.97 * reach[:, None] * way)


def _colour(share: float) -> str:
    parts = [round(255 * (a + (b - a) * share)) for a, b in zip(_POOR, _RICH, strict=True)]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _page(cells: list[str], low: Array, high: Array, levels: tuple[float, float]) -> str:
    wide, tall = high - low
    bar = next((size for size in (200, 100, 50, 20) if size < 0.5 * wide), 10)
    foot = low[1] + tall
    legend = "".join(
        f'<rect x="{low[0] + 8 + 4 * k:.2f}" y="{foot + 8:.2f}" width="4.1" height="6" '
        f'fill="{_colour(k / 11)}"/>'
        for k in range(12)
    )
    scale_x = high[0] - 8 - bar
    text = f'font-family="system-ui, sans-serif" font-size="{max(7.0, wide / 32):.1f}" fill="#57534e"'
    lowest, highest = (f"{1000 * level:.0f}" for level in levels)
    words = (
        f'<text x="{low[0] + 60:.2f}" y="{low[1] + tall + 14:.2f}" {text}>oxygen {lowest}–{highest} µmol/L · '
        f'<tspan fill="{_DEAD}">dead</tspan></text>'
        f'<rect x="{scale_x:.2f}" y="{low[1] + tall - 2:.2f}" width="{bar}" height="2" fill="#1c1917"/>'
        f'<text x="{scale_x + bar / 2:.2f}" y="{foot - 6:.2f}" text-anchor="middle" {text}>{bar} µm</text>'
    )
    box = f"{low[0]:.2f} {low[1]:.2f} {wide:.2f} {tall + 24:.2f}"
    size = f'width="{wide / _UM_PER_PX:.0f}" height="{(tall + 24) / _UM_PER_PX:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" {size} role="img">'
        f"<title>Section through a spheroid of agents</title><style>polygon{{stroke:#3b2f4a;stroke-width:.35;"
        f"stroke-linejoin:round}}.nucleus{{fill:#2d1f4e;fill-opacity:.45}}</style>"
        f'<rect x="{low[0]:.2f}" y="{low[1]:.2f}" width="100%" height="100%" fill="{_GROUND}"/>'
        f"{''.join(cells)}{legend}{words}</svg>\n"
    )
