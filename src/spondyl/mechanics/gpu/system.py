"""The equations of one task on the device: operator, preconditioner, loads and first guess."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.backend import Task
from spondyl.mechanics.element import stiffness
from spondyl.mechanics.gpu.device import Device
from spondyl.mechanics.gpu.layout import STATE, STIFFNESS, first_corner, record
from spondyl.mechanics.gpu.level import Level
from spondyl.mechanics.gpu.loads import (
    Double,
    Index,
    Loads,
    locate,
    mean_strain_at_corners,
    place_loads,
    strain_displacement_at,
)
from spondyl.mechanics.gpu.multigrid import Multigrid, build_levels, hold_levels, vectors_of
from spondyl.mechanics.gpu.numbering import WORD_BYTES, box_of, number, places_of, words_of
from spondyl.mechanics.gpu.sums import spread_threads, sums_bytes

ROUND_OFF = 1e-14
"""Share of its summands below which a load is nothing but rounding."""

VECTOR_BYTES = 4 * 3 * 8
"""Of a node of the finest level: displacement, residual, direction and product, float64."""

PASSING_BYTES = 20
"""Of a node of the finest level, for a while: what is uploaded of a start and downloaded of the result."""


class System:
    """What conjugate gradients work on; vectors lie on the device, component by component.

    Parameters
    ----------
    device, task : where and what to solve.

    Attributes
    ----------
    load_norm : 2-norm of the residual when only prescribed displacements are not zero, N; zero if that load
        cancels to rounding.
    """

    def __init__(self, device: Device, task: Task) -> None:
        self.device, self.task = device, task
        model, wrap = task.model, task.conditions.periodic
        unit = stiffness(model.grid.spacing_mm, model.poisson)
        scaled = unit / (float(model.modulus.max()) * float(np.diag(unit).max()))
        levels, coarsest = _levels(device, task, scaled)
        self.finest = levels[0]
        self.loads = place_loads(device, self.finest.numbering, task)
        _hold(device, self.finest, self.loads)
        hold_levels(device, levels)
        self.multigrid = Multigrid(device, levels, coarsest)
        self.unit = record(STIFFNESS, k=first_corner(unit))
        mean = mean_strain_at_corners(model, task.conditions)
        self.pull = record(STIFFNESS, k=np.concatenate([unit @ mean, np.zeros(48)]))
        self.mean_energy = float(mean @ unit @ mean) / 2
        self.x, self.r, self.p, self.q = (device.zeros(self.finest.size, np.float64) for _ in range(4))
        self._sums = self.multigrid.sums.of(0)
        self._pushed = _free_forces(self.loads)
        self._put(self.x, self.loads.held, self.loads.values)
        self.load_norm = self._load_norm(float(np.diag(unit).max()))
        self._start(wrap)
        self.iterate = device.recorded(self._iteration)

    def residual(self, factor: float = 0.0) -> float:
        """Write the forces out of balance at free degrees of freedom to r, N; return their norm.

        Parameters
        ----------
        factor : of r as the load of the finest level, float32.
        """
        device, size = self.device, np.int64(self.finest.size)
        self.product(everywhere=False)
        device.launch("oppose", self.finest.count, self.finest.record, self.pull, self.q, self.r, np.int32(0))
        self._add(self.r, *self._pushed)
        b = self.finest.vectors["b"]
        device.launch(
            "measure", spread_threads(self.finest.size), self.r, b, np.float64(factor), self._sums, size
        )
        return math.sqrt(self.state()["squares"])

    def product(self, *, everywhere: bool, of: Any = None) -> None:
        """Write K x to q, or K times another vector; x · K x is left in the state, and a step length.

        Parameters
        ----------
        everywhere : also at held degrees of freedom; otherwise zero there.
        """
        device, finest = self.device, self.finest
        device.launch(
            "product_double", finest.count, finest.record, self.unit, self.x if of is None else of, self.q,
            self._sums, np.int32(everywhere),
        )  # fmt: skip

    def restart(self) -> None:
        """Forget the last direction."""
        live = np.array([float(name == "live") for name in STATE.names or ()])
        self._put(self.multigrid.sums.state(0), np.arange(live.size), live)
        self.p.fill(0)
        self.q.fill(0)

    def rest(self) -> None:
        """Set all free displacements to zero."""
        self.x.fill(0)
        self._put(self.x, self.loads.held, self.loads.values)

    def _iteration(self) -> None:
        """Take one step of conjugate gradients; what is to know of it is left in the state."""
        finest, device, state = self.finest, self.device, self.multigrid.sums.state(0)
        pairs, v = finest.size // 2, finest.vectors
        self.multigrid.cycle(self.q, self.load_norm)
        device.launch("follow_double", pairs, self.p, v["x"], state, np.int64(pairs))
        self.product(everywhere=False, of=self.p)
        device.launch(
            "advance_double", spread_threads(pairs), self.x, self.r, self.p, self.q, v["b"],
            np.float64(1 / self.load_norm), self._sums, np.int64(pairs),
        )  # fmt: skip

    def state(self) -> dict[str, float]:
        """Return the state of the conjugate gradients; waits for the device."""
        values = self.device.download(self.multigrid.sums.state(0))
        return dict(zip(STATE.names or (), values.tolist(), strict=True))

    def balance(self) -> tuple[Double, float]:
        """Return the forces of the supports, N, (m,), and the strain energy, N mm; overwrites r."""
        finest, device = self.finest, self.device
        self.product(everywhere=True)
        device.launch("oppose", finest.count, finest.record, self.pull, self.q, self.r, np.int32(1))
        exerted = -self._taken(self.r, self.loads.held)
        applied = dict(zip(self.loads.pushed.tolist(), self.loads.forces.tolist(), strict=True))
        if applied:
            exerted -= np.array([applied.get(place, 0.0) for place in self.loads.held.tolist()])
        reaction = np.zeros(self.loads.entries.size)
        reaction[self.loads.entries >= 0] = exerted
        own = np.float64(self.mean_energy)
        device.launch(
            "strain_energy", finest.count, finest.record, self.pull, own, self.x, self.q, self._sums
        )
        return reaction, self.state()["energy"]

    def at_elements(self) -> tuple[Index, Double]:
        """Return the numbers of the nodes of elements, (n,), and x at them, (3, n); p and q are lost."""
        device, model = self.device, self.task.model
        own = self.finest.numbering
        if self.task.conditions.periodic:
            own = number(device, own.box, device.upload(model.modulus), wrap=False)
        self.p = self.q = None
        numbers, found = device.empty(own.count, np.int64), device.empty(3 * own.count, np.float64)
        device.launch("collect", own.count, own.record, self.finest.record, self.x, numbers, found)
        return device.download(numbers), device.download(found).reshape(3, own.count)

    def _load_norm(self, entry: float) -> float:
        """Return the norm of the load, zero when it cancels to rounding.

        Parameters
        ----------
        entry : largest diagonal entry of an element of unit modulus, N/mm.
        """
        norm, finest = self.residual(), self.finest
        self.device.launch(
            "summands", finest.count, finest.record, self.pull, np.float64(entry), self.x, self._sums
        )
        summands = math.sqrt(self.state()["squares"]) + float(np.linalg.norm(self._pushed[1]))
        return norm if norm > ROUND_OFF * summands else 0.0

    def _start(self, wrap: bool) -> None:
        """Begin from the start of the task where it has one."""
        task, numbering = self.task, self.finest.numbering
        if task.start is None or task.start_nodes is None:
            return
        if wrap:
            self._start_periodic(task.start_nodes, task.start)
        elif task.start_nodes.size:
            size = np.int64(task.start_nodes.size)
            given = self.device.upload(task.start_nodes.astype(np.int64))
            self.device.launch(
                "begin_from", task.start_nodes.size, numbering.record, numbering.box, given,
                self.device.upload(task.start), self.x, np.int64(numbering.stride), size,
            )  # fmt: skip
        self._put(self.x, self.loads.held, self.loads.values)

    def _start_periodic(self, numbers: Index, start: Double) -> None:
        """Begin from a periodic solution: of nodes that are one the first counts."""
        numbering, task = self.finest.numbering, self.task
        nodes = locate(self.device, numbering, numbers)
        known = np.flatnonzero(nodes >= 0)
        known = known[np.unique(nodes[known], return_index=True)[1]]
        mean = strain_displacement_at(task.model, task.conditions, numbers[known])
        for component in range(3):
            values = start[component, known] - mean[component]
            self._put(self.x, component * numbering.stride + nodes[known], values)

    def _put(self, out: Any, places: Index, values: Double) -> None:
        self._scatter("put", out, places, values)

    def _add(self, out: Any, places: Index, values: Double) -> None:
        self._scatter("add", out, places, values)

    def _scatter(self, kernel: str, out: Any, places: Index, values: Double) -> None:
        if places.size:
            at, given = self.device.upload(places.astype(np.int64)), self.device.upload(values)
            self.device.launch(kernel, places.size, out, at, given, np.int64(places.size))

    def _taken(self, vector: Any, places: Index) -> Double:
        if not places.size:
            return np.empty(0)
        out = self.device.empty(places.size, np.float64)
        self.device.launch(
            "take", places.size, vector, self.device.upload(places), out, np.int64(places.size)
        )
        return self.device.download(out)


def _levels(device: Device, task: Task, scaled: Double) -> tuple[list[Level], NDArray[np.float32]]:
    """Return the levels once it is sure that they and their vectors fit."""
    model, wrap = task.model, task.conditions.periodic
    words = words_of(places_of(box_of(model.grid.shape), wrap=wrap))
    marking = model.modulus.nbytes * 9 // 8 + WORD_BYTES * words
    device.require(marking, f"an array of {model.modulus.size} voxels")
    levels, coarsest = build_levels(device, model.modulus, scaled, wrap=wrap)
    device.require(vector_bytes(levels), f"a model of {levels[0].count} nodes")
    return levels, coarsest


def vector_bytes(levels: list[Level]) -> int:
    """Return the device memory that vectors will take, bytes."""
    single = sum(4 * len(vectors_of(depth, len(levels))) * level.size for depth, level in enumerate(levels))
    return single + (VECTOR_BYTES + PASSING_BYTES) * levels[0].numbering.stride + sums_bytes(levels[0].count)


def _hold(device: Device, level: Level, loads: Loads) -> None:
    """Mark the prescribed degrees of freedom."""
    stride = level.numbering.stride
    nodes, of = np.unique(loads.held % stride, return_inverse=True)
    bits = np.zeros(nodes.size, np.uint8)
    np.bitwise_or.at(bits, of, (1 << (loads.held // stride)).astype(np.uint8))
    if nodes.size:
        at, marks = device.upload(nodes.astype(np.int32)), device.upload(bits)
        device.launch("hold", nodes.size, level.record, at, marks, np.int64(nodes.size))


def _free_forces(loads: Loads) -> tuple[Index, Double]:
    """Return places and forces of what pushes free degrees of freedom."""
    if not loads.pushed.size:
        return loads.pushed, loads.forces
    free = ~np.isin(loads.pushed, loads.held)
    return loads.pushed[free], loads.forces[free]
