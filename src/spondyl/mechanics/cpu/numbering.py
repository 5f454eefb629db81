"""Which nodes exist, in what order they are stored, and which of them an element joins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inner, kernel
from spondyl.mechanics.cpu.vectorcode import LANES
from spondyl.threads import Team

LAYERS, PACKETS, SLABS = 10, 200, 16
"""At least so many layers to a slab where there are more than two, and packets; at most so many slabs."""

PAD = 2 * LANES
"""Unused zeros behind each component, so that a packet may read past its last node."""


class Rows(NamedTuple):
    """Nodes, row by row, without the empty space.

    Nodes are numbered x fastest, then y, then z; component c of node n is stored at ``c * stride + n``.

    ``shape``: elements (z, y, x) of the box, int64 (3,). ``stride``: distance between the components of a
    vector. ``plane_start``: first node of each node plane, int64 (nz + 2,). ``row_start``: first run of each
    node row, int64. ``run_x, run_node, run_length``: unbroken runs of nodes in a row, int32: first x, first
    node, length.
    """

    shape: NDArray[np.int64]
    stride: int
    plane_start: NDArray[np.int64]
    row_start: NDArray[np.int64]
    run_x: NDArray[np.int32]
    run_node: NDArray[np.int32]
    run_length: NDArray[np.int32]


class Packets(NamedTuple):
    """Elements, up to seven neighbours along x to a packet.

    ``layer_start``: first packet of each element layer, even, int64 (nz + 1,). ``slab_start``: first layer of
    each slab, int64 (slabs + 1,). ``starts``: first node of a packet in its rows (z, y), (z, y+1), (z+1, y),
    (z+1, y+1), int32 (4 · packets,). ``modulus``: of each lane, zero where there is no element, float32
    (8 · packets,).
    """

    layer_start: NDArray[np.int64]
    slab_start: NDArray[np.int64]
    starts: NDArray[np.int32]
    modulus: NDArray[np.float32]


def number(modulus: NDArray[np.float32], team: Team, *, periodic: bool = False) -> tuple[Rows, Packets]:
    """Return the numbering of the voxels that carry stiffness, (z, y, x).

    Periodic models have a node on every face where its twin on the opposite face exists.
    """
    nz, ny, _ = modulus.shape
    voxels = modulus.size
    plane_start = np.zeros(nz + 2, np.int64)
    row_start = np.zeros((nz + 1) * (ny + 1) + 1, np.int64)
    layer_start = np.zeros(nz + 1, np.int64)
    team.run(_count, nz + 1, voxels, modulus, periodic, plane_start, row_start, layer_start)
    for counts in (plane_start, row_start, layer_start):
        np.cumsum(counts, out=counts)
    stride = int(plane_start[-1]) + PAD
    runs = [np.empty(row_start[-1], np.int32) for _ in range(3)]
    rows = Rows(np.array(modulus.shape), stride, plane_start, row_start, *runs)
    starts = np.empty(4 * layer_start[-1], np.int32)
    lanes = np.zeros(LANES * layer_start[-1], np.float32)
    packets = Packets(layer_start, share_out(layer_start), starts, lanes)
    team.run(_fill, nz + 1, voxels, modulus, periodic, rows, packets)
    return rows, packets


def share_out(layer_start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where slabs of about equal work begin; their number follows from the model alone.

    It is a power of two, so that two, four or eight threads have the same number each.
    """
    layers = layer_start.size - 1
    most = min(max(layers // LAYERS, 2), SLABS, layers // 4, layer_start[-1] // PACKETS)
    if most < 2:
        return np.array([0, layers])
    slabs = 2 ** int(np.log2(most))
    aims = layer_start[-1] * np.arange(1, slabs) / slabs
    cuts = np.unique(np.clip(np.searchsorted(layer_start, aims), 2, layers - 2))
    return np.concatenate([[0], cuts, [layers]]).astype(np.int64)


@inner
def _mark_row(row, mark, periodic):
    nx = row.size
    for i in range(nx):
        filled = np.uint8(row[i] > 0)
        mark[i] |= filled
        mark[i + 1] |= filled
    if periodic:
        mark[0] |= mark[nx]
        mark[nx] = mark[0]


@inner
def _mark(modulus, periodic, k, j, mark):
    """Mark the nodes of row (k, j) that belong to an element; return their number."""
    nz, ny, nx = modulus.shape
    mark[:] = 0
    for dk in range(-1, 1):
        for dj in range(-1, 1):
            layer, line = k + dk, j + dj
            if periodic:
                layer, line = layer % nz, line % ny
            if 0 <= layer < nz and 0 <= line < ny:
                _mark_row(modulus[layer, line], mark, periodic)
    total = 0
    for i in range(nx + 1):
        total += mark[i]
    return total


@inner
def _packets_of_row(row):
    packets = 0
    length = 0
    for i in range(row.size):
        if row[i] > 0:
            packets += length % (LANES - 1) == 0
            length += 1
        else:
            length = 0
    return packets


@kernel
def _count(part, first, last, modulus, periodic, plane_nodes, row_runs, layer_packets):
    nz, ny, nx = modulus.shape
    mark = np.zeros(nx + 1, np.uint8)
    for k in range(first, last):
        nodes = 0
        for j in range(ny + 1):
            nodes += _mark(modulus, periodic, k, j, mark)
            runs = 0
            before = np.uint8(0)
            for i in range(nx + 1):
                runs += mark[i] > before
                before = mark[i]
            row_runs[k * (ny + 1) + j + 1] = runs
        plane_nodes[k + 1] = nodes
        if k < nz:
            packets = 0
            for j in range(ny):
                packets += _packets_of_row(modulus[k, j])
            layer_packets[k + 1] = packets + packets % 2


@kernel
def _fill(part, first, last, modulus, periodic, rows, packets):
    nz, ny, nx = modulus.shape
    mark = np.zeros(nx + 1, np.uint8)
    below = np.empty((ny + 1, nx + 1), np.int32)
    above = np.empty((ny + 1, nx + 1), np.int32)
    if first < last:
        _index_plane(modulus, periodic, first, rows, mark, above)
    for k in range(first, last):
        below, above = above, below
        _write_runs(k, rows, below)
        if k < nz:
            _index_plane(modulus, periodic, k + 1, rows, mark, above)
            _write_packets(modulus[k], k, rows, packets, below, above)


@inner
def _index_plane(modulus, periodic, k, rows, mark, plane):
    """Write the number of each node of plane k, −1 where there is none."""
    node = rows.plane_start[k]
    for j in range(plane.shape[0]):
        _mark(modulus, periodic, k, j, mark)
        row = plane[j]
        for i in range(mark.size):
            row[i] = node if mark[i] else -1
            node += mark[i]


@inner
def _write_runs(k, rows, plane):
    for j in range(plane.shape[0]):
        run = rows.row_start[k * plane.shape[0] + j] - 1
        row = plane[j]
        inside = False
        for i in range(row.size):
            if row[i] < 0:
                inside = False
            elif inside:
                rows.run_length[run] += 1
            else:
                run += 1
                inside = True
                rows.run_x[run] = i
                rows.run_node[run] = row[i]
                rows.run_length[run] = 1


@inner
def _write_packets(layer, k, rows, packets, below, above):
    """Write the packets of a layer, one from its first half and one from its second in turn.

    Two packets worked on together then share no nodes: neither waits for what the other has just stored.
    """
    first = packets.layer_start[k]
    half = (packets.layer_start[k + 1] - first) // 2
    count = 0
    packet = first
    for j in range(layer.shape[0]):
        row = layer[j]
        lane = 0
        for i in range(row.size):
            if not row[i] > 0:
                lane = 0
                continue
            if lane == 0:
                packet = first + 2 * (count % half) + count // half
                count += 1
                packets.starts[4 * packet] = below[j, i]
                packets.starts[4 * packet + 1] = below[j + 1, i]
                packets.starts[4 * packet + 2] = above[j, i]
                packets.starts[4 * packet + 3] = above[j + 1, i]
            packets.modulus[LANES * packet + lane] = row[i]
            lane = (lane + 1) % (LANES - 1)
    if count < 2 * half:  # an empty packet makes the number even
        for corner in range(2):
            packets.starts[4 * (first + count) + corner] = rows.plane_start[k]
            packets.starts[4 * (first + count) + 2 + corner] = rows.plane_start[k + 1]
