"""One level of the multigrid on the device: its nodes, elements, supports and vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.cuda import pointer
from spondyl.mechanics.gpu.device import Device
from spondyl.mechanics.gpu.layout import STEP, Record, first_corner, record
from spondyl.mechanics.gpu.numbering import Numbering


@dataclass(frozen=True, slots=True)
class Level:
    """A level; what it stores lies on the device.

    Parameters
    ----------
    device : where it lies.
    numbering : its nodes and elements.
    record : what kernels take.
    stiffness : of its element of unit modulus, (24, 24).
    bound : upper bound of the eigenvalues of the stiffness scaled by its diagonal.
    modulus, weight, held : arrays; see ``kernels/records.cu``.
    vectors : displacement x and its other copy y, the step or residual d, the load b, float32, flat.
    """

    device: Device
    numbering: Numbering
    record: Record
    stiffness: NDArray[np.float64]
    bound: float
    modulus: Any
    weight: Any
    held: Any
    vectors: dict[str, Any]

    @property
    def count(self) -> int:
        """Number of nodes."""
        return self.numbering.count

    @property
    def size(self) -> int:
        """Length of a vector."""
        return 3 * self.numbering.stride

    def take(self, names: str) -> None:
        """Take memory for vectors of the given one-letter names."""
        for name in names:
            self.vectors[name] = self.device.zeros(self.size, np.float32)

    def smooth_first(self, target: str) -> None:
        """Write two smoothing steps from zero to a vector, and the second step to d."""
        begin, (momentum, step) = self._chebyshev(1)[1], self._chebyshev(2)
        v = self.vectors
        self.device.launch(
            "smooth_first", self.count, self.record, v["b"], v[target], v["d"],
            np.float32(begin), np.float32(momentum), np.float32(step),
        )  # fmt: skip

    def step(self, k: int, source: str, target: str, *, keep: bool) -> Record:
        """Return the k-th smoothing step from one vector to another, for a kernel.

        Parameters
        ----------
        keep : whether a further step will need this one.
        """
        momentum, step = self._chebyshev(k)
        v = {name: pointer(array) for name, array in self.vectors.items()}
        kept = v["d"] if keep else 0
        return record(
            STEP, x=v[source], b=v["b"], d=v["d"], out=v[target], moved=kept, momentum=momentum, step=step
        )

    def smooth(self, k: int, source: str, target: str, *, keep: bool) -> None:
        """Take the k-th smoothing step from one vector to another."""
        self.device.launch("smooth", self.count, self.record, self.step(k, source, target, keep=keep))

    def residual(self, source: str) -> None:
        """Write the residual of a vector to d."""
        v = self.vectors
        self.device.launch("residual", self.count, self.record, v[source], v["b"], v["d"])

    def _chebyshev(self, k: int) -> tuple[float, float]:
        """Return momentum and length of a step of the fourth-kind polynomials (Phillips and Fischer 2022)."""
        return (2 * k - 3) / (2 * k + 1) if k > 1 else 0.0, (8 * k - 4) / (2 * k + 1) / self.bound


def make_level(device: Device, numbering: Numbering, modulus: Any, stiffness: NDArray[np.float64]) -> Level:
    """Return a level without supports and vectors.

    Parameters
    ----------
    modulus : of each voxel, on the device, float32.
    stiffness : of an element of unit modulus, (24, 24).
    """
    kept = device.empty(max(numbering.element_count, 1), np.float32)
    weight = device.zeros(numbering.stride, np.float32)
    held = device.zeros(numbering.stride, np.uint8)
    made = numbering.record.copy()
    made["modulus"], made["weight"], made["held"] = pointer(kept), pointer(weight), pointer(held)
    made["stiffness"], made["inverse"] = first_corner(stiffness), 1 / np.diag(stiffness)[:3]
    device.launch("keep_moduli", numbering.words, made, numbering.box, modulus)
    device.launch("weigh", numbering.count, made)
    bound = largest_eigenvalue(stiffness)
    return Level(device, numbering, made, stiffness, bound, kept, weight, held, {})


def largest_eigenvalue(stiffness: NDArray[np.float64]) -> float:
    """Return the largest eigenvalue of an element's stiffness scaled by its diagonal.

    It bounds that of any assembly of such elements, whatever their moduli.
    """
    entries = np.sqrt(np.diag(stiffness))
    return float(np.linalg.eigvalsh(stiffness / np.outer(entries, entries))[-1])
