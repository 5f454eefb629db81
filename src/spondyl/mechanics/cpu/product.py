"""The product of the stiffness with a vector in double precision: a pass as those of :mod:`sweep`."""

from __future__ import annotations

import numpy as np

from spondyl.compiled import inner, kernel
from spondyl.mechanics.cpu.lanes import one_packet
from spondyl.mechanics.cpu.sweep import ORIGIN, clear_plane, fold, join_rim, keep, own_rims
from spondyl.mechanics.cpu.vectorcode import LANES
from spondyl.meeting import meet, share


@inner
def _layer(x, y, stride, width, below, above, packets, k, products):
    for p in range(packets.layer_start[k], packets.layer_start[k + 1]):
        one_packet(
            x, stride, y, below, above, width, packets.starts, 4 * p, packets.modulus, LANES * p, products
        )


@inner
def _dot(a, b):
    """Sum in eight interleaved parts, in one order always."""
    parts = np.zeros(8)
    whole = a.size // 8 * 8
    for i in range(0, whole, 8):
        for lane in range(8):
            parts[lane] += a[i + lane] * b[i + lane]
    total = 0.0
    for i in range(whole, a.size):
        total += a[i] * b[i]
    return total + parts.sum()


@inner
def _write_product(k, p, out, y, start, width, rows, held):
    """Store the forces of plane k, zero where held; return their product with p."""
    stride, p0, p1 = rows.stride, rows.plane_start[k], rows.plane_start[k + 1]
    fold(y, start, width, p0, held, k)
    for c in range(3):
        for i in range(p1 - p0):
            out[c * stride + p0 + i] = y[start + c * width + i]
    for f in range(held.fixed_start[k], held.fixed_start[k + 1]):
        out[held.fixed[f]] = 0
    total = 0.0
    for c in range(3):
        o = c * stride
        total += _dot(p[o + p0 : o + p1], out[o + p0 : o + p1])
    return total


@inner
def _slabs(part, first, last, p, out, sums, rows, packets, held, products, ring, rims):
    """Work through slabs `first` to `last`, and the rims between them."""
    width = rims.shape[2] // 3
    y = ring[part]
    for s in range(first, last):
        z0, z1 = packets.slab_start[s], packets.slab_start[s + 1]
        y[:] = 0
        for k in range(z0, z1):
            low = (k % 2) * 3 * width
            high = 3 * width - low
            below, above = low - rows.plane_start[k], high - rows.plane_start[k + 1]
            _layer(p, y, rows.stride, width, below, above, packets, k, products)
            if k == z0:
                keep(rims[s, 1], y, low)
            else:
                sums[k] = _write_product(k, p, out, y, low, width, rows, held)
            y[low : low + 3 * width] = 0
        high = (z1 % 2) * 3 * width
        keep(rims[s + 1, 0], y, high)
    for s in range(*own_rims(first, last, packets.slab_start.size - 1, held.wrap)):
        _finish_product(s, p, out, sums, rows, packets, held, rims)


@kernel
def product(part, parts, meeting, p, out, sums, rows, packets, held, products, ring, rims):
    """Write K p to out and p · K p of each plane to sums, float64; on all threads."""
    first, last = share(packets.slab_start.size - 1, part, parts)
    if last > first:
        _slabs(part, first, last, p, out, sums, rows, packets, held, products, ring, rims)
    meet(parts, meeting)
    if last > first and (first > 0 or held.wrap):
        _finish_product(first, p, out, sums, rows, packets, held, rims)


@inner
def _finish_product(s, p, out, sums, rows, packets, held, rims):
    """Finish the plane below slab s."""
    k = packets.slab_start[s]
    y = join_rim(rims, s, held.wrap)
    sums[k] = _write_product(k, p, out, y, ORIGIN, rims.shape[2] // 3, rows, held)
    if s == 0 and held.wrap:
        top = packets.slab_start[-1]
        clear_plane(out, rows, top)
        sums[top] = 0
