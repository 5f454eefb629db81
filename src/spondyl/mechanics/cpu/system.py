"""The equations of one task: numbering, operator, preconditioner, load and first guess."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.backend import Task
from spondyl.mechanics.cpu.lanes import coefficients
from spondyl.mechanics.cpu.level import Level, make_level
from spondyl.mechanics.cpu.multigrid import Multigrid
from spondyl.mechanics.cpu.numbering import PAD
from spondyl.mechanics.cpu.operator import Operator
from spondyl.mechanics.cpu.places import belongs, compact, masters_of, node_numbers, spread
from spondyl.mechanics.cpu.supports import held
from spondyl.mechanics.element import stiffness
from spondyl.mechanics.rigid import node_positions
from spondyl.threads import Team

Double = NDArray[np.float64]
Index = NDArray[np.int64]

ROUND_OFF = 1e-14
"""Share of its summands below which a load is nothing but rounding."""


@dataclass(frozen=True, slots=True)
class System:
    """What conjugate gradients work on; vectors are flat, component by component, with unused zeros between.

    Parameters
    ----------
    multigrid, operator : preconditioner and stiffness.
    x : displacement so far, mm; of periodic models, its fluctuation.
    prescribed : displacement with all free ones zero.
    mean : displacement of the mean strain, None unless periodic.
    force : applied forces, N, None if there are none.
    entry : largest diagonal entry of an element of unit modulus, N/mm.
    places : of the prescribed degrees of freedom, −1 where overruled or of no node, (m,).
    """

    multigrid: Multigrid
    operator: Operator
    x: Double
    prescribed: Double
    mean: Double | None
    force: Double | None
    entry: float
    places: Index

    @property
    def finest(self) -> Level:
        """The level of the voxels themselves."""
        return self.multigrid.levels[0]

    def load(self, out: Double) -> float:
        """Write the residual of `prescribed`, N; return its norm, zero when it cancels to rounding."""
        norm = _residual(self.operator, self.prescribed, self.mean, self.force, out)
        if self.mean is None:
            return norm
        level = self.finest
        moduli = np.divide(1, level.diagonal, out=np.zeros_like(level.diagonal), where=level.diagonal > 0)
        summands = self.entry * np.tile(moduli, 3) * np.abs(self.prescribed + self.mean)
        return norm if norm > ROUND_OFF * float(np.linalg.norm(summands)) else 0.0

    def residual(self, out: Double) -> float:
        """Write the forces out of balance at free degrees of freedom, N; return their norm."""
        return _residual(self.operator, self.x, self.mean, self.force, out)

    def balance(self, load_norm: float) -> tuple[Double, float]:
        """Return the forces of the supports, N, (m,), and the residual over the norm of the load."""
        forces = np.zeros_like(self.x)
        total = self.x if self.mean is None else self.x + self.mean
        self.operator.apply(total, forces, everywhere=True)
        if self.force is not None:
            forces -= self.force
        reaction = np.where(self.places >= 0, forces[self.places], 0.0)
        forces[self.finest.held.fixed] = 0
        residual = float(np.linalg.norm(forces)) / load_norm if load_norm else 0.0
        return reaction, residual

    def energy(self) -> float:
        """Return the strain energy, N mm."""
        return self.operator.energy(self.x if self.mean is None else self.x + self.mean)

    def at_elements(self, vector: Double) -> tuple[Index, Double]:
        """Return the numbers of the nodes of elements, (n,), and the vector at them, (3, n)."""
        rows = self.finest.rows
        values = vector.reshape(3, rows.stride)[:, : rows.stride - PAD]
        numbers = node_numbers(rows)
        if not self.finest.held.wrap:
            return numbers, values.copy()
        own = belongs(rows, self.finest.packets)
        return numbers[own], values[:, own]


def prepare(task: Task, team: Team) -> System:
    """Return the equations of a task."""
    model, periodic = task.model, task.conditions.periodic
    unit = stiffness(model.grid.spacing_mm, model.poisson)
    scaled = unit / (float(model.modulus.max()) * float(np.diag(unit).max()))
    loose = make_level(model.modulus, scaled, coefficients(scaled), None, team, periodic=periodic)
    places = _places(loose, task)
    supports = held(loose.rows, np.unique(places[places >= 0]), periodic=periodic)
    finest = replace(loose, held=supports)
    multigrid = Multigrid(finest, model.modulus, scaled, periodic=periodic)
    multigrid.hold()
    operator = Operator(finest, coefficients(unit))
    mean = _mean(finest, task) if periodic else None
    force = _force(finest, task)
    prescribed = _prescribed(finest, task, places, mean)
    x = _start(finest, task, prescribed, mean)
    return System(multigrid, operator, x, prescribed, mean, force, float(np.diag(unit).max()), places)


def _residual(operator: Operator, x: Double, mean: Double | None, force: Double | None, out: Double) -> float:
    operator.apply(x if mean is None else x + mean, out)
    np.negative(out, out=out)
    if force is not None:
        out += force
        out[operator.level.held.fixed] = 0
    return float(np.linalg.norm(out))


def _places(level: Level, task: Task) -> Index:
    """Return where each prescribed degree of freedom lies, −1 where it does not count.

    Of several entries for one degree of freedom the last counts.
    """
    conditions = task.conditions
    nodes = compact(level.rows, conditions.nodes)
    known = nodes >= 0
    nodes[known] = masters_of(level.rows, level.held, nodes[known])
    places = np.where(known, conditions.components.astype(np.int64) * level.rows.stride + nodes, -1)
    _, last = np.unique(places[::-1], return_index=True)
    counts = np.zeros(places.size, bool)
    counts[places.size - 1 - last] = True
    return np.where(counts, places, -1)


def _prescribed(level: Level, task: Task, places: Index, mean: Double | None) -> Double:
    vector = np.zeros(3 * level.rows.stride)
    counts = places >= 0
    values = task.conditions.values[counts]
    if mean is not None:
        own = compact(level.rows, task.conditions.nodes[counts])
        values = values - mean[task.conditions.components[counts].astype(np.int64) * level.rows.stride + own]
    vector[places[counts]] = values
    spread(level.rows, level.held, vector)
    return vector


def _force(level: Level, task: Task) -> Double | None:
    conditions = task.conditions
    if not conditions.force_values.any():
        return None
    vector = np.zeros(3 * level.rows.stride)
    nodes = compact(level.rows, conditions.force_nodes)
    known = nodes >= 0
    nodes = masters_of(level.rows, level.held, nodes[known])
    at = conditions.force_components[known].astype(np.int64) * level.rows.stride + nodes
    np.add.at(vector, at, conditions.force_values[known])
    return vector


def _mean(level: Level, task: Task) -> Double:
    """Return the displacement of the mean strain at each node, mm."""
    xx, yy, zz, yz, xz, xy = task.conditions.strain
    strain = np.array([[xx, xy / 2, xz / 2], [xy / 2, yy, yz / 2], [xz / 2, yz / 2, zz]])
    vector = np.zeros((3, level.rows.stride))
    vector[:, : level.nodes] = strain @ node_positions(task.model, node_numbers(level.rows))
    return vector.ravel()


def _start(level: Level, task: Task, prescribed: Double, mean: Double | None) -> Double:
    """Return the displacement to begin from: that of the start where it has one, or rest."""
    if task.start is None or task.start_nodes is None:
        return prescribed.copy()
    vector = np.zeros((3, level.rows.stride))
    nodes = compact(level.rows, task.start_nodes)
    known = nodes >= 0
    vector[:, nodes[known]] = task.start[:, known]
    flat = vector.ravel()
    if mean is not None:
        flat -= mean
        flat[
            np.add.outer(np.arange(3) * level.rows.stride, np.arange(level.nodes, level.rows.stride)).ravel()
        ] = 0
    flat[level.held.fixed] = prescribed[level.held.fixed]
    spread(level.rows, level.held, flat)
    return flat
