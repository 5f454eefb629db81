"""Elements of a mesh in packets: neighbours along x whose nodes lie end to end in all four rows."""

from __future__ import annotations

import numpy as np

from spondyl.compiled import inner, kernel
from spondyl.mechanics.cpu.layout import Layout
from spondyl.mechanics.cpu.mesh import Mesh
from spondyl.mechanics.cpu.numbering import Packets, share_out
from spondyl.mechanics.cpu.vectorcode import LANES
from spondyl.threads import Team


def packets_of(mesh: Mesh, layout: Layout, team: Team) -> Packets:
    """Return the elements of a mesh in packets."""
    layers, elements = int(mesh.shape[0]), mesh.x.size
    layer_start = np.zeros(layers + 1, np.int64)
    packet, lane = np.empty(elements, np.int32), np.empty(elements, np.uint8)
    team.run(_chain, layers, elements, mesh, layout.starts, packet, lane, layer_start)
    np.cumsum(layer_start, out=layer_start)
    starts = np.empty(4 * layer_start[-1], np.int32)
    modulus = np.zeros(LANES * layer_start[-1], np.float32)
    packets = Packets(layer_start, share_out(layer_start), starts, modulus)
    team.run(_fill, layers, elements, mesh, layout, packet, lane, packets)
    return packets


@inner
def _follows(starts, e, before):
    same = True
    for r in range(4):
        same = same and starts[4 * e + r] == starts[4 * before + r] + 1
    return same


@kernel
def _chain(part, first, last, mesh, starts, packet, lane, layer_packets):
    """Give each element of some layers a packet of its layer and a lane in it."""
    lines = mesh.shape[1]
    for k in range(first, last):
        count = 0
        for row in range(k * lines, (k + 1) * lines):
            begin = before = mesh.row_start[row]
            for e in range(mesh.row_start[row], mesh.row_start[row + 1]):
                if e == mesh.row_start[row] or mesh.x[e] != mesh.x[e - 1]:
                    before, begin = begin, e
                packet[e], lane[e] = -1, 0
                for other in range(before, begin):
                    if (
                        lane[other] < LANES - 2
                        and mesh.x[other] + 1 == mesh.x[e]
                        and _follows(starts, e, other)
                    ):
                        packet[e], lane[e] = packet[other], lane[other] + 1
                if packet[e] < 0:
                    packet[e] = count
                    count += 1
        layer_packets[k + 1] = count + count % 2


@kernel
def _fill(part, first, last, mesh, layout, packet, lane, packets):
    """Write the packets of some layers, one from each half of a layer in turn."""
    lines = mesh.shape[1]
    for k in range(first, last):
        begin = packets.layer_start[k]
        half = (packets.layer_start[k + 1] - begin) // 2
        for corner in range(4 * begin, 8 * half + 4 * begin):  # an empty packet may make the number even
            packets.starts[corner] = layout.rows.plane_start[k + (corner >> 1 & 1)]
        for e in range(mesh.row_start[k * lines], mesh.row_start[(k + 1) * lines]):
            at = begin + 2 * (packet[e] % half) + packet[e] // half
            packets.modulus[LANES * at + lane[e]] = mesh.modulus[e]
            if lane[e] == 0:
                for corner in range(4):
                    packets.starts[4 * at + corner] = layout.starts[4 * e + corner]
