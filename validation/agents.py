"""Agent-based spheroids: closed forms, agreement with the radial mode, and what a culture costs."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from spondyl.donor import CellBatch
from spondyl.spheroid import agents, culture
from spondyl.spheroid.agents.contact import contact
from spondyl.spheroid.agents.field import Solute, solve
from spondyl.spheroid.agents.mesh import Outside, mesh_around
from spondyl.spheroid.agents.moving import Surroundings, gradient_at, move
from spondyl.spheroid.radius import settled_radius_mm
from spondyl.threads import available_threads
from validation.row import Row, below, number

_HUMAN = CellBatch("human", 2e7, 0.95, 0.05, 6.0, 3, 21.0, 7)
_R = 0.006
_SPACINGS = (0.05, 0.04, 0.03, 0.025, 0.02, 0.015, 0.0125, 0.01)
"""Cubes, mm, of a ball of 0.2 mm; each cuts its surface differently, so many are needed."""
_SIZES = {500: "foretold", 1000: "foretold", 2000: "fitted", 4000: "foretold"}
"""Cells of a spheroid, and whether the pull of protrusions was fitted to its radius."""


def laws() -> Iterator[Row]:
    """Mechanics and fields against closed forms."""
    law = contact(5e-4, 0.4, 0.9, 1.25, 0.05, 1.75)
    pair = np.array([[0.0, 0, 0], [1.1 * 2 * _R, 0, 0]])
    quiet = Surroundings(np.full(2, _R), np.zeros(2), np.full(2, 1e-14), 0.0, law, (0.0, 1.0), 1e-10)
    rest = np.linalg.norm(np.diff(move(pair, pair, quiet).position, axis=0)) / (2 * _R)
    yield number("two agents", "distance at rest over the sum of radii", 0.9, float(rest), relative=1e-6)
    rng = np.random.Generator(np.random.Philox(1))
    heap = rng.normal(size=(2000, 3)) * 8 * _R
    many = Surroundings(np.full(2000, _R), np.zeros(2000), np.full(2000, 1e-14), 0.0, law, (0.0, 1.0), 1e-3)
    slope = gradient_at(heap, heap, many)
    lost = float(np.abs(slope.sum(axis=0)).max() / np.abs(slope).sum())
    yield below("2,000 agents", "sum of all forces over the sum of their sizes", 1e-13, lost, "")
    errors = [_sphere_error(spacing) for spacing in _SPACINGS]
    order = float(np.polyfit(np.log(_SPACINGS), np.log(errors), 1)[0])
    check = "oxygen of uptake of order zero in a ball: order of convergence, 4 to 20 cubes a radius"
    yield Row("field of agents", check, "2", f"{order:.2f}", "at least 1.5", order >= 1.5)


def _sphere_error(spacing: float) -> float:
    radius, diffusion, uptake = 0.2, 147.0, 400.0
    outside = Outside(diffusion, 1 / (4 * math.pi * diffusion * radius))
    mesh = mesh_around(np.full((1, 3), 0.003), np.array([radius]), spacing)
    parts, total = (np.arange(6) + 0.5) / 6 - 0.5, np.zeros(mesh.shape)
    axes = [o + spacing * np.arange(n) - 0.003 for o, n in zip(mesh.origin_mm, mesh.shape[::-1], strict=True)]
    for dz in parts:
        for dy in parts:
            for dx in parts:
                x, y, z = ((axis + d * spacing) ** 2 for axis, d in zip(axes, (dx, dy, dz), strict=True))
                total += z[:, None, None] + y[None, :, None] + x[None, None, :] < radius**2
    found = solve(
        mesh,
        Solute(0.2, 1e-9, outside),
        uptake * total / 216,
        np.full(mesh.shape, diffusion),
        tolerance=1e-10,
    )
    distance = mesh.distance()
    exact = 0.2 - uptake * radius**2 / (3 * diffusion) - uptake / (6 * diffusion) * (radius**2 - distance**2)
    inner = distance < 0.8 * radius
    return float(np.abs(found.value - exact)[inner].max())


def agreement() -> Iterator[Row]:
    """Shell averages of the agents against the radial mode after three days."""
    for cells, how in _SIZES.items():
        course = culture(_HUMAN, cells_each=cells, count=10, osteogenic="3 day", network=None)
        about, own = agents.culture_of(course), agents.parameters()
        state = agents.run(agents.form(cells, about, own, seed=1), about, own, [3.0]).states[-1]
        shells, k = agents.shell_means(state, 5), course.at(3.0)
        subject = f"{cells:,} agents, day 3"
        radius = 1000 * agents.shape(state).gyration_mm * math.sqrt(5 / 3)
        truth = 1000 * settled_radius_mm(cells, course.numbers)
        yield number(
            subject,
            f"radius (of the ball as wide), radial mode, {how}",
            truth,
            radius,
            relative=0.1,
            unit="µm",
        )
        for name in ("oxygen_mM", "glucose_mM"):
            mine = float(np.average(getattr(shells, name), weights=np.maximum(shells.living, 1e-9)))
            theirs = float(course.mean(getattr(course.shells, name))[k])
            yield number(
                subject,
                f"{name[:-3]} at the living cells, radial mode",
                theirs,
                mine,
                relative=0.03,
                unit="mmol/L",
            )
        alive = float(shells.living.sum() / (shells.living + shells.dead).sum())
        yield number(subject, "viability, radial mode", float(course.viability[k]), alive, absolute=0.02)


def cost() -> Iterator[Row]:
    """Processor time of 4,000 cells over 21 days with oxygen, glucose, division and death."""
    course = culture(_HUMAN, cells_each=4000, count=96, osteogenic="20 day", network=None)
    like, own = agents.culture_of(course), agents.parameters()
    about = replace(like, cells=like.cells._replace(growth_rate=0.2, steady_hazard=0.02))
    agents.run(agents.form(50, about, own, seed=1), about, own, [0.2])
    begin, wall = time.process_time(), time.perf_counter()
    agents.run(agents.form(4000, about, own, seed=1), about, own, [21.0], threads=min(2, available_threads()))
    wall = time.perf_counter() - wall
    yield below("4,000 agents, 21 days", "time on two cores", 60, wall, "s")
    yield below(
        "4,000 agents, 21 days",
        "processor time (PhysiCell: about 8,000)",
        120,
        time.process_time() - begin,
        "s",
    )


CHECKS = (laws, agreement, cost)
