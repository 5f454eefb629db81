"""The endosteal contour: the trabecular compartment inside the cortex.

Marrow is cleared of the pores of the cortex and then closed by a ball. Its radius is the thickness of the
thickest trabecula, twice what closing over it takes, so that at most an eighth of that thickness is left as a
bump where a trabecula meets the wall.

Everything outside the bone counts as solid, so a wall that has marrow on one side only is never eaten,
however thin: cortex and trabecula are told apart by what lies behind them, not by their thickness.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.compartments.ball import closed, depth_mm, grown
from spondyl.assay.microct.compartments.fill import largest, reached
from spondyl.assay.microct.compartments.settings import INNER_SHARE, PORE_SHARE, Contours

Bools = NDArray[np.bool_]
Triple = tuple[float, float, float]


def widths_mm(bone: Bools, body: Bools, spacing_mm: Triple, contours: Contours) -> tuple[float, float]:
    """Return the widths of pores and trabeculae, mm: as chosen, or as found in the inner half of the body."""
    axis = contours.axis
    depth = depth_mm(body, spacing_mm, axis)
    inner = depth > INNER_SHARE * float(depth.max())
    half = min(spacing_mm) / 2
    pore, trabecula = contours.pore_mm, contours.trabecula_mm
    if pore is None:
        away = depth_mm(body & ~bone, spacing_mm, axis)[inner & ~bone]
        pore = PORE_SHARE * max(float(away.mean(dtype=np.float64)) - half, half) if away.size else 2 * half
    if trabecula is None:
        thick = depth_mm(bone, spacing_mm, axis)[inner & bone]
        trabecula = 2 * float(thick.max()) if thick.size else max(spacing_mm)
    return pore, trabecula


def trabecular(
    bone: Bools, body: Bools, spacing_mm: Triple, pore_mm: float, trabecula_mm: float, axis: int | None = None
) -> Bools:
    """Return the trabecular compartment of a body: marrow and the bone between marrow.

    Parameters
    ----------
    bone : True in bone, shape (z, y, x).
    body : everything inside the periosteal surface.
    spacing_mm : voxel edges (z, y, x), mm.
    pore_mm : the widest pore of the cortex that opens into marrow; one that does not may be twice as wide.
    trabecula_mm : thickness of the thickest trabecula.
    axis : work within the slices across this axis; None in three dimensions.
    """
    marrow = body & ~bone
    away = depth_mm(marrow, spacing_mm, axis)
    wide = reached(away > pore_mm, away > pore_mm / 2)
    marrow = reached(wide, marrow & grown(wide, pore_mm, spacing_mm, axis))
    inside = largest(closed(marrow, trabecula_mm, spacing_mm, axis) & body)
    return np.asarray(body & ~_wall(body, inside))


def _wall(body: Bools, inside: Bools) -> Bools:
    """Return what lies between the outside and the compartment; islands inside the compartment are not."""
    return reached(~body, ~inside) & body
