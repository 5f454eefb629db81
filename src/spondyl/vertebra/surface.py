"""Bone surface in a field of shares: how much there is, and cavities cut into it and filled again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inner, kernel
from spondyl.vertebra.plane import share_below

Reals = NDArray[np.float32]
Reals64 = NDArray[np.float64]

ACTIVE_TRABECULAR, ACTIVE_ENDOSTEAL = 1, 2


@kernel
def surface_area(share: Reals, active: NDArray[np.uint8], endosteal: float, area: Reals, k: int) -> None:
    """Write the bone surface in each voxel of plane k, in faces of a voxel.

    Along each axis it is the mean of the two steps of the share to the neighbours, so that a surface counts
    once wherever it cuts the voxels, and the two sides of a plate thinner than a voxel count both.

    Parameters
    ----------
    active : 1 where trabecular surface is remodelled, 2 where that of the walls is, 0 where none is.
    endosteal : weight of the surface of the walls.
    area : overwritten; zero where nothing is active.
    """
    deep, rows, columns = share.shape
    for j in range(rows):
        for i in range(columns):
            kind = active[k, j, i]
            if kind == 0:
                area[k, j, i] = 0
                continue
            here = share[k, j, i]
            z = _step(here, share[max(k - 1, 0), j, i], share[min(k + 1, deep - 1), j, i])
            y = _step(here, share[k, max(j - 1, 0), i], share[k, min(j + 1, rows - 1), i])
            x = _step(here, share[k, j, max(i - 1, 0)], share[k, j, min(i + 1, columns - 1)])
            area[k, j, i] = np.sqrt(z * z + y * y + x * x) * (1.0 if kind == 1 else endosteal)


@inner
def _step(here: float, below: float, above: float) -> float:
    return (abs(here - below) + abs(here - above)) / 2


@kernel
def erode(
    share: Reals,
    active: NDArray[np.uint8],
    edge: float,
    places: NDArray[np.int64],
    sizes: Reals64,
    pits: Reals64,
) -> float:
    """Cut cavities into the surface, one after another; returns the volume removed in voxels.

    A cavity is half an oblate ellipsoid whose middle lies on the surface and whose short axis points into the
    bone.

    Parameters
    ----------
    share : bone, changed in place.
    active : nothing is removed where it is 0.
    edge : of a voxel, mm.
    places : voxel (z, y, x) of each cavity, (n, 3).
    sizes : depth and half width of each, mm, and two numbers from 0 to 1 that shift it, (n, 4).
    pits : middle and inward normal of each, written here, mm from the array's corner, (n, 6).
    """
    removed = 0.0
    for number in range(places.shape[0]):
        k, j, i = places[number]
        depth, wide = sizes[number, 0], sizes[number, 1]
        nz, ny, nx = _inwards(share, k, j, i, max(wide, 2 * edge) / edge)
        out = (share[k, j, i] - 0.5) * edge
        z, y, x = (k + 0.5) * edge - out * nz, (j + 0.5) * edge - out * ny, (i + 0.5) * edge - out * nx
        tz, ty, tx = _across(nz, ny, nx)
        sz, sy, sx = ny * tx - nx * ty, nx * tz - nz * tx, nz * ty - ny * tz
        a, b = (sizes[number, 2] - 0.5) * edge, (sizes[number, 3] - 0.5) * edge
        z, y, x = z + a * tz + b * sz, y + a * ty + b * sy, x + a * tx + b * sx
        pits[number, 0], pits[number, 1], pits[number, 2] = z, y, x
        pits[number, 3], pits[number, 4], pits[number, 5] = nz, ny, nx
        reach = wide + edge
        for p in range(max(int((z - reach) / edge), 0), min(int((z + reach) / edge) + 1, share.shape[0])):
            for q in range(max(int((y - reach) / edge), 0), min(int((y + reach) / edge) + 1, share.shape[1])):
                for r in range(
                    max(int((x - reach) / edge), 0), min(int((x + reach) / edge) + 1, share.shape[2])
                ):
                    if share[p, q, r] > 0 and active[p, q, r] > 0:
                        inside = _ellipsoid(pits[number], p, q, r, depth, wide, edge)
                        taken = share[p, q, r] * inside
                        share[p, q, r] -= taken
                        removed += taken
    return removed


@kernel
def refill(
    share: Reals,
    original: Reals,
    density: Reals,
    edge: float,
    pits: Reals64,
    sizes: Reals64,
    filled: Reals64,
    support: float,
    young: float,
) -> float:
    """Fill cavities again with young bone; returns the volume formed in voxels.

    Bone is formed only on bone: a cavity beneath whose floor little is left has perforated its trabecula and
    is not filled. No more than was there at the beginning is formed.

    Parameters
    ----------
    share, density : bone and its mineral density, changed in place.
    original : bone at the beginning.
    pits, sizes : of :func:`erode`.
    filled : share of the depth of each cavity that is filled.
    support : least mean share of the bone below the floor.
    young : mineral density of new bone over that of the bone it replaces.
    """
    formed = 0.0
    for number in range(pits.shape[0]):
        depth, wide = sizes[number, 0], sizes[number, 1]
        if filled[number] <= 0 or _floor(share, pits[number], depth, edge) < support:
            continue
        left = max(depth * (1 - filled[number]), 1e-6)
        z, y, x = pits[number, 0], pits[number, 1], pits[number, 2]
        reach = wide + edge
        for p in range(max(int((z - reach) / edge), 0), min(int((z + reach) / edge) + 1, share.shape[0])):
            for q in range(max(int((y - reach) / edge), 0), min(int((y + reach) / edge) + 1, share.shape[1])):
                for r in range(
                    max(int((x - reach) / edge), 0), min(int((x + reach) / edge) + 1, share.shape[2])
                ):
                    room = original[p, q, r] - share[p, q, r]
                    if room <= 0:
                        continue
                    part = _ellipsoid(pits[number], p, q, r, depth, wide, edge)
                    if part <= 0:
                        continue
                    stays = _ellipsoid(pits[number], p, q, r, left, wide, edge) if left > 1e-5 else 0.0
                    new = min(room, original[p, q, r] * max(part - stays, 0.0))
                    old = share[p, q, r]
                    share[p, q, r] = old + new
                    formed += new
                    if new > 0:
                        density[p, q, r] *= (old + young * new) / (old + new)
    return formed


@inner
def _inwards(share: Reals, k: int, j: int, i: int, reach: float) -> tuple[float, float, float]:
    """Return the unit vector from a voxel to the middle of the bone around it."""
    n = int(reach)
    z, y, x = 0.0, 0.0, 0.0
    for p in range(max(k - n, 0), min(k + n + 1, share.shape[0])):
        for q in range(max(j - n, 0), min(j + n + 1, share.shape[1])):
            for r in range(max(i - n, 0), min(i + n + 1, share.shape[2])):
                dz, dy, dx = p - k, q - j, r - i
                if dz * dz + dy * dy + dx * dx <= reach * reach:
                    z += share[p, q, r] * dz
                    y += share[p, q, r] * dy
                    x += share[p, q, r] * dx
    size = np.sqrt(z * z + y * y + x * x)
    if size < 1e-6:
        return 1.0, 0.0, 0.0
    return z / size, y / size, x / size


@inner
def _across(z: float, y: float, x: float) -> tuple[float, float, float]:
    """Return a unit vector at right angles to a unit vector."""
    if abs(z) < 0.7:
        a, b, c = 0.0, x, -y
    else:
        a, b, c = y, -z, 0.0
    size = np.sqrt(a * a + b * b + c * c)
    return a / size, b / size, c / size


@inner
def _ellipsoid(pit: Reals64, p: int, q: int, r: int, depth: float, wide: float, edge: float) -> float:
    """Return the share of a voxel inside the ellipsoid of a cavity."""
    dz, dy, dx = (p + 0.5) * edge - pit[0], (q + 0.5) * edge - pit[1], (r + 0.5) * edge - pit[2]
    along = dz * pit[3] + dy * pit[4] + dx * pit[5]
    az, ay, ax = dz - along * pit[3], dy - along * pit[4], dx - along * pit[5]
    quotient = (along / depth) ** 2 + (az * az + ay * ay + ax * ax) / wide**2
    if quotient > (1 + 2 * edge / depth) ** 2:
        return 0.0
    # Slope of the square root, which grows evenly from the middle.
    root = np.sqrt(max(quotient, 1e-6))
    inner_slope = along / depth**2 / root
    gz = az / wide**2 / root + inner_slope * pit[3]
    gy = ay / wide**2 / root + inner_slope * pit[4]
    gx = ax / wide**2 / root + inner_slope * pit[5]
    return share_below(1 - root, gz * edge, gy * edge, gx * edge)


@inner
def _floor(share: Reals, pit: Reals64, depth: float, edge: float) -> float:
    """Return the mean share of bone at two points below the floor of a cavity."""
    total = 0.0
    for deeper in (1.3, 1.8):
        z, y, x = (
            (pit[0] + deeper * depth * pit[3]) / edge - 0.5,
            (pit[1] + deeper * depth * pit[4]) / edge - 0.5,
            (pit[2] + deeper * depth * pit[5]) / edge - 0.5,
        )
        total += _between(share, z, y, x) / 2
    return total


@inner
def _between(share: Reals, z: float, y: float, x: float) -> float:
    """Return the share at a point between voxels' centres, in voxels; 0 beyond the array."""
    k, j, i = int(np.floor(z)), int(np.floor(y)), int(np.floor(x))
    if k < 0 or j < 0 or i < 0:
        return 0.0
    if k + 1 >= share.shape[0] or j + 1 >= share.shape[1] or i + 1 >= share.shape[2]:
        return 0.0
    found = 0.0
    for p in range(2):
        for q in range(2):
            for r in range(2):
                weight = (
                    (z - k if p else 1 - z + k) * (y - j if q else 1 - y + j) * (x - i if r else 1 - x + i)
                )
                found += weight * share[k + p, j + q, i + r]
    return found
