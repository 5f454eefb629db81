"""Loading a body in steps until it fails.

The prescribed displacements grow in proportion from zero to their full values. Each step looks for the
equilibrium of the elements as they yield and weaken (:mod:`spondyl.mechanics.damage_law`), beginning where
the last step pointed. Steps shrink where equilibrium is hard to find and grow again where it is easy.
Displacements are small: the geometry is that of rest, and slender bone does not buckle.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MechanicsError, Mistake
from spondyl.mechanics.damage_law import Law, State
from spondyl.mechanics.equilibrium import Balance, Body, evaluate, find_equilibrium, stored_energy
from spondyl.mechanics.failure_curve import CurvePoint, FailureCurve, Stopped
from spondyl.mechanics.internal_force import elements_of
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.solution import Solution
from spondyl.mechanics.solve import solve
from spondyl.mechanics.tissue import Tissue, bone_tissue, curves

Array = NDArray[np.float64]

INNER_TOLERANCE = 0.05
"""Relative residual of the linear solves inside."""

EASY, HARD, MOST = 12, 25, 35
"""Linear solves in a step up to which steps grow, beyond which they shrink, and at which it is given up."""

SMALL_STEP, SMALLEST_STEP = 1 / 16, 1 / 256
"""Shares of the full step at which patience helps more than a smaller step, and below which nothing does."""

PATIENT = 80
"""Linear solves at which a small step is given up."""


class _Course(NamedTuple):
    """How the loading goes: the motion at the end of the travel, its size, and how it is stepped.

    Parameters
    ----------
    motion : prescribed displacements, zero elsewhere, mm, (n, 3).
    travel_mm : the largest of them.
    steps, stop_share, tolerance : as for :func:`load_to_failure`.
    report : called after each step.
    """

    motion: Array
    travel_mm: float
    steps: int
    stop_share: float
    tolerance: float
    report: Callable[[CurvePoint], None]


def load_to_failure(
    model: Model,
    conditions: Conditions,
    tissue: Tissue | None = None,
    *,
    breakable: NDArray[np.bool_] | None = None,
    steps: int = 40,
    stop_share: float = 0.8,
    tolerance: float = 1e-3,
    backend: str = "auto",
    threads: int | None = None,
    progress: Callable[[CurvePoint], None] | None = None,
) -> FailureCurve:
    """Return the load–displacement curve of a body up to and beyond its largest load.

    Parameters
    ----------
    model : what is loaded.
    conditions : displacements at the end of the travel, such as those of platens; no forces, not periodic.
    tissue : strength of the elements; that of bone tissue if None.
    breakable : voxels that can fail, (z, y, x); the others stay elastic (discs, embedding). All if None.
    steps : number of steps of the travel where none is hard.
    stop_share : share of the largest load below which the loading ends; 0 goes to the end of the travel.
    tolerance : norm of the nodal forces out of balance over that of the reactions, in each step.
    backend, threads : as for :func:`spondyl.mechanics.solve.solve`.
    progress : called after each step.

    Raises
    ------
    MechanicsError
        If nothing is moved, forces or periodic conditions are given, or voxels are too large for the
        softening of the tissue.
    """
    _check(model, conditions, breakable, steps, stop_share, tolerance)
    linear = partial(solve, tolerance=INNER_TOLERANCE, backend=backend, threads=threads)
    elastic = linear(model, conditions, tolerance=min(tolerance, 1e-6))
    body = _body(elastic, conditions, tissue or bone_tissue(), breakable, linear)
    furthest = int(np.abs(conditions.values).argmax())
    travel_mm = abs(float(conditions.values[furthest]))
    report = progress or (lambda _: None)
    course = _Course(_motion(body, conditions), travel_mm, steps, stop_share, tolerance, report)
    points, last, stopped = _walk(body, elastic, course)
    return FailureCurve(
        points=tuple(points),
        stiffness_n_per_mm=float(elastic.reaction @ conditions.values) / travel_mm**2,
        gauge_mm=model.grid.size_mm[2 - int(conditions.components[furthest])],
        stopped=stopped,
        model=elastic.model,
        nodes=elastic.nodes,
        displacement=np.ascontiguousarray(last.displacement.T),
        state=last.response.state,
        damage=1 - last.response.left,
    )


def _walk(body: Body, elastic: Solution, course: _Course) -> tuple[list[CurvePoint], Balance, Stopped]:
    """Return the points of the curve, the last equilibrium and why it ended there."""
    now = evaluate(body, State.fresh(body.elements.modulus.size), np.zeros(course.motion.shape))
    points = [CurvePoint(0.0, 0.0, 0.0, 0.0, 0.0, 0)]
    rate = elastic.displacement.T
    step = full = 1 / course.steps
    while (travel := points[-1].travel) < 1:
        aim = 1.0 if travel + step > 1 - full * SMALLEST_STEP else travel + step
        begun = now.displacement + (aim - travel) * rate
        most = PATIENT if step <= full * SMALL_STEP else MOST
        then = find_equilibrium(body, now.response.state, begun, course.tolerance, most)
        if then.imbalance > course.tolerance:
            step /= 4
            if step < full * SMALLEST_STEP:
                return points, now, "no equilibrium"
            continue
        rate = (then.displacement - now.displacement) / (aim - travel)
        before = stored_energy(body, now)
        now = then
        points.append(_point(body, course, now, aim, points[-1], before))
        course.report(points[-1])
        if points[-1].load_n < course.stop_share * max(point.load_n for point in points):
            return points, now, "load fell"
        step = min(full, 2 * step) if now.iterations <= EASY else step / 2 if now.iterations > HARD else step
    return points, now, "end of travel"


def _point(
    body: Body, course: _Course, now: Balance, travel: float, last: CurvePoint, stored_before: float
) -> CurvePoint:
    """Return the next point of the curve; the load does the work of all reactions."""
    load = float(np.vdot(now.forces, course.motion)) / course.travel_mm
    displacement = travel * course.travel_mm
    work = (load + last.load_n) / 2 * (displacement - last.displacement_mm)
    dissipated = last.dissipated_n_mm + work + stored_before - stored_energy(body, now)
    damaged = float(1 - now.response.left.mean())
    return CurvePoint(travel, displacement, load, damaged, dissipated, now.iterations)


def _body(
    elastic: Solution,
    conditions: Conditions,
    tissue: Tissue,
    breakable: NDArray[np.bool_] | None,
    linear: Callable[[Model, Conditions], Solution],
) -> Body:
    elements = elements_of(elastic.model)
    solid = elastic.model.modulus > 0
    can_fail = np.ones(elements.modulus.size, np.bool_) if breakable is None else breakable[solid]
    if not can_fail.any():
        given = "none that carries stiffness and is held"
        raise MechanicsError(Mistake("breakable voxels", given, "needs at least one"))
    size = elements.volume_mm3 ** (1 / 3)
    # What stays elastic needs a curve of the right shape only.
    modulus = np.where(can_fail, elements.modulus, elements.modulus[can_fail].min())
    tension, compression = curves(tissue, modulus, size)
    held = np.zeros((elements.nodes.size, 3), np.bool_)
    row = np.minimum(np.searchsorted(elements.nodes, conditions.nodes), elements.nodes.size - 1)
    known = elements.nodes[row] == conditions.nodes
    held[row[known], conditions.components[known]] = True
    return Body(elements, Law(tension, compression, can_fail), held, conditions, linear)


def _motion(body: Body, conditions: Conditions) -> Array:
    """Return the prescribed displacements at the end of the travel, zero elsewhere, mm, (n, 3)."""
    nodes = body.elements.nodes
    row = np.minimum(np.searchsorted(nodes, conditions.nodes), nodes.size - 1)
    known = nodes[row] == conditions.nodes
    motion = np.zeros((nodes.size, 3))
    motion[row[known], conditions.components[known]] = conditions.values[known]
    return motion


def _check(
    model: Model,
    conditions: Conditions,
    breakable: NDArray[np.bool_] | None,
    steps: int,
    stop_share: float,
    tolerance: float,
) -> None:
    wrong = []
    if conditions.periodic:
        wrong.append(
            Mistake("conditions", "periodic ones", "must be displacements of nodes, such as platens")
        )
    if np.any(conditions.force_values):
        wrong.append(Mistake("forces", "some", "must be none: a load beyond the largest has no equilibrium"))
    if not np.any(conditions.values):
        wrong.append(Mistake("displacements", "none that moves", "must move some nodes, such as a platen"))
    if steps < 1:
        wrong.append(Mistake("steps", f"{steps}", "must be at least 1"))
    if not 0 <= stop_share < 1:
        wrong.append(Mistake("stop share", f"{stop_share:g}", "must be at least 0, below 1"))
    if not 1e-10 <= tolerance <= 0.1:
        wrong.append(Mistake("tolerance", f"{tolerance:g}", "must lie between 1e-10 and 0.1"))
    if breakable is not None and breakable.shape != model.grid.shape:
        given = f"shape {breakable.shape} on a grid of {model.grid.shape}"
        wrong.append(Mistake("breakable voxels", given, "must have the shape of the grid"))
    if wrong:
        raise MechanicsError(wrong)
