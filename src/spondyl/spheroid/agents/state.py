"""Cells of one spheroid, or of several that touch, at one moment."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import CultureError, Mistake

Array = NDArray[np.float64]

_PER_CELL = (
    "cell",
    "position_mm",
    "volume_mm3",
    "left",
    "crawl",
    "contacts",
    "oxygen_mM",
    "glucose_mM",
    "energy",
)
_DEEPEST = 0.3
"""Distance over the sum of radii below which two cells of a given state are refused as one in another."""


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """Oxygen and glucose on cubes.

    Parameters
    ----------
    origin : place of the first cube in cubes from zero, x, y, z.
    spacing_mm : edge of a cube.
    oxygen_mM, glucose_mM : (z, y, x).
    """

    origin: tuple[int, int, int]
    spacing_mm: float
    oxygen_mM: Array  # noqa: N815  mM is the unit's name
    glucose_mM: Array  # noqa: N815


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Cells as arrays, and all that the next step depends on.

    Columns of vectors are x, y, z, z upwards; the lowest point of the well is the origin.

    Parameters
    ----------
    cell : number of each cell, never used twice, (n,).
    position_mm : middles, (n, 3).
    volume_mm3 : of each cell, (n,).
    left : 1 for a living cell; the share of its volume at death that is left of a dead one, (n,).
    crawl : velocity a living cell gives itself, mm/day, (n, 3).
    contacts : cells that each one feels, (n,).
    oxygen_mM, glucose_mM : at each cell, (n,).
    energy : that each cell makes, over what it would make with plenty, (n,).
    day : since the cells were brought together.
    medium_glucose_mM : in the mixed medium.
    fields : oxygen and glucose around the cells; None before they were solved.
    seed, step, next_cell : of the random numbers, steps taken, and the number of the next new cell.
    """

    cell: NDArray[np.int64]
    position_mm: Array
    volume_mm3: Array
    left: Array
    crawl: Array
    contacts: NDArray[np.int32]
    oxygen_mM: Array  # noqa: N815
    glucose_mM: Array  # noqa: N815
    energy: Array
    day: float
    medium_glucose_mM: float  # noqa: N815
    fields: Fields | None
    seed: int
    step: int
    next_cell: int

    @property
    def living(self) -> NDArray[np.bool_]:
        """Which cells live, (n,)."""
        return np.asarray(self.left == 1.0)

    @property
    def radius_mm(self) -> Array:
        """Radius of each cell as a ball, (n,)."""
        return np.asarray(np.cbrt(self.volume_mm3 * (3 / (4 * np.pi))))

    def __len__(self) -> int:
        return len(self.cell)


def taken(state: State, which: NDArray[np.int64] | NDArray[np.bool_]) -> State:
    """Return the state with the cells chosen, in that order."""
    chosen: dict[str, Any] = {name: np.ascontiguousarray(getattr(state, name)[which]) for name in _PER_CELL}
    return replace(state, **chosen)


def joined(first: State, second: State) -> State:
    """Return the cells of both; all else is the first's."""
    both: dict[str, Any] = {
        name: np.concatenate((getattr(first, name), getattr(second, name))) for name in _PER_CELL
    }
    return replace(first, **both)


def in_order(state: State) -> State:
    """Return the cells by their number, so that no result depends on the order of a state's arrays."""
    if np.all(state.cell[1:] > state.cell[:-1]):
        return state
    return taken(state, np.argsort(state.cell))


def check_state(state: State) -> None:
    """Refuse a state that cannot be carried on.

    Raises
    ------
    CultureError
        No cells, arrays of other lengths, numbers that are not finite or out of range, a number used twice,
        or cells that lie in each other.
    """
    n = len(state.cell)
    wrong = []
    if n == 0:
        raise CultureError(Mistake("cells", "0", "there must be at least one cell"))
    for name in _PER_CELL:
        array = getattr(state, name)
        if len(array) != n:
            wrong.append(Mistake(name, f"{len(array)} entries", f"must have one for each of the {n} cells"))
        elif not np.all(np.isfinite(array)):
            given = f"{int(np.count_nonzero(~np.isfinite(array)))} numbers that are not finite"
            wrong.append(Mistake(name, given, "every number must be finite"))
    wrong = wrong or _ranges(state) or _overlaps(state)
    if wrong:
        raise CultureError(wrong)


def _ranges(state: State) -> list[Mistake]:
    wrong = []
    if len(np.unique(state.cell)) < len(state.cell) or int(state.cell.max()) >= state.next_cell:
        allowed = "each cell must have a number of its own, below next_cell"
        wrong.append(Mistake("cell", "numbers used twice or too high", allowed))
    if not np.all(state.volume_mm3 > 0):
        wrong.append(Mistake("volume_mm3", f"{state.volume_mm3.min():g}", "must be above zero"))
    if not np.all((state.left > 0) & (state.left <= 1)):
        wrong.append(
            Mistake("left", f"{state.left.min():g} to {state.left.max():g}", "must lie in 0 < left ≤ 1")
        )
    return wrong


def _overlaps(state: State) -> list[Mistake]:
    from spondyl.spheroid.agents.neighbours import neighbours

    near = neighbours(state.position_mm, state.radius_mm, _DEEPEST, 0.0)
    pairs = len(near.other) // 2
    if pairs == 0:
        return []
    first = int(np.searchsorted(near.start, 0, side="right") - 1)
    names = f"cells {state.cell[first]} and {state.cell[near.other[0]]}"
    given = f"{pairs} pairs of cells in each other ({names} first)"
    allowed = f"middles must be {_DEEPEST} of the sum of the radii apart at least"
    return [Mistake("position_mm", given, allowed)]


def per_cell() -> tuple[str, ...]:
    """Return the names of the arrays that hold one entry for each cell."""
    return tuple(field.name for field in fields(State) if field.name in _PER_CELL)
