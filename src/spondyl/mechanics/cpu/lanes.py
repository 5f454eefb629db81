"""Forces of many elements at once: one explicit vector kernel, the inner loop of every operator.

A *packet* is a run of up to seven elements along x and the eight nodes of each of its four node rows, so
that a node row is one vector of eight lanes; the neighbour in x is the next lane. The trilinear element is
sparse in the basis of its eight sign patterns (a Walsh-Hadamard transform of the corner values): transform,
multiply by some fifty numbers, transform back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from spondyl.mechanics.cpu.vectorcode import Writer, array_pointer

# Mode (c*2 + b)*2 + a is the corner pattern ξ^a η^b ζ^c; entry (component, mode).
BLOCKS: tuple[tuple[tuple[int, int], ...], ...] = (
    ((0, 1), (1, 2), (2, 4)),  # uniform normal strains
    ((0, 2), (1, 1)),  # uniform shears xy, xz, yz
    ((0, 4), (2, 1)),
    ((1, 4), (2, 2)),
    ((0, 3), (2, 6)),  # normal strains linear in η, ξ, ζ
    ((1, 3), (2, 5)),
    ((0, 5), (1, 6)),
    ((0, 6), (1, 5), (2, 3)),  # twists
    ((0, 7),),
    ((1, 7),),
    ((2, 7),),
)
"""Which modes of an element feel each other; every other product is zero by symmetry."""


def coefficients(stiffness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the products of :data:`BLOCKS`, upper triangles in turn, of a 24 × 24 element stiffness.

    Parameters
    ----------
    stiffness : N/mm for E = 1 MPa, degrees of freedom node by node (x fastest), components x, y, z.
    """
    modal = modal_stiffness(stiffness)
    out = []
    for block in BLOCKS:
        at = [3 * mode + component for component, mode in block]
        out += [modal[at[i], at[j]] for i in range(len(at)) for j in range(i, len(at))]
    return np.array(out)


