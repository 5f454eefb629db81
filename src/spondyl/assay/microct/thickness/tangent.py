"""The shift of a centre and of a radius for which a sphere best touches some faces."""

from __future__ import annotations

from typing import Any

from spondyl.compiled import bare

STEPS = 3
"""Steps of iterated Tikhonov; each leaves a share 1 / (1 + faces) of the error."""


@bare
def tangent(sums: Any, shift: Any) -> None:
    """Write the shift s of the centre and t of the radius that best meet ``n·s + t = distance beyond it``.

    The centre of the ball lies within half a voxel of the best one, and each face within half a voxel of the
    surface: both errors are alike, so a shift weighs as much as one face of mean weight. Steps of iterated
    Tikhonov leave a shift free that the faces determine, and one that they do not at nought.

    Parameters
    ----------
    sums : as :func:`spondyl.assay.microct.thickness.touch.touched_sums` writes them, of at least one face.
    shift : receives s (z, y, x) and t.
    """
    each = sums[14] / sums[9]
    # rows of the normal equations and their L D Lᵀ, written out: small loops cost more than they do
    m10, m20, m30 = sums[1] * each, sums[2] * each, sums[6] * each
    d0 = sums[0] * each + 1
    l10, l20, l30 = m10 / d0, m20 / d0, m30 / d0
    d1 = sums[3] * each + 1 - l10 * m10
    m21, m31 = sums[4] * each - l20 * m10, sums[7] * each - l30 * m10
    l21, l31 = m21 / d1, m31 / d1
    d2 = sums[5] * each + 1 - l20 * m20 - l21 * m21
    m32 = sums[8] * each - l30 * m20 - l31 * m21
    l32 = m32 / d2
    d3 = sums[9] * each - l30 * m30 - l31 * m31 - l32 * m32
    z = y = x = t = 0.0
    for _ in range(STEPS):
        b0, b1, b2 = sums[10] * each + z, sums[11] * each + y, sums[12] * each + x
        b1 -= l10 * b0
        b2 -= l20 * b0 + l21 * b1
        t = (sums[13] * each - l30 * b0 - l31 * b1 - l32 * b2) / d3
        x = b2 / d2 - l32 * t
        y = b1 / d1 - l21 * x - l31 * t
        z = b0 / d0 - l10 * y - l20 * x - l30 * t
    shift[0], shift[1], shift[2], shift[3] = z, y, x, t
