"""One pass over the elements in single precision: a smoothing step, the residual, or the product.

A pass walks through the node planes from low z to high. Once the layers below and above a plane are done,
the forces of the plane are complete and its nodes are updated while they lie in the cache; forces are kept
for two planes only. Slabs of layers run on several threads. The planes between slabs, the *rims*, wait until
both sides are done, so that every sum is taken in one order, whatever the number of threads: a thread
finishes those between its own slabs, and what lies between two threads is finished when both are done.
Threads meet within the loops, see :mod:`spondyl.meeting`.
"""

from __future__ import annotations

import numpy as np

from spondyl.compiled import inner, kernel
from spondyl.mechanics.cpu.lanes import two_packets
from spondyl.mechanics.cpu.vectorcode import LANES
from spondyl.meeting import meet, share

ORIGIN = np.int64(0)
SMOOTH, RESIDUAL, PRODUCT = np.int64(0), np.int64(1), np.int64(2)
"""Plain numbers would have Numba compile its callees once for each of them."""


@inner
def _layer(x, y, stride, width, below, above, packets, k, products):
    """Add the forces of one element layer."""
    for p in range(packets.layer_start[k], packets.layer_start[k + 1], 2):
        two_packets(
            x, stride, y, below, above, width, packets.starts, 4 * p, packets.modulus, LANES * p, products
        )


@inner
def fold(y, start, width, first, held, k):
    """Give the forces of ghosts to their masters."""
    for t in range(held.twin_start[k], held.twin_start[k + 1]):
        for c in range(3):
            at = start + c * width - first
            y[at + held.masters[t]] += y[at + held.ghosts[t]]
            y[at + held.ghosts[t]] = 0


@inner
def copy_to_ghosts(v, stride, held, k):
    """Give ghosts of plane k the values of their masters."""
    for t in range(held.twin_start[k], held.twin_start[k + 1]):
        for c in range(3):
            v[c * stride + held.ghosts[t]] = v[c * stride + held.masters[t]]


@inner
def _update(kind, k, x, d, b, y, start, at, momentum, step):
    """Finish the nodes of plane k, whose forces lie in y from `start`."""
    rows, held, width, scale = at.rows, at.held, at.width, at.scale
    stride, p0, p1 = rows.stride, rows.plane_start[k], rows.plane_start[k + 1]
    fold(y, start, width, p0, held, k)
    ws = at.diagonal[p0:p1]
    for c in range(3):
        o = c * stride
        xs, ds, bs = x[o + p0 : o + p1], d[o + p0 : o + p1], b[o + p0 : o + p1]
        ys = y[start + c * width : start + c * width + p1 - p0]
        if kind == SMOOTH:
            s = step * scale[c]
            for i in range(xs.size):
                t = momentum * ds[i] + s * ws[i] * (bs[i] - ys[i])
                ds[i] = t
                xs[i] += t
        elif kind == RESIDUAL:
            for i in range(xs.size):
                ds[i] = bs[i] - ys[i]
        else:
            for i in range(xs.size):
                ds[i] = ys[i]
    for f in range(held.fixed_start[k], held.fixed_start[k + 1]):
        d[held.fixed[f]] = 0
        if kind == SMOOTH:
            x[held.fixed[f]] = 0
    if kind == SMOOTH:
        copy_to_ghosts(x, stride, held, k)
        copy_to_ghosts(d, stride, held, k)


@inner
def _slabs(part, first, last, kind, x, d, b, at, momentum, step):
    """Work through slabs `first` to `last`, and the rims between them."""
    rows, packets, width, y = at.rows, at.packets, at.width, at.ring[part]
    for s in range(first, last):
        z0, z1 = packets.slab_start[s], packets.slab_start[s + 1]
        y[:] = 0
        for k in range(z0, z1):
            low = (k % 2) * 3 * width
            high = 3 * width - low
            below, above = low - rows.plane_start[k], high - rows.plane_start[k + 1]
            _layer(x, y, rows.stride, width, below, above, packets, k, at.products)
            if k == z0:
                keep(at.rims[s, 1], y, low)
            else:
                _update(kind, k, x, d, b, y, low, at, momentum, step)
            y[low : low + 3 * width] = 0
        high = (z1 % 2) * 3 * width
        keep(at.rims[s + 1, 0], y, high)
    for s in range(*own_rims(first, last, packets.slab_start.size - 1, at.held.wrap)):
        _finish_rim(s, kind, x, d, b, at, momentum, step)