def modal_stiffness(stiffness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return an element stiffness in the basis of corner patterns, (24, 24), index 3 · mode + component."""
    bits = np.arange(8)
    signs = np.where(np.array([[(m & n).bit_count() for n in bits] for m in bits]) % 2, -1.0, 1.0)
    # pattern ξ has +1 at the far corner, -1 at the near one
    flips = np.array([(-1.0) ** int(m).bit_count() for m in bits])
    transform = np.kron(flips[:, None] * signs, np.eye(3)) / 8
    return transform @ stiffness @ transform.T


def _forward(w: Writer, rows: list[Any]) -> list[Any]:
    """Return the eight patterns of the corner values of four node rows."""
    b = w.b
    pairs = []
    for row in rows:  # rows (z, y): 00, 01, 10, 11
        right = w.next_lane(row)
        pairs.append((b.fadd(right, row), b.fsub(right, row)))
    modes: list[Any] = [None] * 8
    for a in (0, 1):
        y = [
            (b.fadd(pairs[2 * k + 1][a], pairs[2 * k][a]), b.fsub(pairs[2 * k + 1][a], pairs[2 * k][a]))
            for k in (0, 1)
        ]
        for eta in (0, 1):
            modes[2 * eta + a] = b.fadd(y[1][eta], y[0][eta])
            modes[4 + 2 * eta + a] = b.fsub(y[1][eta], y[0][eta])
    return modes


def _backward(w: Writer, modes: list[Any]) -> list[Any]:
    """Return what the patterns add to the four node rows: the transpose of :func:`_forward`."""
    b = w.b
    rows: list[Any] = [None] * 4
    for k, z in ((0, b.fsub), (1, b.fadd)):
        lower = [z(modes[m], modes[4 + m]) if m else (modes[4] if k else b.fneg(modes[4])) for m in range(4)]
        for j, y in ((0, b.fsub), (1, b.fadd)):
            even, odd = (y(lower[a], lower[2 + a]) for a in (0, 1))
            left, right = b.fsub(even, odd), b.fadd(even, odd)
            rows[2 * k + j] = b.fadd(left, w.previous_lane(right))
    return rows


def _products(
    w: Writer, modes: list[list[Any]], modulus: Any, number: Callable[[int], Any]
) -> list[list[Any]]:
    """Return the modal forces: products of :data:`BLOCKS`, times the modulus of each lane."""
    out: list[list[Any]] = [[None] * 8 for _ in range(3)]
    base = 0
    for block in BLOCKS:
        size = len(block)
        where = {}
        for i in range(size):
            for j in range(i, size):
                where[i, j] = where[j, i] = base
                base += 1
        for i, (component, mode) in enumerate(block):
            total = None
            for j, (other, pattern) in enumerate(block):
                factor, value = number(where[i, j]), modes[other][pattern]
                total = w.b.fmul(factor, value) if total is None else w.fma(factor, value, total)
            out[component][mode] = w.b.fmul(modulus, total)
    return out


def _emit(builder: Any, halves: int, data: dict[str, Any]) -> None:
    element = data["element"]
    w = Writer(builder, element, halves)
    b = builder
    index = ir.IntType(64)
    starts = [
        [
            b.sext(b.load(b.gep(data["starts"], [b.add(data["s0"], ir.Constant(index, 4 * h + row))])), index)
            for row in range(4)
        ]
        for h in range(halves)
    ]
    number_cache: dict[int, Any] = {}

    def number(k: int) -> Any:
        if k not in number_cache:
            number_cache[k] = w.splat(b.load(b.gep(data["coefficients"], [ir.Constant(index, k)])))
        return number_cache[k]

    modes = []
    for component in range(3):
        shift = b.mul(data["u_stride"], ir.Constant(index, component))
        rows = [
            w.join(
                [w.load(data["u"], b.add(shift, starts[h][row]), w.half_type, w.size) for h in range(halves)]
            )
            for row in range(4)
        ]
        modes.append(_forward(w, rows))
    single = ir.VectorType(ir.FloatType(), w.width)
    modulus = w.load(data["modulus"], data["m0"], single, 4)
    if w.size == 8:
        modulus = b.fpext(modulus, w.type)
    forces = _products(w, modes, modulus, number)
    for component in range(3):
        shift = b.mul(data["y_stride"], ir.Constant(index, component))
        rows = _backward(w, forces[component])
        for h in range(halves):
            for row in range(4):
                plane = data["below"] if row < 2 else data["above"]
                at = w.pointer(data["y"], b.add(b.add(shift, plane), starts[h][row]), w.half_type)
                b.store(b.fadd(b.load(at, align=w.size), w.part(rows[row], h)), at, align=w.size)


def _make(halves: int) -> Any:
    @intrinsic
    def element_forces(
        typingctx, u, u_stride, y, below, above, y_stride, starts, s0, modulus, m0, coefficients
    ):
        """Add the forces of `halves` packets; see :func:`spondyl.mechanics.cpu.sweep` for the arguments."""
        signature = types.void(
            u,
            types.intp,
            y,
            types.intp,
            types.intp,
            types.intp,
            starts,
            types.intp,
            modulus,
            types.intp,
            coefficients,
        )

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            def pointer(k: int) -> Any:
                return array_pointer(context, builder, sig, args, k)

            _emit(
                builder,
                halves,
                {
                    "element": context.get_value_type(sig.args[0].dtype),
                    "u": pointer(0),
                    "u_stride": args[1],
                    "y": pointer(2),
                    "below": args[3],
                    "above": args[4],
                    "y_stride": args[5],
                    "starts": pointer(6),
                    "s0": args[7],
                    "modulus": pointer(8),
                    "m0": args[9],
                    "coefficients": pointer(10),
                },
            )
            return context.get_dummy_value()

        return signature, codegen

    return element_forces


one_packet = _make(1)
two_packets = _make(2)
