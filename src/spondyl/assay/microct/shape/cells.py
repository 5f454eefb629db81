"""The surface inside one cell: marching cubes that have no preferred direction.

A cell is spanned by the centres of eight neighbouring voxels. Its corners are numbered ``z * 4 + y * 2 + x``.
Where the values change sign along an edge the surface has a point, by linear interpolation; on each face the
points are joined, two saddle-shaped pairs by the sign of the bilinear saddle (Nielson & Hamann 1991), so that
cells fit together. The closed polygons are filled by triangles to the mean of their points. A diagonal laid
by the order of the axes, as tables of triangles have it, would make the area depend on how the bone lies in
the array.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import bare

Reals = NDArray[np.float64]

EDGES = np.array([(a, a | bit) for bit in (4, 2, 1) for a in range(8) if not a & bit])
"""Corners of the twelve edges: four along z, four along y, four along x."""


def _faces() -> NDArray[np.int64]:
    """Corners of each face in turn, the same way round as seen from outside, then the edges between them."""
    number = {frozenset(edge): i for i, edge in enumerate(EDGES.tolist())}
    rows = []
    for normal, u, v in ((4, 2, 1), (2, 1, 4), (1, 4, 2)):
        for side in (0, normal):
            corners = [side, side | u, side | u | v, side | v]
            corners = corners if side else corners[::-1]
            pairs = zip(corners, corners[1:] + corners[:1], strict=True)
            rows.append(corners + [number[frozenset(pair)] for pair in pairs])
    return np.array(rows)


FACES = _faces()
FAR = 5
"""Row of the far face across x."""


@bare
def join_points(values: Reals, onward: NDArray[np.int64]) -> None:
    """Fill, for each edge the surface crosses, the edge of the next point of its polygon; -1 elsewhere.

    Every polygon turns the same way as seen from outside the bone.

    Parameters
    ----------
    values : at the eight corners, bone above zero.
    onward : shape (12,).
    """
    onward[:] = -1
    for face in range(6):
        leaving, entering, crossed = -1, -1, 0
        for side in range(4):
            here = values[FACES[face, side]] > 0
            if here != (values[FACES[face, (side + 1) % 4]] > 0):
                crossed += 1
                if here:
                    leaving = side
                else:
                    entering = side
        if crossed == 2:
            onward[FACES[face, 4 + leaving]] = FACES[face, 4 + entering]
        elif crossed == 4:
            # Bone joined through the middle cuts off the two corners without bone, and the reverse.
            turn = 1 if _joined(values, face, leaving) else 3
            for side in (leaving, (leaving + 2) % 4):
                onward[FACES[face, 4 + side]] = FACES[face, 4 + (side + turn) % 4]


@bare
def _joined(values: Reals, face: int, bone: int) -> bool:
    """Tell whether the saddle between two bone corners, `bone` and its opposite, is bone."""
    a, c = values[FACES[face, bone]], values[FACES[face, (bone + 2) % 4]]
    b, d = values[FACES[face, (bone + 1) % 4]], values[FACES[face, (bone + 3) % 4]]
    return bool(a * c >= b * d)


@bare
def trace(start: int, onward: NDArray[np.int64], loop: NDArray[np.int64]) -> int:
    """Take the polygon through the point of edge `start` out of `onward` into `loop`; return its points."""
    count, here = 0, start
    while onward[here] >= 0:
        loop[count] = here
        count += 1
        after = onward[here]
        onward[here] = -1
        here = after
    return count


@bare
def place_points(
    values: Reals, slopes: Reals, size: Reals, onward: NDArray[np.int64], points: Reals, normals: Reals
) -> None:
    """Fill position and outward normal of the point of each crossed edge.

    Parameters
    ----------
    values : at the eight corners, shape (8,).
    slopes : gradient of the values at the corners, per mm, shape (8, 3) in the order z, y, x.
    size : edges of the cell (z, y, x), mm.
    onward : as :func:`join_points` fills them.
    points : mm from corner 0, shape (12, 3).
    normals : unit vectors out of the bone, shape (12, 3).
    """
    for edge in range(12):
        if onward[edge] < 0:
            continue
        a, b = EDGES[edge]
        t = values[a] / (values[a] - values[b])
        length = 0.0
        for axis in range(3):
            bit = 4 >> axis
            at_a = 1.0 if a & bit else 0.0
            at_b = 1.0 if b & bit else 0.0
            points[edge, axis] = size[axis] * (at_a * (1 - t) + at_b * t)
            normals[edge, axis] = -(slopes[a, axis] * (1 - t) + slopes[b, axis] * t)
            length += normals[edge, axis] ** 2
        length = np.sqrt(length)
        for axis in range(3):
            normals[edge, axis] = normals[edge, axis] / length if length > 0 else 0.0


@bare
def add_triangle(p: Reals, q: Reals, pn: Reals, qn: Reals, middle: Reals, mean: Reals, out: Reals) -> float:
    """Add the triangle of `p`, `q` and `middle`, which move along `pn`, `qn` and `mean`; return its growth.

    ``out`` gains the area, the six products area · n nᵀ (zz, yy, xx, yx, zx, zy) and, last, the volume
    between the triangle and the near face across x.
    """
    p0, p1, p2 = p[0] - middle[0], p[1] - middle[1], p[2] - middle[2]
    q0, q1, q2 = q[0] - middle[0], q[1] - middle[1], q[2] - middle[2]
    u0, u1, u2 = pn[0] - mean[0], pn[1] - mean[1], pn[2] - mean[2]
    v0, v1, v2 = qn[0] - mean[0], qn[1] - mean[1], qn[2] - mean[2]
    n0, n1, n2 = p1 * q2 - p2 * q1, p2 * q0 - p0 * q2, p0 * q1 - p1 * q0
    length = np.sqrt(n0 * n0 + n1 * n1 + n2 * n2)
    if length == 0.0:
        return 0.0
    g0 = u1 * q2 - u2 * q1 + p1 * v2 - p2 * v1
    g1 = u2 * q0 - u0 * q2 + p2 * v0 - p0 * v2
    g2 = u0 * q1 - u1 * q0 + p0 * v1 - p1 * v0
    half = 0.5 / length
    out[0] += 0.5 * length
    out[1] += n0 * n0 * half
    out[2] += n1 * n1 * half
    out[3] += n2 * n2 * half
    out[4] += n1 * n2 * half
    out[5] += n0 * n2 * half
    out[6] += n0 * n1 * half
    # Polygons turn the way that makes n point into the bone.
    out[9] -= n2 * (p[2] + q[2] + middle[2]) / 6
    return float((g0 * n0 + g1 * n1 + g2 * n2) * half)


@bare
def add_polygon(
    loop: NDArray[np.int64], count: int, points: Reals, normals: Reals, mean: Reals, out: Reals
) -> float:
    """Add a polygon, filled by triangles to the mean of its points, and return its growth.

    Parameters
    ----------
    mean : scratch, shape (2, 3).
    """
    mean[:] = 0.0
    for i in range(count):
        for axis in range(3):
            mean[0, axis] += points[loop[i], axis] / count
            mean[1, axis] += normals[loop[i], axis] / count
    growth = 0.0
    for i in range(count):
        a, b = loop[i], loop[i + 1 if i + 1 < count else 0]
        growth += add_triangle(points[a], points[b], normals[a], normals[b], mean[0], mean[1], out)
    return growth


@bare
def far_volume(values: Reals, size: Reals, points: Reals, onward: NDArray[np.int64]) -> float:
    """Return the volume between the bone part of the far face across x and the near face.

    With the volumes of the triangles it makes the bone in the cell (Gauss); the area of the bone part is the
    integral of z dy around it (Green): along the far edge, and the sides of polygons that lie in the face.
    """
    area = size[0] * _bone_length(values, size, points)
    for side in range(4):
        edge = FACES[FAR, 4 + side]
        if values[FACES[FAR, side]] > 0 and onward[edge] >= 0:
            there = onward[edge]
            area += (points[edge, 0] + points[there, 0]) / 2 * (points[there, 1] - points[edge, 1])
    return float(area * size[2])


@bare
def _bone_length(values: Reals, size: Reals, points: Reals) -> float:
    """Length of bone along the edge along y that is far across z and x."""
    near, far, at = values[5] > 0, values[7] > 0, points[FACES[FAR, 5], 1]
    if near and far:
        return float(size[1])
    if near:
        return float(at)
    return float(size[1] - at) if far else 0.0
