"""Values along the direction in which a field rises fastest: what lies on either side of a surface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.kernel import kernel


def along_gradient(
    field: NDArray[np.float64], slopes: Sequence[NDArray[np.float64]], offsets: Sequence[float]
) -> NDArray[np.float32]:
    """Return a field at some distances from each voxel along a direction; linear between voxels.

    Parameters
    ----------
    field : shape (z, y, x).
    slopes : components of the direction along z, y and x, each of the shape of the field; where all are zero
        the value of the voxel itself is taken.
    offsets : distances in voxels, negative against the direction. Beyond the border its values repeat.

    Returns
    -------
    shape (offsets, z, y, x).
    """
    found = np.empty((len(offsets), *field.shape), dtype=np.float32)
    _sample(field, *slopes, np.array(offsets, dtype=np.float64), found)
    return found


def _sample_plain(field, down, back, right, offsets, found):  # type: ignore[no-untyped-def] # compiled
    depth, height, width = field.shape
    for z in range(depth):
        for y in range(height):
            for x in range(width):
                a, b, c = down[z, y, x], back[z, y, x], right[z, y, x]
                size = np.sqrt(a * a + b * b + c * c)
                factor = 1.0 / size if size > 0.0 else 0.0
                for k in range(len(offsets)):
                    reach = offsets[k] * factor
                    # Whole steps and the rest of each, so that a block and the whole give the same bits.
                    p, q, r = np.floor(a * reach), np.floor(b * reach), np.floor(c * reach)
                    f, g, h = a * reach - p, b * reach - q, c * reach - r
                    total = 0.0
                    for i in range(2):
                        u = min(max(z + int(p) + i, 0), depth - 1)
                        for j in range(2):
                            v = min(max(y + int(q) + j, 0), height - 1)
                            for m in range(2):
                                w = min(max(x + int(r) + m, 0), width - 1)
                                share = (f if i else 1.0 - f) * (g if j else 1.0 - g) * (h if m else 1.0 - h)
                                total += share * field[u, v, w]
                    found[k, z, y, x] = total


_sample: Any = kernel(_sample_plain)
