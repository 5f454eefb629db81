"""The grids on which a species is brought to rest: arrays that stay on a CUDA device, and recorded cycles.

All steps of a simulation solve on the same grids, so that they are set up once, and a cycle of some fifty
small kernels is handed to the device as one graph.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.transport import multigrid
from spondyl.transport.gpu.device import LEVEL, SHAPE, Device, record

MOST_BLOCKS = 1024
"""Blocks among which sums are shared; part of the order of sums, so the same on every device."""


class Grids:
    """Levels of voxels with a border of zeros, the finest first, and what conjugate gradients work on.

    Parameters
    ----------
    device : where they lie.
    shape : of the finest, (z, y, x).

    Attributes
    ----------
    plain, finest : in double precision: faces along z, y and x, inverse and diagonal, reaction; without and
        with what a solve adds to the reaction.
    single : the same of all levels in single precision.
    vectors : load, x, step and spare of all levels, single precision.
    x, r, p, q, sums : of the conjugate gradients, double precision.
    prepare, cycle : bring all levels up to date with the finest; take one cycle.
    """

    def __init__(self, device: Device, shape: tuple[int, int, int]) -> None:
        self.device, self.shapes = device, multigrid.sizes(shape)
        self.levels, self.counts = len(self.shapes), [math.prod(one) for one in self.shapes]
        self.padded = [math.prod(edge + 2 for edge in one) for one in self.shapes]
        self.records = [record(SHAPE, *one) for one in self.shapes]
        size, zeros = self.padded[0], device.zeros
        faces = [zeros(size, np.float64) for _ in range(3)]
        self.plain = [*faces, *(zeros(size, np.float64) for _ in range(3))]
        self.finest = [*faces, *(zeros(size, np.float64) for _ in range(3))]
        self.single = [[zeros(many, np.float32) for _ in range(6)] for many in self.padded]
        self.vectors = [[zeros(many, np.float32) for _ in range(4)] for many in self.padded]
        self.x, self.r, self.p, self.q = (zeros(size, np.float64) for _ in range(4))
        self.sums = device.empty(2 * MOST_BLOCKS, np.float64)
        self.plain_record, self.finest_record = (record(LEVEL, *one) for one in (self.plain, self.finest))
        self.level_records = [record(LEVEL, *one) for one in self.single]
        self.prepare = device.recorded(self._prepare)
        # Every level takes an even number of smoothing steps in a cycle, so that vectors end where they were.
        self.cycle = device.recorded(lambda: multigrid.cycle(self, 0))

    def smooth(self, level: int, keep: float, pull: float, *, start: bool) -> None:
        """Take a smoothing step."""
        b, x, z, out = self.vectors[level]
        factors = (np.float32(keep), np.float32(pull), np.int32(start))
        self._launch("smooth", level, self.level_records[level], self.records[level], b, x, z, out, *factors)
        self.vectors[level][1], self.vectors[level][3] = out, x

    def restrict(self, level: int) -> None:
        """Add the residual up to the load of the next level."""
        b, x, _, _ = self.vectors[level]
        fine, coarse = self.records[level : level + 2]
        own, above = self.level_records[level], self.vectors[level + 1][0]
        self._launch("restrict_to", level + 1, own, fine, b, x, coarse, above)

    def prolong(self, level: int) -> None:
        """Add the next level's x to this one's."""
        fine, coarse = self.records[level : level + 2]
        own, above = self.level_records[level], self.vectors[level + 1][1]
        self._launch("prolong", level, own, fine, self.vectors[level][1], coarse, above)

    def settle(self, record: NDArray[np.void]) -> None:
        """Bring the diagonal of `plain` or `finest` up to date with its reaction."""
        self._launch("settle_double", 0, record, self.records[0])

    def _prepare(self) -> None:
        self._launch("settle", 0, self.level_records[0], self.records[0])
        for at in range(self.levels - 1):
            fine, coarse = self.level_records[at : at + 2]
            self._launch("merge", at + 1, fine, self.records[at], coarse, self.records[at + 1])
            self._launch("settle", at + 1, coarse, self.records[at + 1])

    def _launch(self, name: str, level: int, *arguments: Any) -> None:
        self.device.launch(name, self.counts[level], *arguments)
