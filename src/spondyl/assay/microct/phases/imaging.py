"""Noise and blur of a scan, from the scan itself."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.phantom import Imaging
from spondyl.assay.microct.smoothing import CUT_SIGMAS
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Meaning, Scan

AWAY = 3
"""Voxels between the marrow that the noise is measured in and the nearest bone."""

LEAST_MARROW = 1000
LEAST_EDGES = 200
REACH = 4
"""Voxels to either side of a surface over which its blur is measured."""

FLAT = 0.15
"""How far the outer ends of a profile may still slope, in contrasts per voxel."""

MOST_EDGE = 256
"""Edge of the cube in the middle of a scan that is looked at."""

GUIDE = 1.0
"""Standard deviation, in voxels, of the Gaussian that finds surfaces and the direction across them."""


def imaging_of(
    scan: Scan,
    threshold: float,
    *,
    noise_mgha_cm3: float | None = None,
    blur_voxels: float | None = None,
    grain_voxels: float = 0.0,
) -> Imaging:
    """Measure noise and blur of a scan, so that a phantom can be made with the same.

    The noise is the standard deviation of the values in marrow at least 3 voxels from bone, its grain follows
    from how alike next neighbours are. The blur is that of a Gaussian edge fitted to the mean profile across
    the surfaces that are flat on both sides, so thick bone or granules are needed. Of a large scan the middle
    256 voxels along each axis are looked at.

    Parameters
    ----------
    scan : in mg HA/cm³, unfiltered, with cubic voxels.
    threshold : between marrow and bone, mg HA/cm³.
    noise_mgha_cm3, blur_voxels : what is known of both, and so is not measured.
    grain_voxels : grain of a noise that is given.

    Raises
    ------
    MeasurementError
        If the scan is not calibrated, its voxels are no cubes, or too little marrow or too few surfaces are
        fit for it.
    """
    z, y, x = scan.grid.spacing_mm
    if scan.meaning is not Meaning.DENSITY or not (
        math.isclose(z, y, rel_tol=0.02) and math.isclose(z, x, rel_tol=0.02)
    ):
        given = f"values that are {scan.meaning.value}, voxels of {z:g}, {y:g}, {x:g} mm"
        raise MeasurementError(Mistake(f"{scan.name} › imaging", given, "needs mg HA/cm³ and cubic voxels"))
    middle = tuple(slice(max(0, (n - MOST_EDGE) // 2), (n + MOST_EDGE + 1) // 2) for n in scan.grid.shape)
    values = scan.within(middle)
    if noise_mgha_cm3 is None:
        noise_mgha_cm3, grain_voxels = _noise(values, threshold, scan.name)
    if blur_voxels is None:
        blur_voxels = _blur(values, threshold, scan.name)
    return Imaging(1000 * z, blur_voxels, noise_mgha_cm3, grain_voxels)


def _noise(values: NDArray[np.float64], threshold: float, name: str) -> tuple[float, float]:
    from scipy.ndimage import binary_erosion, gaussian_filter

    soft = gaussian_filter(values, GUIDE, mode="nearest", truncate=CUT_SIGMAS) < threshold
    marrow = binary_erosion(soft, np.ones((3, 3, 3), dtype=np.bool_), iterations=AWAY, border_value=1)
    count = int(np.count_nonzero(marrow))
    if count < LEAST_MARROW:
        given = f"{count} voxels of marrow at least {AWAY} voxels from bone"
        raise MeasurementError(Mistake(f"{name} › noise", given, f"needs {LEAST_MARROW}; state the noise"))
    centred = values - values[marrow].mean()
    together, pairs = 0.0, 0
    for axis in range(3):
        first = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
        second = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
        both = marrow[first] & marrow[second]
        together += float((centred[first][both] * centred[second][both]).sum())
        pairs += int(np.count_nonzero(both))
    variance = float(centred[marrow].var())
    alike = together / pairs / variance if variance > 0 and pairs else 0.0
    return math.sqrt(variance), _grain(alike)


def _grain(alike: float) -> float:
    """Standard deviation of the Gaussian that makes neighbours of white noise so alike."""
    from scipy.ndimage import gaussian_filter1d

    sigmas = np.arange(0.2, 3.0, 0.02)
    impulse = np.zeros(41)
    impulse[20] = 1
    kernels = [gaussian_filter1d(impulse, s, truncate=CUT_SIGMAS) for s in sigmas]
    known = np.array([k[1:] @ k[:-1] / (k @ k) for k in kernels])
    return 0.0 if alike <= known[0] else float(np.interp(alike, known, sigmas))


def _blur(values: NDArray[np.float64], threshold: float, name: str) -> float:
    from scipy.optimize import curve_fit
    from scipy.special import erf

    profiles = _profiles(values, threshold)
    if len(profiles) < LEAST_EDGES:
        given = f"{len(profiles)} places where a surface is flat for {REACH} voxels on both sides"
        raise MeasurementError(Mistake(f"{name} › blur", given, f"needs {LEAST_EDGES}; state the blur"))
    mean = profiles.mean(axis=0)
    places = np.linspace(-REACH, REACH, mean.size)

    def edge(
        at: NDArray[np.float64], middle: float, sigma: float, low: float, high: float
    ) -> NDArray[np.float64]:
        return np.asarray(low + (high - low) * (1 + erf((at - middle) / (math.sqrt(2) * sigma))) / 2)

    fitted, _ = curve_fit(edge, places, mean, p0=(0.0, 1.0, 0.0, 1.0))
    # The mean over a voxel widens an edge by a twelfth, and linear interpolation by a sixth on average.
    return math.sqrt(max(float(fitted[1]) ** 2 - 1 / 12 - 1 / 6, 0.0))


def _profiles(values: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
    """Values across surfaces, from marrow to bone, shifted and scaled to run from 0 to 1."""
    from scipy.ndimage import gaussian_filter, map_coordinates

    smooth = gaussian_filter(values, GUIDE, mode="nearest", truncate=CUT_SIGMAS)
    slope = np.stack(
        [gaussian_filter(values, GUIDE, order=o, mode="nearest") for o in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
    )
    steep = np.sqrt((slope**2).sum(axis=0))
    inner = np.zeros_like(steep, dtype=np.bool_)
    inner[(slice(REACH + 2, -REACH - 2),) * 3] = True
    crossing = inner & (np.abs(smooth - threshold) < steep / 2)
    chosen = np.flatnonzero(crossing)[:: max(1, np.count_nonzero(crossing) // 40_000)]
    normal = slope.reshape(3, -1)[:, chosen] / steep.ravel()[chosen]
    at = np.stack(np.unravel_index(chosen, values.shape)).astype(np.float64)
    # To the surface along its normal, as the smoothed values place it.
    at += normal * ((threshold - smooth.ravel()[chosen]) / steep.ravel()[chosen])
    steps = np.linspace(-REACH, REACH, 8 * REACH + 1)
    paths = at[:, :, None] + normal[:, :, None] * steps
    guide = map_coordinates(smooth, paths, order=1)
    low, high = guide[:, :4].mean(axis=1), guide[:, -4:].mean(axis=1)
    rise = np.where(high > low, high - low, np.inf)
    ends = np.abs(np.stack([guide[:, 8] - guide[:, 0], guide[:, -1] - guide[:, -9]])) / 2 / rise
    flat = (ends < FLAT / 2).all(axis=0) & (rise < np.inf)
    raw = map_coordinates(values, paths[:, flat], order=1)
    return np.asarray((raw - low[flat, None]) / rise[flat, None])
