"""One level of the multigrid: its nodes, its elements and the vectors that live on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import kernel
from spondyl.mechanics.cpu.numbering import PAD, Packets, Rows, number
from spondyl.mechanics.cpu.stage import Stage
from spondyl.mechanics.cpu.supports import Held, held
from spondyl.mechanics.cpu.sweep import RESIDUAL, smooth_once, sweep_once
from spondyl.mechanics.cpu.vectorcode import LANES
from spondyl.threads import Team

Single = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Level:
    """A level and its working memory; vectors are flat, component by component, float32.

    Parameters
    ----------
    rows, packets : numbering of nodes and elements.
    held : supports and twins.
    nodes : number of nodes.
    products : stiffness of an element of unit modulus, as :func:`spondyl.mechanics.cpu.lanes.coefficients`.
    diagonal : one over the sum of the moduli of the elements at each node, (nodes + pad,).
    scale : one over the diagonal entries of an element of unit modulus, x, y, z.
    bound : upper bound of the eigenvalues of the stiffness scaled by its diagonal.
    x, d, b : displacement, step or residual, and load.
    ring, rims : forces under way, see :mod:`spondyl.mechanics.cpu.sweep`.
    team : threads.
    """

    rows: Rows
    packets: Packets
    held: Held
    nodes: int
    products: Single
    diagonal: Single
    scale: Single
    bound: float
    x: Single
    d: Single
    b: Single
    ring: Single
    rims: Single
    team: Team

    def sweep(
        self, kind: np.int64, x: Single, d: Single, b: Single, momentum: float = 0, step: float = 0
    ) -> None:
        """Smooth x once, or write the residual b − K x to d."""
        self.team.together(
            sweep_once, self.nodes, kind, x, d, b, self.stage(), np.float32(momentum), np.float32(step)
        )

    def residual(self) -> None:
        """Write b − K x to d."""
        self.sweep(RESIDUAL, self.x, self.d, self.b)

    def smooth(self, degree: int, *, from_zero: bool) -> None:
        """Improve x by Chebyshev polynomials of the fourth kind (Phillips and Fischer 2022)."""
        self.team.together(smooth_once, self.nodes, self.stage(), degree, self.bound, from_zero)

    def stage(self) -> Stage:
        """Return what compiled loops see of this level."""
        return Stage(
            self.rows, self.packets, self.held, self.rims.shape[2] // 3, self.products, self.diagonal,
            self.scale, self.x, self.d, self.b, self.ring, self.rims,
        )  # fmt: skip

    def places(self) -> NDArray[np.int64]:
        """Return where the degrees of freedom lie in a vector, (3 · nodes,)."""
        return (np.arange(3)[:, None] * self.rows.stride + np.arange(self.nodes)).ravel()


def make_level(
    modulus: NDArray[np.float32],
    stiffness: NDArray[np.float64],
    products: NDArray[np.float64],
    fixed: NDArray[np.int64] | None,
    team: Team,
    *,
    periodic: bool = False,
) -> Level:
    """Return a level without supports, or with the given ones.

    Parameters
    ----------
    modulus : of each voxel, (z, y, x).
    stiffness : of an element of unit modulus, (24, 24).
    products : the same as :func:`spondyl.mechanics.cpu.lanes.coefficients`.
    fixed : places of held degrees of freedom; None for none.
    """
    rows, packets = number(modulus, team, periodic=periodic)
    supports = held(rows, np.empty(0, np.int64) if fixed is None else fixed, periodic=periodic)
    return level_of(rows, packets, supports, stiffness, products, team)


def level_of(
    rows: Rows,
    packets: Packets,
    supports: Held,
    stiffness: NDArray[np.float64],
    products: NDArray[np.float64],
    team: Team,
) -> Level:
    """Return a level with working memory; the arguments are those of :class:`Level` and `make_level`."""
    nodes = rows.stride - PAD
    width = int(np.diff(rows.plane_start).max()) + PAD
    slabs = packets.slab_start.size - 1
    entries = np.diag(stiffness)[:3]
    x, d, b = (np.zeros(3 * rows.stride, np.float32) for _ in range(3))
    return Level(
        rows,
        packets,
        supports,
        nodes,
        products.astype(np.float32),
        _diagonal(rows, packets, supports),
        (1 / entries).astype(np.float32),
        largest_eigenvalue(stiffness),
        x,
        d,
        b,
        np.zeros((team.threads, 6 * width), np.float32),
        np.zeros((slabs + 1, 2, 3 * width), np.float32),
        team,
    )


def largest_eigenvalue(stiffness: NDArray[np.float64]) -> float:
    """Return the largest eigenvalue of an element's stiffness scaled by its diagonal.

    It bounds that of any assembly of such elements, whatever their moduli.
    """
    entries = np.sqrt(np.diag(stiffness))
    return float(np.linalg.eigvalsh(stiffness / np.outer(entries, entries))[-1])


def _diagonal(rows: Rows, packets: Packets, supports: Held) -> Single:
    total = np.zeros(rows.stride, np.float32)
    _add_moduli(packets, total)
    np.add.at(total, supports.masters, total[supports.ghosts])
    total[supports.ghosts] = 0
    if supports.wrap:
        low, high = rows.plane_start[:2], rows.plane_start[-2:]
        total[low[0] : low[1]] += total[high[0] : high[1]]
        total[high[0] : high[1]] = 0
    return np.divide(1, total, out=np.zeros_like(total), where=total > 0)


@kernel
def _add_moduli(packets, total):
    """Add the modulus of each element to its eight nodes."""
    for p in range(packets.modulus.size // LANES):
        for corner in range(4):
            start = packets.starts[4 * p + corner]
            for lane in range(LANES - 1):
                total[start + lane] += packets.modulus[LANES * p + lane]
                total[start + lane + 1] += packets.modulus[LANES * p + lane]
