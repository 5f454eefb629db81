"""Structure model index: 0 for plates, 3 for rods, 4 for balls (Hildebrand & Rüegsegger 1997).

``SMI = 6 · V · S' / S²``, where S' is how fast the bone surface S grows when bone is laid on it everywhere.
All three are taken on the triangulated surface on which BS is measured: V is what it encloses, and for S' its
points move along the normals of the field; so none of them counts cut faces. On a real network concave
surface counts against convex surface and the index also falls with BV/TV (Salmon and others 2015): it tells
plates from rods only where little is concave.
"""

from __future__ import annotations

from spondyl.assay.microct.shape.surface_sums import SurfaceSums


def structure_model_index(sums: SurfaceSums) -> float | None:
    """Return the structure model index; None when there is no surface.

    Parameters
    ----------
    sums : of the bone surface.

    Examples
    --------
    >>> import math
    >>> import numpy as np
    >>> ball = SurfaceSums(4 * math.pi, 4 / 3 * math.pi, 8 * math.pi, 0.0, np.eye(3))
    >>> round(structure_model_index(ball), 12)
    4.0
    """
    if sums.area_mm2 == 0:
        return None
    return 6 * sums.volume_mm3 * sums.growth_mm / sums.area_mm2**2
