"""Loops of the multigrid solver on grids with a border of one voxel, flat; planes are shared among threads.

A level is: conductances of each voxel's upper faces along z, y and x, the inverse of the diagonal, the
diagonal, and the reactions in it. Its vectors have the same layout; a border holds zeros. Loops over a row
read few arrays at a time, or they would not use vectors.
"""

from __future__ import annotations

from spondyl.compiled import bare, bare_kernel, quick


@bare
def gather_row(x, level, at, plane, row, count, out):
    """Write the sum of conductance times neighbour for a row of voxels."""
    gz, gy, gx = level[0], level[1], level[2]
    low, high = gz[at - plane : at - plane + count], gz[at : at + count]
    before, behind = x[at - plane : at - plane + count], x[at + plane : at + plane + count]
    for i in range(count):
        out[i] = low[i] * before[i] + high[i] * behind[i]
    low, high = gy[at - row : at - row + count], gy[at : at + count]
    before, behind = x[at - row : at - row + count], x[at + row : at + row + count]
    for i in range(count):
        out[i] += low[i] * before[i] + high[i] * behind[i]
    low, high = gx[at - 1 : at - 1 + count], gx[at : at + count]
    before, behind = x[at - 1 : at - 1 + count], x[at + 1 : at + 1 + count]
    for i in range(count):
        out[i] += low[i] * before[i] + high[i] * behind[i]


@bare_kernel
def smooth(part, first, last, shape, level, b, x, z, out, sums, keep, pull, start):
    """Take a step of a Chebyshev iteration: z = keep z + pull (inverse (b + neighbours) − x), out = x + z.

    With `start`, x is taken for zero.
    """
    _, ny, nx = shape
    row, plane = nx + 2, (ny + 2) * (nx + 2)
    inverse = level[3]
    for k in range(first, last):
        for j in range(ny):
            at = (k + 1) * plane + (j + 1) * row + 1
            more = sums[part]
            mine, load, step = inverse[at : at + nx], b[at : at + nx], z[at : at + nx]
            new = out[at : at + nx]
            if start:
                for i in range(nx):
                    step[i] = pull * mine[i] * load[i]
                for i in range(nx):
                    new[i] = step[i]
                continue
            gather_row(x, level, at, plane, row, nx, more)
            old = x[at : at + nx]
            for i in range(nx):
                step[i] = keep * step[i] + pull * (mine[i] * (load[i] + more[i]) - old[i])
            for i in range(nx):
                new[i] = old[i] + step[i]


