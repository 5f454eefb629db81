"""Equilibrium of elements that yield and fail, at prescribed displacements.

Each iteration solves a linear model of secant moduli for the nodal forces still out of balance. What the last
iterations showed — how the residual changed when the displacement changed — is used first: the combination of
those changes that leaves the smallest residual is taken, and only the remainder goes to the linear solve
(Anderson 1965; as a multisecant quasi-Newton method, Fang and Saad 2009). The solves inside need few digits,
since the residual itself is computed afresh in float64 each time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MechanicsError
from spondyl.mechanics.damage_law import Law, Response, State, respond
from spondyl.mechanics.internal_force import (
    Elements,
    corrections,
    element_strains,
    forces_of_displacement,
    unit_stresses,
)
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.solution import Solution

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
LinearSolve = Callable[[Model, Conditions], Solution]

REMEMBERED = 6
"""Changes remembered; each keeps two vectors of the size of the displacement."""

LEAST_LEFT = 1e-4
"""Share of the modulus below which the linear models inside do not go; the residual knows the true one."""

ROUNDING = 1e-12
"""Share of all nodal forces below which those in one direction are taken for zero."""

EXPLAINED = 1e-2
"""Share of the residual below which what is left of it is not worth a linear solve."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is loaded.

    Parameters
    ----------
    elements : of the model, every part of which is held.
    law : of its tissue.
    held : degrees of freedom with a prescribed displacement, (n, 3).
    supports : conditions that prescribe the same displacements, whatever their values.
    solve : the linear solver.
    """

    elements: Elements
    law: Law
    held: Mask
    supports: Conditions
    solve: LinearSolve


@dataclass(frozen=True, slots=True)
class Balance:
    """A displacement, what it makes of the elements, and the nodal forces that hold it.

    Parameters
    ----------
    displacement : mm, (n, 3).
    response : of the elements.
    forces : N, (n, 3): reactions where held, out of balance elsewhere.
    imbalance : norm of the forces where free over that of the reactions.
    iterations : linear solves it took.
    """

    displacement: Array
    response: Response
    forces: Array
    imbalance: float
    iterations: int


def find_equilibrium(
    body: Body, state: State, begun: Array, tolerance: float, most_iterations: int
) -> Balance:
    """Return the equilibrium nearest to a displacement, or the last try when it was not reached.

    Parameters
    ----------
    state : of the elements before the step.
    begun : displacement to begin from, with the prescribed values of the step, mm, (n, 3).
    tolerance : imbalance at which to stop.
    most_iterations : linear solves after which to give up.
    """
    now = evaluate(body, state, begun)
    moves: list[Array] = []
    changes: list[Array] = []
    products = np.zeros((0, 0))
    while now.imbalance > tolerance and now.iterations < most_iterations:
        residual = _free(body, now.forces)
        shares = _combination(changes, products, residual)
        step = -_sum(shares, moves, residual)
        remainder = residual - _sum(shares, changes, residual)
        if np.linalg.norm(remainder) > EXPLAINED * np.linalg.norm(residual):
            try:
                step += _linear_step(body, now.response, remainder)
            except MechanicsError:
                return now
        after = evaluate(body, state, now.displacement + step, iterations=now.iterations + 1)
        if after.imbalance > now.imbalance:
            # Elements began or ceased to flow: what was learnt no longer holds.
            moves, changes, products = [], [], np.zeros((0, 0))
        else:
            moves = [*moves, step][-REMEMBERED:]
            changes = [*changes, _free(body, after.forces) - residual][-REMEMBERED:]
            products = _products(products, changes)
        now = after
    return now


def _products(known: Array, changes: list[Array]) -> Array:
    """Return the products of all pairs of changes, given those before the last one came."""
    count = len(changes)
    products = np.empty((count, count))
    products[:-1, :-1] = known[known.shape[0] - count + 1 :, known.shape[0] - count + 1 :]
    products[-1] = products[:, -1] = [_dot(change, changes[-1]) for change in changes]
    return products


def _sum(shares: Array, vectors: list[Array], like: Array) -> Array:
    total = np.zeros_like(like)
    for share, vector in zip(shares, vectors, strict=True):
        total += share * vector
    return total


def evaluate(body: Body, state: State, displacement: Array, iterations: int = 0) -> Balance:
    """Return the forces that a displacement needs from the state of the elements before it."""
    elements = body.elements
    response = respond(body.law, state, element_strains(elements, displacement))
    modulus = response.left * elements.modulus
    plastic_stress = modulus[:, None] * unit_stresses(elements, response.state.plastic)
    forces = forces_of_displacement(elements, displacement, modulus, plastic_stress)
    reaction = float(np.linalg.norm(forces[body.held]))
    free = float(np.linalg.norm(_free(body, forces)))
    imbalance = free / reaction if reaction else float(free > 0)
    return Balance(displacement, response, forces, imbalance, iterations)


def _free(body: Body, forces: Array) -> Array:
    """Return the forces where nothing is held, without a direction that is nothing but rounding.

    A bar under frictionless platens has nothing but rounding across its axis, where nothing holds it.
    """
    free = np.where(body.held, 0.0, forces)
    counts = np.linalg.norm(free, axis=0) > ROUNDING * np.linalg.norm(forces)
    return np.where(counts, free, 0.0)


def _combination(changes: list[Array], products: Array, residual: Array) -> Array:
    """Return the shares of the changes that come closest to the residual, given their products."""
    if not changes:
        return np.zeros(0)
    against = np.array([_dot(change, residual) for change in changes])
    shares: Array = np.linalg.lstsq(products, against, rcond=1e-12)[0]
    return shares


def _linear_step(body: Body, response: Response, residual: Array) -> Array:
    """Return the displacement that the residual would cause in a model of secant moduli."""
    elements = body.elements
    modulus = np.zeros(elements.model.grid.shape, np.float32)
    modulus[elements.model.modulus > 0] = elements.modulus * np.maximum(response.secant, LEAST_LEFT)
    loads = corrections(body.supports, elements, -residual)
    return body.solve(replace(elements.model, modulus=modulus), loads).displacement.T


def _dot(a: Array, b: Array) -> float:
    """Return the product of two vectors; the sums of a matrix library would depend on its threads."""
    return float(np.einsum("ij,ij", a, b))


def stored_energy(body: Body, balance: Balance) -> float:
    """Return the elastic energy of the elements in equilibrium, N mm."""
    elements, plastic = body.elements, balance.response.state.plastic
    elastic = element_strains(elements, balance.displacement) - plastic
    stresses = (balance.response.left * elements.modulus)[:, None] * unit_stresses(elements, elastic)
    from_loads = float(np.vdot(balance.forces, balance.displacement))
    return (from_loads - elements.volume_mm3 * float(np.vdot(stresses, plastic))) / 2
