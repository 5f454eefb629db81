"""Cells move: one implicit step of overdamped motion, of any length.

The medium drags, touching cells rub, and both equal the sum of forces. Over a step from x₀ the new place
minimises

    Φ(x) = Σ drag/(2 dt) |e|² + Σ friction/(2 dt) |e₁ - e₂|² + energy of contacts, walls and weights

with e = x - x₀ - dt v, v the velocity that the cell gives itself, and the second sum over pairs that touched
at the start. It is backward Euler: a step far longer than neighbours need to come to rest is stable, and ends
there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.spheroid.agents.contact import Contact, numbers
from spondyl.spheroid.agents.descent import descend, longest, remember, shorten
from spondyl.spheroid.agents.forces import slope
from spondyl.spheroid.agents.neighbours import Neighbours, closer, neighbours
from spondyl.threads import Team

Array = NDArray[np.float64]

TOUCH = 1.25
"""Distance over the sum of radii up to which two cells count as neighbours: as far as adhesion reaches."""
_SKIN = 0.6
"""Extra distance in the list of neighbours, in mean radii: fewer new lists against longer ones."""
_STRIDE = 0.3
"""Longest move of a cell in one iteration, in mean radii, so that cells do not pass through each other."""
_KEPT = 5
"""Moves remembered."""
_WORK = 20
"""Work of a cell in a pass over its neighbours, against a node of the mechanics engine, for the team."""


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What does not change during the step.

    Parameters
    ----------
    radius, weight : of each cell, mm and N, (n,).
    hold : drag over the time step, N/mm, (n,).
    rub : friction of two touching cells over the time step and the sum of their radii, N/mm².
    law : of contact.
    well : kind and radius, mm; see :mod:`spondyl.spheroid.agents.forces`.
    tolerance : largest force out of balance, as a share of the force that presses two cells flat.
    passes : evaluations of all forces after which the step is taken as it is; the next goes on from there.
    """

    radius: Array
    weight: Array
    hold: Array
    rub: float
    law: Contact
    well: tuple[float, float]
    tolerance: float
    passes: int = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Where the cells are after the step.

    Parameters
    ----------
    position : (n, 3), mm.
    contacts : neighbours that each cell feels, (n,).
    unbalanced : largest force out of balance, as a share of the force that presses two cells flat.
    passes : evaluations of all forces.
    """

    position: Array
    contacts: NDArray[np.int32]
    unbalanced: float
    passes: int


def move(start: Array, target: Array, about: Surroundings, threads: int = 1) -> Moved:
    """Take the step.

    Parameters
    ----------
    start : positions before it, (n, 3), mm.
    target : where each cell would be without forces, (n, 3), mm.
    about : the cells' surroundings.
    threads : changes no result.
    """
    team = Team(threads)
    try:
        return _Search(start, target, about, team).run()
    finally:
        team.close()


def touching(position: Array, radius: Array) -> NDArray[np.int32]:
    """Return how many neighbours each cell feels, (n,)."""
    near = neighbours(position, radius, TOUCH, 0.0)
    return np.diff(closer(near, position, radius, TOUCH).start)


def gradient_at(position: Array, target: Array, about: Surroundings) -> Array:
    """Return the force out of balance on each cell, N, (n, 3), with its sign turned."""
    return _Search(position, target, about, Team(1)).gradient


class _Search:
    """The state of one search for the minimum."""

    def __init__(self, start: Array, target: Array, about: Surroundings, team: Team) -> None:
        self.about, self.team, self.target = about, team, np.ascontiguousarray(target)
        self.mean = float(about.radius.mean())
        self.law, self.root = numbers(about.law), np.sqrt(about.radius)
        self.far = max(about.law.farthest, TOUCH)
        self.well = np.array(about.well)
        self.flat = about.law.modulus * 8 / 3 * self.mean**2
        self.passes = 0
        self.position = np.array(start, np.float64, order="C")
        self._relist()
        self.held = closer(self.near, self.position, about.radius, TOUCH)
        self.gradient, self.energy = self._slope(self.position)

    def run(self) -> Moved:
        n = len(self.position)
        moves, turns, products = np.empty((_KEPT, n, 3)), np.empty((_KEPT, n, 3)), np.empty(_KEPT)
        way = np.empty((n, 3))
        newest, kept = 0, 0
        soft = 1.0 / (float(self.about.hold.max()) + 2 * self.flat / self.mean)
        while self.passes < self.about.passes and longest(self.gradient) > self.about.tolerance * self.flat:
            descend(self.gradient, moves, turns, products, newest, kept, soft, way)
            before, gradient = self.position, self.gradient
            self._advance(way)
            slot = (newest + 1) % _KEPT if kept else 0
            if remember(moves, turns, products, slot, self.position, before, self.gradient, gradient):
                newest, kept = slot, min(kept + 1, _KEPT)
            else:
                kept = 0
        return self._result()

    def _advance(self, way: Array) -> None:
        """Step along the way, each cell no more than the longest stride; shorten while the energy rises."""
        shorten(way, _STRIDE * self.mean)
        size = 1.0
        for _ in range(8):
            tried = self.position + size * way
            if longest(tried - self.listed) > 0.5 * _SKIN * self.mean:
                self._relist(tried)
            gradient, energy = self._slope(tried)
            if energy <= self.energy + 1e-9 * abs(self.energy):
                break
            size *= 0.25
        self.position, self.gradient, self.energy = tried, gradient, energy

    def _relist(self, position: Array | None = None) -> None:
        self.listed = self.position if position is None else position
        about = self.about
        self.near: Neighbours = neighbours(self.listed, about.radius, self.far, _SKIN * self.mean)

    def _slope(self, position: Array) -> tuple[Array, float]:
        n = len(position)
        gradient, energy = np.empty((n, 3)), np.empty(n)
        about, near = self.about, self.near
        fixed = (
            self.target,
            about.hold,
            about.radius,
            self.root,
            about.weight,
            near.start,
            near.other,
            self.law,
            self.well,
        )
        rubbing = (about.rub, self.held.start, self.held.other)
        self.team.run(slope, n, n * _WORK, position, *fixed, *rubbing, gradient, energy)
        self.passes += 1
        return gradient, float(energy.sum())

    def _result(self) -> Moved:
        count = np.diff(closer(self.near, self.position, self.about.radius, TOUCH).start)
        return Moved(self.position, count, longest(self.gradient) / self.flat, self.passes)
