"""A second opinion on anisotropy: which way the bone surface faces.

Mean intercept length follows lines through voxels; this follows the normals n of the triangulated surface,
and uses what lies between voxels where there are grey values. The integral of ``n nᵀ`` over the surface says
how much of it faces each way. It is compared with that of an isotropic structure stretched along three axes,
for which the integral is known (in Carlson's elliptic integrals), and the stretch that fits is taken: DA is
the largest over the smallest stretch. For a stretched isotropic structure DA by mean intercept length is the
same number; on bone the two agree as far as bone is like that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spondyl.assay.microct.shape.ellipsoid import Reals, Triples, as_triples, upright
from spondyl.assay.microct.shape.surface_sums import SurfaceSums

LEAST_SHARE = 1e-6
"""Of the surface facing along an axis, below which no finite stretch is told from an endless one."""

ISOTROPIC_GAIN = 8 / 5
"""How the share of an axis answers a small stretch: share ∝ stretch to the power -8/5."""

ROUNDS = 500
ENOUGH = 1e-12


@dataclass(frozen=True, slots=True)
class SurfaceFabric:
    """How the bone surface is directed.

    Parameters
    ----------
    da : degree of anisotropy, largest over smallest stretch; None where some axis has no surface facing it,
        as in parallel plates and rods.
    axes : unit vectors, the axis least faced (the long one) first, components (z, y, x).
    """

    da: float | None
    axes: Triples


def surface_fabric(sums: SurfaceSums) -> SurfaceFabric | None:
    """Return how the bone surface is directed; None when there is no surface.

    Examples
    --------
    >>> found = surface_fabric(SurfaceSums(1.0, 1.0, 0.0, 0.0, np.diag([1 / 3, 1 / 3, 1 / 3])))
    >>> round(found.da, 9)
    1.0
    """
    if sums.area_mm2 == 0:
        return None
    shares, vectors = np.linalg.eigh(sums.facing_mm2 / np.trace(sums.facing_mm2))
    axes = as_triples(upright(vectors.T))
    if shares[0] < LEAST_SHARE:
        return SurfaceFabric(None, axes)
    stretch = stretch_of_shares(shares)
    return SurfaceFabric(float(stretch.max() / stretch.min()), axes)


def shares_of_stretch(stretch: Reals) -> Reals:
    """Return the shares of ``n nᵀ`` on the axes of an isotropic structure stretched along them.

    The direction m of the unstretched normal is uniform on the sphere; with ``x = 1 / stretch²`` the share of
    an axis is the mean of ``x_i m_i² / √(Σ x m²)``.
    """
    from scipy.special import elliprd, elliprf

    x = stretch**-2.0
    found = [x[i] * (elliprf(*x) / 2 - x[i] * elliprd(x[i - 2], x[i - 1], x[i]) / 6) for i in range(3)]
    return np.asarray(np.array(found) / sum(found))


def stretch_of_shares(shares: Reals) -> Reals:
    """Return the stretch along three axes, of product 1, that has these shares.

    Examples
    --------
    >>> stretch_of_shares(shares_of_stretch(np.array([2.0, 1.0, 0.5]))).round(9).tolist()
    [2.0, 1.0, 0.5]
    """
    stretch = np.ones(3)
    for _ in range(ROUNDS):
        step = (shares_of_stretch(stretch) / shares) ** (1 / ISOTROPIC_GAIN)
        stretch = stretch * step
        stretch /= np.cbrt(stretch.prod())
        if np.abs(step - 1).max() < ENOUGH:
            break
    return stretch
