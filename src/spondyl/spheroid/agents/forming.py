"""Cells come together: they settle in a well, or two spheroids are laid side by side."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import CultureError, Mistake
from spondyl.spheroid.agents.chance import PLACE, directions, uniforms
from spondyl.spheroid.agents.contact import Contact
from spondyl.spheroid.agents.crawling import first_crawl
from spondyl.spheroid.agents.culture import Culture
from spondyl.spheroid.agents.feeding import fed
from spondyl.spheroid.agents.moving import Surroundings, move, touching
from spondyl.spheroid.agents.parameters import Parameters
from spondyl.spheroid.agents.state import State, check_state, joined

Array = NDArray[np.float64]

MOST_CELLS = 1_000_000
_LOOSE = 0.25
"""Share of space that cells fill where they are strewn, before they settle: few lie in each other."""
_SOFT = 0.04
"""Share of their modulus that cells keep while they settle: the same places nearly, found sooner."""
_MINUTES, _STEPS, _PASSES = 10.0, 6, 150
"""An hour of settling, in steps of so many evaluations of forces; a cell falls a millimetre a minute."""


def form(
    cells: int, culture: Culture, parameters: Parameters, *, seed: int, spread_mm: float | None = None
) -> State:
    """Return cells from suspension, settled at the bottom of the well, on day 0.

    In a round bottom they lie as a lens; on a flat one as a sheet; in an open culture they float, strewn in a
    ball.

    Parameters
    ----------
    cells : living cells, at least one.
    culture : what stands around them.
    parameters : of the agents.
    seed : of all random numbers of this spheroid.
    spread_mm : radius of the circle above which the cells fall, on a flat bottom; None for a circle that they
        would half cover.

    Raises
    ------
    CultureError
        Too few or too many cells, or a circle that is not a finite length above zero.
    """
    wrong = []
    if isinstance(cells, bool) or int(cells) != cells or not 1 <= cells <= MOST_CELLS:
        wrong.append(Mistake("cells", f"{cells:g}", f"must be a whole number from 1 to {MOST_CELLS:,}"))
    if spread_mm is not None and not (math.isfinite(spread_mm) and spread_mm > 0):
        wrong.append(Mistake("spread", f"{spread_mm:g} mm", "must be a finite length above zero"))
    if wrong:
        raise CultureError(wrong)
    cell = np.arange(int(cells), dtype=np.int64)
    volume = np.full(len(cell), parameters.free_volume)
    position = _settled(_strewn(cell, culture, parameters, seed, spread_mm), volume, culture, parameters)
    return _begun(_bare(cell, position, volume, culture, parameters, seed), culture, parameters)


def placed(position: Array, volume: Array, culture: Culture, parameters: Parameters, *, seed: int) -> State:
    """Return living cells that lie where they are told to, on day 0.

    Parameters
    ----------
    position : (n, 3), mm; columns x, y, z.
    volume : (n,), mm³.

    Raises
    ------
    CultureError
        No cells, numbers that are not finite, or cells that lie in each other.
    """
    position = np.array(position, np.float64).reshape(-1, 3)
    cell = np.arange(len(position), dtype=np.int64)
    volume = np.broadcast_to(np.asarray(volume, np.float64), cell.shape).copy()
    bare = _bare(cell, position, volume, culture, parameters, seed)
    check_state(bare)
    return _begun(bare, culture, parameters)


def beside(first: State, second: State, culture: Culture, parameters: Parameters) -> State:
    """Return both spheroids as one culture, the second moved along x and level with the first until they
    touch.

    Day, medium and random numbers are the first's; cells of the second get new numbers.

    Raises
    ------
    CultureError
        Either state cannot be carried on.
    """
    check_state(first)
    check_state(second)
    shift = first.position_mm.mean(axis=0) - second.position_mm.mean(axis=0)
    moved = second.position_mm + shift
    shift[0] += _gap(first.position_mm, first.radius_mm, moved, second.radius_mm)
    numbers = first.next_cell + np.arange(len(second), dtype=np.int64)
    other = replace(second, cell=numbers, position_mm=second.position_mm + shift)
    both = replace(joined(first, other), next_cell=first.next_cell + len(second), fields=None)
    return fed(both, culture, parameters, 0.0)


def _gap(first: Array, r1: Array, second: Array, r2: Array) -> float:
    """Return how far the second cells must move along x until the foremost pair of cells touches."""
    far = 0.0
    for place, radius in zip(second, r2, strict=True):
        aside = np.hypot(first[:, 1] - place[1], first[:, 2] - place[2])
        reach = (r1 + radius) ** 2 - aside**2
        meets = reach > 0
        if meets.any():
            far = max(far, float(np.max(first[meets, 0] + np.sqrt(reach[meets]) - place[0])))
    return far


def _strewn(
    cell: NDArray[np.int64], culture: Culture, parameters: Parameters, seed: int, spread: float | None
) -> Array:
    """Strew cells evenly: in a ball, in a cylinder above a flat bottom, or in the cap of a round one."""
    drawn = uniforms(seed, 0, cell, PLACE)
    room = len(cell) * parameters.free_volume / _LOOSE
    radius = math.cbrt(3 * parameters.free_volume / (4 * math.pi))
    if culture.well == "open":
        ball = math.cbrt(3 * room / (4 * math.pi))
        return ball * np.cbrt(drawn[:, 2:3]) * directions(seed, 0, cell, PLACE + 1)
    if culture.well == "flat":
        half = radius * math.sqrt(2 * len(cell))
        across = half if spread is None else spread
        height = radius + drawn[:, 2] * room / (math.pi * across**2)
        return _upright(drawn, np.full(len(cell), across), height)
    bowl = culture.bowl_mm - radius
    depth = _cap_depth(room, bowl)
    # Heights of even density in a cap: its volume below h is π h² (R - h/3).
    heights = np.linspace(0, depth, 2000)
    below = heights**2 * (bowl - heights / 3)
    height = np.interp(drawn[:, 2] * below[-1], below, heights)
    across = np.sqrt(np.maximum(height * (2 * bowl - height), 0.0))
    return _upright(drawn, across, height + radius)


def _upright(drawn: Array, across: Array, height: Array) -> Array:
    angle, out = 2 * np.pi * drawn[:, 0], across * np.sqrt(drawn[:, 1])
    return np.stack((out * np.cos(angle), out * np.sin(angle), height), axis=1)


def _cap_depth(room: float, bowl: float) -> float:
    """Return how deep a volume stands in a round bottom, mm.

    Raises
    ------
    CultureError
        The bottom is too small for the cells.
    """
    if bowl <= 0 or room > 2 / 3 * math.pi * bowl**3:
        least = math.cbrt(room / (2 / 3 * math.pi))
        given = f"a round bottom of {max(bowl, 0.0):.3g} mm"
        raise CultureError(Mistake("culture.bowl_mm", given, f"these cells need {least:.3g} mm at least"))
    low, high = 0.0, bowl
    for _ in range(60):
        middle = (low + high) / 2
        if math.pi * middle**2 * (bowl - middle / 3) < room:
            low = middle
        else:
            high = middle
    return high


def _settled(position: Array, volume: Array, culture: Culture, parameters: Parameters) -> Array:
    """Let soft balls that do not stick sink for an hour."""
    radius = np.cbrt(volume * (3 / (4 * np.pi)))
    days = _MINUTES / (24 * 60)
    hold = 6 * math.pi * parameters.medium_viscosity * radius / days
    law = Contact(_SOFT * parameters.modulus_mpa / (2 * (1 - parameters.poisson**2)), 0.0, 1.0)
    weight = volume * (0.0 if culture.well == "open" else parameters.excess_weight)
    flat = law.modulus * 8 / 3 * float(radius.mean()) ** 2
    slack = 0.02 * max(float(weight.mean()), 1e-3 * flat) / flat
    about = Surroundings(radius, weight, hold, 0.0, law, culture.wall, slack, _PASSES)
    for _ in range(_STEPS):
        position = move(position, position, about).position
    return position


def _begun(bare: State, culture: Culture, parameters: Parameters) -> State:
    """Return the cells with the neighbours they touch, fed where they lie."""
    touched = replace(bare, contacts=touching(bare.position_mm, bare.radius_mm))
    return fed(touched, culture, parameters, 0.0)


def _bare(
    cell: NDArray[np.int64],
    position: Array,
    volume: Array,
    culture: Culture,
    parameters: Parameters,
    seed: int,
) -> State:
    n, zero = len(cell), np.zeros(len(cell))
    return State(
        cell=cell,
        position_mm=position,
        volume_mm3=volume,
        left=np.ones(n),
        crawl=first_crawl(cell, seed, 0, parameters.speed),
        contacts=np.zeros(n, np.int32),
        oxygen_mM=zero,
        glucose_mM=zero,
        energy=zero,
        day=0.0,
        medium_glucose_mM=culture.fresh_mM,
        fields=None,
        seed=seed,
        step=0,
        next_cell=n,
    )