@inner
def sweep(part, parts, meeting, kind, x, d, b, at, momentum, step):
    """Smooth x, or write the residual b − K x or K x to d; on all threads, which have met at the end."""
    slabs = at.packets.slab_start.size - 1
    first, last = share(slabs, part, parts)
    if last > first:
        _slabs(part, first, last, kind, x, d, b, at, momentum, step)
    if parts == 1 and not at.held.wrap:
        return
    meet(parts, meeting)
    if last > first and (first > 0 or at.held.wrap):
        _finish_rim(first, kind, x, d, b, at, momentum, step)
    meet(parts, meeting)


@kernel
def sweep_once(part, parts, meeting, kind, x, d, b, at, momentum, step):
    """Sweep a level when Python asks."""
    sweep(part, parts, meeting, kind, x, d, b, at, momentum, step)


@inner
def own_rims(first, last, top, wrap):
    """Return the rims, first and one after the last, that depend on slabs `first` to `last` alone."""
    return first + (first > 0 or wrap), last + (last == top and not wrap)


@inner
def keep(kept, y, start):
    """Copy the forces of a plane. Assigning slices would compile what tells of shapes that differ."""
    for i in range(kept.size):
        kept[i] = y[start + i]


@inner
def _give(total, forces):
    for i in range(total.size):
        total[i] += forces[i]


@inner
def join_rim(rims, s, wrap):
    """Add what the slab below and the one above a rim gave; return the sum."""
    last = rims.shape[0] - 1
    y = rims[s, 0]
    if s == 0:
        keep(y, rims[0, 1], ORIGIN)
        if wrap:
            _give(y, rims[last, 0])
    elif s < last:
        _give(y, rims[s, 1])
    return y


@kernel
def copy_plane(v, rows, source, target):
    """Copy the values of one plane to another with the same nodes."""
    p0, p1, q0 = rows.plane_start[source], rows.plane_start[source + 1], rows.plane_start[target]
    for c in range(3):
        o = c * rows.stride
        for i in range(p1 - p0):
            v[o + q0 + i] = v[o + p0 + i]


@inner
def clear_plane(v, rows, k):
    """Set a vector to zero at the nodes of plane k."""
    for c in range(3):
        v[c * rows.stride + rows.plane_start[k] : c * rows.stride + rows.plane_start[k + 1]] = 0


@inner
def _finish_rim(s, kind, x, d, b, at, momentum, step):
    """Finish the plane below slab s."""
    y = join_rim(at.rims, s, at.held.wrap)
    _update(kind, at.packets.slab_start[s], x, d, b, y, ORIGIN, at, momentum, step)
    if s == 0 and at.held.wrap:
        top = at.packets.slab_start[-1]
        if kind == SMOOTH:
            copy_plane(x, at.rows, ORIGIN, top)
            copy_plane(d, at.rows, ORIGIN, top)
        else:
            clear_plane(d, at.rows, top)


@inner
def _first_step(first, last, at, step):
    """Smooth once from x = 0: no product with the stiffness is needed. Planes `first` to `last`."""
    rows, held, x, d = at.rows, at.held, at.x, at.d
    stride = rows.stride
    for k in range(first, last):
        p0, p1 = rows.plane_start[k], rows.plane_start[k + 1]
        ws = at.diagonal[p0:p1]
        for c in range(3):
            o = c * stride
            s = step * at.scale[c]
            xs, ds, bs = x[o + p0 : o + p1], d[o + p0 : o + p1], at.b[o + p0 : o + p1]
            for i in range(xs.size):
                t = s * ws[i] * bs[i]
                ds[i] = t
                xs[i] = t
        for f in range(held.fixed_start[k], held.fixed_start[k + 1]):
            d[held.fixed[f]] = 0
            x[held.fixed[f]] = 0
        copy_to_ghosts(x, stride, held, k)
        copy_to_ghosts(d, stride, held, k)


@inner
def smooth(part, parts, meeting, at, degree, bound, from_zero):
    """Improve x by Chebyshev polynomials of the fourth kind (Phillips and Fischer 2022)."""
    for k in range(1, degree + 1):
        momentum = (2 * k - 3) / (2 * k + 1) if k > 1 else 0.0
        step = (8 * k - 4) / (2 * k + 1) / bound
        if k == 1 and from_zero:
            first, last = share(at.rows.shape[0] + 1, part, parts)
            _first_step(first, last, at, np.float32(step))
            meet(parts, meeting)
        else:
            sweep(part, parts, meeting, SMOOTH, at.x, at.d, at.b, at, np.float32(momentum), np.float32(step))


@kernel
def smooth_once(part, parts, meeting, at, degree, bound, from_zero):
    """Smooth a level when Python asks."""
    smooth(part, parts, meeting, at, degree, bound, from_zero)
