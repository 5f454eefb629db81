"""Between a level and the next coarser one: trilinear interpolation and its transpose."""

from __future__ import annotations

import numpy as np

from spondyl.compiled import inner, kernel
from spondyl.mechanics.cpu.strips import prolong_strip, restrict_strip
from spondyl.mechanics.cpu.sweep import ORIGIN, clear_plane, copy_plane, copy_to_ghosts
from spondyl.mechanics.cpu.vectorcode import LANES
from spondyl.meeting import meet, share

HERE = np.array([0, LANES], np.int32)
"""Where two coarse rows begin in the spare ones."""


@inner
def _restrict_plane(fine, coarse, k, ck, rows_of, stride, c_rows, strips, weights, masks, spare):
    """Add what fine plane k gives to coarse plane ck: two of its four coarse rows, from `rows_of` on."""
    end = c_rows.plane_start[ck + 1]
    for strip in range(strips.plane_start[k], strips.plane_start[k + 1]):
        kind = strips.kind[strip]
        w0 = 4 * (2 * (k % 2) + (kind >> 5)) + rows_of
        odd, mask, s0 = (kind >> 4) & 1, LANES * (kind & 15), 4 * strip + rows_of
        node = strips.node[strip]
        inside = max(strips.starts[s0], strips.starts[s0 + 1]) + LANES <= end
        for c in range(3):
            at, base = c * stride + node, c * c_rows.stride
            if inside:
                restrict_strip(fine, at, coarse, base, strips.starts, s0, weights, w0, odd, masks, mask)
                continue
            # The next plane may be another thread's: do not even write zeros there.
            spare[:] = 0
            restrict_strip(fine, at, spare, 0, HERE, 0, weights, w0, odd, masks, mask)
            for row in range(2):
                start = strips.starts[s0 + row]
                for lane in range(min(LANES, end - start)):
                    coarse[base + start + lane] += spare[row * LANES + lane]


@inner
def _restrict_planes(first, last, fine, coarse, rows, strips, c_rows, c_held, weights, masks):
    """Write the transpose of interpolation of fine forces to coarse planes `first` to `last`."""
    spare = np.zeros(2 * LANES, np.float32)
    low, high = ORIGIN, ORIGIN + 2  # the coarse rows of a plane among the four of a strip
    for k in range(first, last):
        clear_plane(coarse, c_rows, k)
        if k > 0:
            _restrict_plane(
                fine, coarse, 2 * k - 1, k, high, rows.stride, c_rows, strips, weights, masks, spare
            )
        if 2 * k <= rows.shape[0]:
            _restrict_plane(fine, coarse, 2 * k, k, low, rows.stride, c_rows, strips, weights, masks, spare)
        if 2 * k + 1 <= rows.shape[0]:
            _restrict_plane(
                fine, coarse, 2 * k + 1, k, low, rows.stride, c_rows, strips, weights, masks, spare
            )
        for f in range(c_held.fixed_start[k], c_held.fixed_start[k + 1]):
            coarse[c_held.fixed[f]] = 0
        for t in range(c_held.twin_start[k], c_held.twin_start[k + 1]):
            for c in range(3):
                o = c * c_rows.stride
                coarse[o + c_held.masters[t]] += coarse[o + c_held.ghosts[t]]
                coarse[o + c_held.ghosts[t]] = 0


@inner
def _fold_last_plane(v, rows):
    """Give the forces of the last plane to the first, with which it is one."""
    last = rows.shape[0]
    p0, p1, q0 = rows.plane_start[0], rows.plane_start[1], rows.plane_start[last]
    for c in range(3):
        o = c * rows.stride
        for i in range(p1 - p0):
            v[o + p0 + i] += v[o + q0 + i]
    clear_plane(v, rows, last)


@inner
def _prolong_planes(first, last, fine, coarse, rows, strips, held, c_rows, weights, masks):
    """Add the interpolation of coarse displacements to fine planes `first` to `last`."""
    stride, c_stride = rows.stride, c_rows.stride
    spare = np.zeros(LANES, np.float32)
    for k in range(first, last):
        for strip in range(strips.plane_start[k], strips.plane_start[k + 1]):
            kind = strips.kind[strip]
            w0 = 4 * (2 * (k % 2) + (kind >> 5))
            odd, mask, s0, node = (kind >> 4) & 1, LANES * (kind & 15), 4 * strip, strips.node[strip]
            inside = node + LANES <= rows.plane_start[k + 1]
            for c in range(3):
                at, base = c * stride + node, c * c_stride
                if inside:
                    prolong_strip(fine, at, coarse, base, strips.starts, s0, weights, w0, odd, masks, mask)
                    continue
                # The next plane may be another thread's: do not even write zeros there.
                spare[:] = 0
                prolong_strip(spare, 0, coarse, base, strips.starts, s0, weights, w0, odd, masks, mask)
                for lane in range(kind & 15):
                    fine[at + lane] += spare[lane]
        for f in range(held.fixed_start[k], held.fixed_start[k + 1]):
            fine[held.fixed[f]] = 0
        copy_to_ghosts(fine, stride, held, k)


@inner
def restrict(part, parts, meeting, fine, coarse, rows, strips, c_rows, c_held, weights, masks):
    """Write the transpose of interpolation of fine forces to a coarse vector; all threads meet at the end."""
    first, last = share(c_rows.shape[0] + 1, part, parts)
    _restrict_planes(first, last, fine, coarse, rows, strips, c_rows, c_held, weights, masks)
    meet(parts, meeting)
    if c_held.wrap:
        if part == 0:
            _fold_last_plane(coarse, c_rows)
        meet(parts, meeting)


@inner
def prolong(part, parts, meeting, coarse, fine, rows, strips, held, c_rows, weights, masks):
    """Add the interpolation of coarse displacements to the fine ones; all threads meet at the end."""
    first, last = share(rows.shape[0] + 1, part, parts)
    _prolong_planes(first, last, fine, coarse, rows, strips, held, c_rows, weights, masks)
    meet(parts, meeting)
    if held.wrap:
        if part == 0:
            copy_plane(fine, rows, ORIGIN, rows.shape[0])
        meet(parts, meeting)


@kernel
def restrict_once(part, parts, meeting, fine, coarse, rows, strips, c_rows, c_held, weights, masks):
    """Restrict when Python asks."""
    restrict(part, parts, meeting, fine, coarse, rows, strips, c_rows, c_held, weights, masks)


@kernel
def prolong_once(part, parts, meeting, coarse, fine, rows, strips, held, c_rows, weights, masks):
    """Interpolate when Python asks."""
    prolong(part, parts, meeting, coarse, fine, rows, strips, held, c_rows, weights, masks)