@bare_kernel
def restrict(part, first, last, shape, level, b, x, sums, coarse_shape, coarse):
    """Add what is left of b up over blocks of 2 × 2 × 2 voxels; planes are those of the coarse grid."""
    nz, ny, nx = shape
    _, cy, cx = coarse_shape
    row, plane = nx + 2, (ny + 2) * (nx + 2)
    diagonal = level[4]
    for ck in range(first, last):
        for cj in range(cy):
            target = (ck + 1) * (cy + 2) * (cx + 2) + (cj + 1) * (cx + 2) + 1
            for i in range(cx):
                coarse[target + i] = 0.0
            for k in range(2 * ck, min(2 * ck + 2, nz)):
                for j in range(2 * cj, min(2 * cj + 2, ny)):
                    at = (k + 1) * plane + (j + 1) * row + 1
                    more = sums[part]
                    gather_row(x, level, at, plane, row, nx, more)
                    load, old, d = b[at : at + nx], x[at : at + nx], diagonal[at : at + nx]
                    for i in range(nx):
                        more[i] += load[i] - d[i] * old[i]
                    for i in range(nx // 2):
                        coarse[target + i] += more[2 * i] + more[2 * i + 1]
                    if nx % 2:
                        coarse[target + nx // 2] += more[nx - 1]


@bare_kernel
def prolong(part, first, last, shape, level, x, coarse_shape, coarse):
    """Add a coarse correction to the open voxels of each block."""
    _, ny, nx = shape
    _, cy, cx = coarse_shape
    inverse = level[3]
    for k in range(first, last):
        for j in range(ny):
            at = (k + 1) * (ny + 2) * (nx + 2) + (j + 1) * (nx + 2) + 1
            source = (k // 2 + 1) * (cy + 2) * (cx + 2) + (j // 2 + 1) * (cx + 2) + 1
            for i in range(nx):
                if inverse[at + i] > 0.0:
                    x[at + i] += coarse[source + i // 2]


@bare_kernel
def merge(part, first, last, shape, level, coarse_shape, coarse):
    """Make a coarse level's conductances and reactions from a fine one's; planes are the coarse grid's.

    Twice the distance halves what passes the faces that blocks share.
    """
    nz, ny, nx = shape
    _, cy, cx = coarse_shape
    row, plane = nx + 2, (ny + 2) * (nx + 2)
    for ck in range(first, last):
        for cj in range(cy):
            for ci in range(cx):
                to = (ck + 1) * (cy + 2) * (cx + 2) + (cj + 1) * (cx + 2) + ci + 1
                gz = gy = gx = reaction = 0.0
                for k in range(2 * ck, min(2 * ck + 2, nz)):
                    for j in range(2 * cj, min(2 * cj + 2, ny)):
                        for i in range(2 * ci, min(2 * ci + 2, nx)):
                            at = (k + 1) * plane + (j + 1) * row + i + 1
                            gz += level[0][at] if k % 2 else 0.0
                            gy += level[1][at] if j % 2 else 0.0
                            gx += level[2][at] if i % 2 else 0.0
                            reaction += level[5][at]
                coarse[0][to], coarse[1][to], coarse[2][to] = 0.5 * gz, 0.5 * gy, 0.5 * gx
                coarse[5][to] = reaction


@bare_kernel
def settle(part, first, last, shape, level):
    """Write diagonals and their inverses from conductances and reactions."""
    _, ny, nx = shape
    row, plane = nx + 2, (ny + 2) * (nx + 2)
    gz, gy, gx, inverse, diagonal, reaction = level
    for k in range(first, last):
        for j in range(ny):
            for at in range((k + 1) * plane + (j + 1) * row + 1, (k + 1) * plane + (j + 1) * row + 1 + nx):
                sides = gz[at - plane] + gz[at] + gy[at - row] + gy[at] + gx[at - 1] + gx[at]
                diagonal[at] = reaction[at] + sides
                inverse[at] = 1.0 / diagonal[at] if diagonal[at] > 0.0 else 0.0


@bare_kernel
def product(part, first, last, shape, level, x, out, sums, totals):
    """Write the operator times x; leave x · out of each plane."""
    _, ny, nx = shape
    row, plane = nx + 2, (ny + 2) * (nx + 2)
    for k in range(first, last):
        total = 0.0
        for j in range(ny):
            at = (k + 1) * plane + (j + 1) * row + 1
            more = sums[part]
            gather_row(x, level, at, plane, row, nx, more)
            mine, d, new = x[at : at + nx], level[4][at : at + nx], out[at : at + nx]
            for i in range(nx):
                new[i] = d[i] * mine[i] - more[i]
            total += dot(mine, new)
        totals[k] = total


@quick
def dot(a, b):
    """Return the sum of products."""
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@bare_kernel
def follow(part, first, last, size, p, z, beta):
    """Turn the direction: p = z + beta p."""
    for at in range(first * size, last * size):
        p[at] = z[at] + beta * p[at]


@bare_kernel
def advance(part, first, last, size, alpha, p, q, x, r, load, scale, totals):
    """Go along the direction: x += alpha p, r −= alpha q; load = scale r; leave r · r of each plane."""
    for k in range(first, last):
        for at in range(k * size, (k + 1) * size):
            x[at] += alpha * p[at]
        for at in range(k * size, (k + 1) * size):
            r[at] -= alpha * q[at]
            load[at] = scale * r[at]
        mine = r[k * size : (k + 1) * size]
        totals[k] = dot(mine, mine)


@bare_kernel
def compare(part, first, last, size, z, r, q, totals):
    """Leave z · r and z · q of each plane."""
    for k in range(first, last):
        mine = z[k * size : (k + 1) * size]
        totals[k, 0] = dot(mine, r[k * size : (k + 1) * size])
        totals[k, 1] = dot(mine, q[k * size : (k + 1) * size])
