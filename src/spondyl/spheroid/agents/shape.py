"""What a spheroid of agents looks like: its size, how round and dense it is, and averages over shells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import CultureError, Mistake
from spondyl.spheroid.agents.state import State

Array = NDArray[np.float64]

_DIRECTIONS = 500
"""Directions in which the outline is felt; the mean radius of a ball is exact with any number."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Size and form of all cells together.

    Parameters
    ----------
    cells, living : numbers.
    gyration_mm : root mean square distance of the cells from their middle, by volume.
    radius_mm : of the ball that is as wide as the cells' hull is in the mean over all directions.
    sphericity : surface of the ball of the hull's volume over the hull's surface: 1 for a ball.
    roundness : shortest over longest half axis of the ellipsoid with the cells' moments: 1 for a ball.
    packing : volume of the cells, as balls, in the inner ball of 0.7 radius over the volume of that ball.
    """

    cells: int
    living: int
    gyration_mm: float
    radius_mm: float
    sphericity: float
    roundness: float
    packing: float


def shape(state: State) -> Shape:
    """Measure the shape; of a single cell it is that of a ball."""
    position, radius, volume = state.position_mm, state.radius_mm, state.volume_mm3
    centre = np.average(position, axis=0, weights=volume)
    arm = position - centre
    own = np.sum(volume * radius**2) / 5  # the cells' own second moment about their middles, each axis
    moments = np.linalg.eigvalsh((volume * arm.T) @ arm + own * np.eye(3)) / volume.sum()
    outline = _outline(arm, radius)
    width = float(np.mean(np.einsum("ij,ij->i", outline, _directions())))
    inner = np.linalg.norm(arm, axis=1) < 0.7 * width
    return Shape(
        cells=len(state),
        living=int(np.count_nonzero(state.living)),
        gyration_mm=float(np.sqrt(moments.sum())),
        radius_mm=width,
        sphericity=_sphericity(outline),
        roundness=float(np.sqrt(moments[0] / moments[2])),
        packing=float(volume[inner].sum() / (4 / 3 * np.pi * (0.7 * width) ** 3)),
    )


def _directions() -> Array:
    """Directions evenly over the sphere along a golden spiral."""
    turn = np.arange(_DIRECTIONS)
    height = 1 - (2 * turn + 1) / _DIRECTIONS
    angle = np.pi * (3 - np.sqrt(5)) * turn
    across = np.sqrt(1 - height**2)
    return np.stack((across * np.cos(angle), across * np.sin(angle), height), axis=1)


def _outline(arm: Array, radius: Array) -> Array:
    """Return the outermost point of the cells in each direction, (directions, 3)."""
    ways = _directions()
    out = arm @ ways.T + radius[:, None]
    first = np.argmax(out, axis=0)
    return np.asarray(arm[first] + radius[first, None] * ways)


def _sphericity(outline: Array) -> float:
    from scipy.spatial import ConvexHull

    hull = ConvexHull(outline)
    # The hull of points on a ball has less surface than the ball by as much as it has less volume to the 2/3.
    return float(np.cbrt(36 * np.pi * hull.volume**2) / hull.area)


@dataclass(frozen=True, slots=True, eq=False)
class ShellMeans:
    """Averages over shells about the middle, from the middle outwards; NaN where a shell holds no cell.

    Parameters
    ----------
    face_mm : radii of the faces, the first 0, (shells + 1,).
    living, dead : cells, a dead one by the share of it that is left, (shells,).
    density : cells living or dead in a mm³, (shells,).
    viability : living over living and dead, (shells,).
    oxygen_mM, glucose_mM, energy : means of the living cells, (shells,).
    """

    face_mm: Array
    living: Array
    dead: Array
    density: Array
    viability: Array
    oxygen_mM: Array  # noqa: N815  mM is the unit's name
    glucose_mM: Array  # noqa: N815
    energy: Array


def shell_means(state: State, shells: int = 10) -> ShellMeans:
    """Average over shells of equal thickness up to the radius of the shape.

    Parameters
    ----------
    state : cells.
    shells : number, at least 1; what lies outside the last face counts to it.

    Raises
    ------
    CultureError
        Fewer than one shell.
    """
    if shells < 1:
        raise CultureError(Mistake("shells", str(shells), "must be at least 1"))
    face = np.linspace(0, shape(state).radius_mm, shells + 1)
    centre = np.average(state.position_mm, axis=0, weights=state.volume_mm3)
    distance = np.linalg.norm(state.position_mm - centre, axis=1)
    shell = np.minimum(np.searchsorted(face, distance, side="right") - 1, shells - 1)
    alive = state.living

    def total(weight: Array) -> Array:
        return np.bincount(shell, weights=weight, minlength=shells).astype(np.float64)

    living, dead = total(alive.astype(float)), total(np.where(alive, 0.0, state.left))
    with np.errstate(invalid="ignore", divide="ignore"):
        means = [total(np.where(alive, field, 0.0)) / living for field in _levels(state)]
        viability = living / (living + dead)
    room = 4 / 3 * np.pi * np.diff(face**3)
    return ShellMeans(face, living, dead, (living + dead) / room, viability, *means)


def _levels(state: State) -> tuple[Array, Array, Array]:
    return state.oxygen_mM, state.glucose_mM, state.energy
