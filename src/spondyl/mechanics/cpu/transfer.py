"""Between a level and the next coarser one: trilinear interpolation and its transpose."""

from __future__ import annotations

import numba
import numpy as np

from spondyl.mechanics.cpu.sweep import copy_plane, copy_to_ghosts, clear_plane


@numba.njit(cache=True)
def _add_row(values, weight, rows, row, line, shift):  # type: ignore[no-untyped-def]
    """Add a stored node row, times a weight, to a dense line."""
    for run in range(rows.row_start[row], rows.row_start[row + 1]):
        n, length, x = rows.run_node[run], rows.run_length[run], rows.run_x[run] + shift
        source, target = values[n : n + length], line[x : x + length]
        for i in range(length):
            target[i] += weight * source[i]


@numba.njit(cache=True)
def _gather(values, rows, k, j, line):  # type: ignore[no-untyped-def]
    """Collect the nine fine rows around coarse row (k, j), one place to the right."""
    line[:] = 0
    for dk in range(-1, 2):
        for dj in range(-1, 2):
            fk, fj = 2 * k + dk, 2 * j + dj
            if 0 <= fk <= rows.shape[0] and 0 <= fj <= rows.shape[1]:
                weight = np.float32(1.0 / ((1 + abs(dk)) * (1 + abs(dj))))
                _add_row(values, weight, rows, fk * (rows.shape[1] + 1) + fj, line, 1)


@numba.njit(cache=True, nogil=True)
def restrict_planes(part, first, last, fine, coarse, rows, c_rows, c_held):  # type: ignore[no-untyped-def]
    """Write the transpose of interpolation of fine forces to coarse planes `first` to `last`."""
    line = np.empty(2 * c_rows.shape[2] + 5, np.float32)
    half = np.float32(0.5)
    for k in range(first, last):
        for j in range(c_rows.shape[1] + 1):
            row = k * (c_rows.shape[1] + 1) + j
            if c_rows.row_start[row] == c_rows.row_start[row + 1]:
                continue
            for c in range(3):
                _gather(fine[c * rows.stride : (c + 1) * rows.stride], rows, k, j, line)
                out = coarse[c * c_rows.stride : (c + 1) * c_rows.stride]
                for run in range(c_rows.row_start[row], c_rows.row_start[row + 1]):
                    n, length, x = c_rows.run_node[run], c_rows.run_length[run], c_rows.run_x[run]
                    target, source = out[n : n + length], line[2 * x : 2 * x + 2 * length + 1]
                    for i in range(length):
                        target[i] = source[2 * i + 1] + half * (source[2 * i] + source[2 * i + 2])
        for f in range(c_held.fixed_start[k], c_held.fixed_start[k + 1]):
            coarse[c_held.fixed[f]] = 0
        for t in range(c_held.twin_start[k], c_held.twin_start[k + 1]):
            for c in range(3):
                o = c * c_rows.stride
                coarse[o + c_held.masters[t]] += coarse[o + c_held.ghosts[t]]
                coarse[o + c_held.ghosts[t]] = 0


@numba.njit(cache=True, nogil=True)
def fold_last_plane(v, rows):  # type: ignore[no-untyped-def]
    """Give the forces of the last plane to the first, with which it is one."""
    last = rows.shape[0]
    p0, p1, q0 = rows.plane_start[0], rows.plane_start[1], rows.plane_start[last]
    for c in range(3):
        o = c * rows.stride
        for i in range(p1 - p0):
            v[o + p0 + i] += v[o + q0 + i]
    clear_plane(v, rows, last)


@numba.njit(cache=True, nogil=True)
def copy_first_plane(v, rows):  # type: ignore[no-untyped-def]
    """Give the displacements of the first plane to the last, with which it is one."""
    copy_plane(v, rows, 0, rows.shape[0])


@numba.njit(cache=True, nogil=True)
def prolong_planes(part, first, last, fine, coarse, rows, held, c_rows):  # type: ignore[no-untyped-def]
    """Add the interpolation of coarse displacements to fine planes `first` to `last`."""
    nx = c_rows.shape[2]
    line = np.empty(nx + 2, np.float32)
    dense = np.empty(2 * nx + 2, np.float32)
    half = np.float32(0.5)
    for k in range(first, last):
        for j in range(rows.shape[1] + 1):
            row = k * (rows.shape[1] + 1) + j
            if rows.row_start[row] == rows.row_start[row + 1]:
                continue
            weight = np.float32(1.0 / ((1 + k % 2) * (1 + j % 2)))
            for c in range(3):
                line[:] = 0
                values = coarse[c * c_rows.stride : (c + 1) * c_rows.stride]
                for ck in range(k // 2, (k + 1) // 2 + 1):
                    for cj in range(j // 2, (j + 1) // 2 + 1):
                        _add_row(values, weight, c_rows, ck * (c_rows.shape[1] + 1) + cj, line, 0)
                for i in range(nx):
                    dense[2 * i] = line[i]
                    dense[2 * i + 1] = half * (line[i] + line[i + 1])
                dense[2 * nx] = line[nx]
                out = fine[c * rows.stride : (c + 1) * rows.stride]
                for run in range(rows.row_start[row], rows.row_start[row + 1]):
                    n, length, x = rows.run_node[run], rows.run_length[run], rows.run_x[run]
                    target, source = out[n : n + length], dense[x : x + length]
                    for i in range(length):
                        target[i] += source[i]
        for f in range(held.fixed_start[k], held.fixed_start[k + 1]):
            fine[held.fixed[f]] = 0
        copy_to_ghosts(fine, rows.stride, held, k)
