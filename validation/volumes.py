"""Test volumes of the mechanics bars: networks of plates and rods, and what may lie between them."""

from __future__ import annotations

import cc3d
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from spondyl.mechanics import Model
from spondyl.volume import Grid

VOXEL_MM = 0.02
BONE_MPA, CALLUS_MPA, CERAMIC_MPA, MARROW_MPA = 10_000.0, 200.0, 5_000.0, 2.0
SEED = 42


def network(edge: int, sigma: float = 5.0, share: float = 0.25) -> NDArray[np.bool_]:
    """Return the largest face-connected part of where smoothed white noise is near zero.

    Parameters
    ----------
    edge : voxels along each axis.
    sigma : of the Gaussian, voxels; 5 is "trabecular", 3 "thin".
    share : of the voxels near zero.
    """
    noise = np.random.default_rng(SEED).standard_normal((edge,) * 3, dtype=np.float32)
    field = np.abs(gaussian_filter(noise, sigma))
    parts = cc3d.connected_components(field < np.quantile(field, share), connectivity=6)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return parts == sizes.argmax()


def porous(edge: int, sigma: float = 5.0, share: float = 0.25) -> Model:
    """Return a network of bone in nothing."""
    return model_of(network(edge, sigma, share) * np.float32(BONE_MPA))


def composite(edge: int, *, marrow: bool = False) -> Model:
    """Return bone, grains of ceramic and callus between them; the rest is empty or marrow."""
    noise = np.random.default_rng(SEED + 1).standard_normal((edge,) * 3, dtype=np.float32)
    field = gaussian_filter(noise, 4)
    modulus = np.full(field.shape, MARROW_MPA if marrow else 0.0, np.float32)
    modulus[field < np.quantile(field, 0.4)] = CALLUS_MPA
    modulus[field > np.quantile(field, 0.8)] = CERAMIC_MPA
    modulus[network(edge)] = BONE_MPA
    return model_of(modulus)


def contrast(edge: int) -> Model:
    """Return voxels whose moduli are spread at random over six decades."""
    return model_of(10.0 ** (6 * np.random.default_rng(SEED).random((edge,) * 3) - 2))


def model_of(modulus: NDArray[np.floating]) -> Model:
    """Return a model of cubes."""
    return Model(Grid(modulus.shape, (VOXEL_MM,) * 3), modulus)
