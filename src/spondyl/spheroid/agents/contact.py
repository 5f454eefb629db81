"""Forces between two cells, and between a cell and the wall of the well.

Elastic spheres after Hertz push each other away; smooth pulls of finite reach, polynomials as in
Ghaffarizadeh et al. (2018), hold them together: the short one is adhesion, the long, weak one the pull of
protrusions. With s the distance over the sum of the radii,

    F = K [ (1 - s)^(3/2)  -  A (1 - s/a)²  -  T (1 - s/b)² ],    K = 4/3 E/(2 (1 - ν²)) √(r₁ r₂) (r₁ + r₂)

each term only where its bracket is positive. A is set so that two cells rest at the distance s₀:
A = [(1 - s₀)^(3/2) - T (1 - s₀/b)²] / (1 - s₀/a)². So distances at rest do not depend on the modulus.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inlined, kernel

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contact:
    """The law of contact in plain numbers.

    Parameters
    ----------
    modulus : E/(2 (1 - ν²)), MPa.
    pull, reach : A and a, of adhesion.
    traction, grasp : T and b, of protrusions.
    """

    modulus: float
    pull: float
    reach: float
    traction: float = 0.0
    grasp: float = 1.0

    @property
    def farthest(self) -> float:
        """Distance at which two cells cease to feel each other, over the sum of their radii."""
        return max(1.0, self.reach if self.pull > 0 else 0.0, self.grasp if self.traction > 0 else 0.0)


def contact(
    modulus_mpa: float,
    poisson: float,
    spacing: float,
    reach: float,
    traction: float = 0.0,
    grasp: float = 1.0,
) -> Contact:
    """Return the law of two equal materials that rest at `spacing` (s₀).

    Examples
    --------
    >>> law = contact(1e-3, 0.5, 0.9, 1.25)
    >>> abs(pair_force(0.018, 0.01, 0.01, law)) < 1e-18
    True
    """
    held = (1 - spacing) ** 1.5 - traction * max(1 - spacing / grasp, 0.0) ** 2
    pull = held / (1 - spacing / reach) ** 2
    return Contact(modulus_mpa / (2 * (1 - poisson**2)), pull, reach, traction, grasp)


@inlined
def pair(square: float, together: float, root: float, law: Any) -> Any:
    """Return the force between two cells over their distance, N/mm, positive apart, and their energy, N mm.

    Parameters
    ----------
    square : squared distance, mm².
    together, root : sum of the radii, mm, and product of their square roots, mm.
    law : see :func:`numbers`.
    """
    distance = math.sqrt(square)
    s = distance / together
    over, near, away = 1.0 - s, 1.0 - s * law[2], 1.0 - s * law[4]
    over = over if over > 0.0 else 0.0
    near = near if near > 0.0 else 0.0
    away = away if away > 0.0 else 0.0
    push, pull, draw = math.sqrt(over) * over, law[1] * near * near, law[3] * away * away
    scale = law[0] * root * together
    force = scale * (push - pull - draw)
    energy = scale * together * (0.4 * push * over - pull * near * law[5] - draw * away * law[6])
    return force / (distance + 1e-300), energy


@inlined
def wall(depth: float, radius: float, modulus: float) -> Any:
    """Return the force of a hard wall, N, on a cell pressed into it by `depth`, and its energy, N mm.

    `modulus` is the first of :func:`numbers`.
    """
    if depth <= 0.0:
        return 0.0, 0.0
    scale = 2.0 * modulus * math.sqrt(radius)
    root = math.sqrt(depth) * depth
    return scale * root, 0.4 * scale * root * depth


def numbers(law: Contact) -> Array:
    """Return the law as kernels read it: 4/3 modulus, pulls with one over their reaches, thirds of those."""
    scale = 4 / 3 * law.modulus
    over = (1 / law.reach, law.traction, 1 / law.grasp)
    return np.array([scale, law.pull, *over, law.reach / 3, law.grasp / 3])


def pair_force(distance: float, r1: float, r2: float, law: Contact) -> float:
    """Return the force between two cells, N, positive apart."""
    return distance * float(_pair(distance**2, r1 + r2, math.sqrt(r1) * math.sqrt(r2), numbers(law))[0])


@kernel
def _pair(square: float, together: float, root: float, law: Any) -> Any:
    return pair(square, together, root, law)
