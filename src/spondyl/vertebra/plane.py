"""Share of a voxel that lies below a plane: exact, so that shapes keep their volume at any resolution."""

from __future__ import annotations

from spondyl.compiled import inner, kernel

LEAST = 1e-4
"""Smallest component of a normal, relative to the largest: an upright plane is taken to lean by this much."""


@inner
def share_below(depth: float, nz: float, ny: float, nx: float) -> float:
    """Return the share of a voxel on the inner side of a plane.

    Parameters
    ----------
    depth : signed distance from the voxel's centre to the plane, positive where the centre is inside.
    nz, ny, nx : the plane's unit normal times the voxel's edges, in the unit of `depth`.
    """
    a, b, c = abs(nz), abs(ny), abs(nx)
    reach = a + b + c
    if depth >= reach / 2:
        return 1.0
    if depth <= -reach / 2:
        return 0.0
    least = LEAST * max(a, max(b, c))
    a, b, c = max(a, least), max(b, least), max(c, least)
    reach = a + b + c
    d = min(depth + reach / 2, reach / 2 - depth)  # of the smaller part: fewer digits lost
    if d <= 0:
        return 0.0 if depth < 0 else 1.0
    cubes = _cube(d) - _cube(d - a) - _cube(d - b) - _cube(d - c)
    cubes += _cube(d - a - b) + _cube(d - a - c) + _cube(d - b - c)
    part = min(max(cubes / (6 * a * b * c), 0.0), 0.5)
    return part if depth < 0 else 1 - part


@inner
def _cube(x: float) -> float:
    return x * x * x if x > 0 else 0.0


@kernel
def plane_share(depth: float, nz: float, ny: float, nx: float) -> float:
    """Return :func:`share_below`, callable from Python.

    Examples
    --------
    >>> round(plane_share(0.25, 0.0, 0.0, 1.0), 6)
    0.75
    """
    return share_below(depth, nz, ny, nx)
