"""What the classifier sees of a voxel: density, edges, texture and shape at several scales."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

HALO = 16
"""Voxels around a block on which its features depend, at most; with them a block has the features of the
whole."""

CUT_SIGMAS = 4.0
MEANS = (0.5, 0.8, 1.2, 2.0, 4.0)
GRADIENTS = (0.7, 1.2, 2.0)
TEXTURES = (1.5, 3.0)
EXTREMES = (3, 5, 7)
OPENINGS = (5, 9)
CONTEXT_MEANS = (1.0, 2.0, 4.0)
CONTEXT_OPENINGS = (5, 9, 13)
CONTEXT_EXTREMES = (3, 7)
FOR_SHAPE, FOR_CONTEXT_SHAPE = 0.8, 0.7
"""Smoothing before extremes and openings, so that they do not follow the noise of single voxels."""

CERTAIN = 255
"""A probability of one, as it is stored between the two steps."""

COUNT = 1 + len(MEANS) + len(GRADIENTS) + len(TEXTURES) + 2 * len(EXTREMES) + len(OPENINGS)
CONTEXT_COUNT = 2 * (1 + len(CONTEXT_MEANS)) + len(CONTEXT_OPENINGS) + 2 * len(CONTEXT_EXTREMES)

Field = NDArray[np.float64]


def of_values(values: Field) -> NDArray[np.float32]:
    """Return the features of grey values.

    They are the value itself; Gaussian means; gradient magnitudes; standard deviations within a Gaussian
    window, for texture; highest and lowest smoothed value within a cube, which tell the rim of a granule
    from bone of the same grey value; and openings by a cube, which tell a granule from a thinner strut.

    Parameters
    ----------
    values : shape (z, y, x).

    Returns
    -------
    shape (19, z, y, x).
    """
    found = np.empty((COUNT, *values.shape), dtype=np.float32)
    for place, part in enumerate(_parts_of_values(values)):
        found[place] = part
    return found


def _parts_of_values(values: Field) -> Iterator[Field]:
    from scipy.ndimage import gaussian_gradient_magnitude, grey_opening

    yield values
    for sigma in MEANS:
        yield _mean(values, sigma)
    for sigma in GRADIENTS:
        yield gaussian_gradient_magnitude(values, sigma, mode="nearest", truncate=CUT_SIGMAS)
    for sigma in TEXTURES:
        yield _spread(values, sigma)
    smooth = _mean(values, FOR_SHAPE)
    for size in EXTREMES:
        yield from _extremes(smooth, size)
    for size in OPENINGS:
        yield grey_opening(smooth, size=(size,) * 3, mode="nearest")


def of_probabilities(bone: NDArray[np.uint8], scaffold: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the features of a first opinion: how likely bone and scaffold are nearby, and in what shape.

    Parameters
    ----------
    bone, scaffold : probabilities times 255, shape (z, y, x).

    Returns
    -------
    shape (15, z, y, x).
    """
    found = np.empty((CONTEXT_COUNT, *bone.shape), dtype=np.float32)
    for place, part in enumerate(_parts_of_probabilities(bone / CERTAIN, scaffold / CERTAIN)):
        found[place] = part
    return found


def _parts_of_probabilities(bone: Field, scaffold: Field) -> Iterator[Field]:
    from scipy.ndimage import grey_opening

    for share in (bone, scaffold):
        yield share
        for sigma in CONTEXT_MEANS:
            yield _mean(share, sigma)
    solid = _mean(bone + scaffold, FOR_CONTEXT_SHAPE)
    for size in CONTEXT_OPENINGS:
        yield grey_opening(solid, size=(size,) * 3, mode="nearest")
    smooth = _mean(scaffold, FOR_CONTEXT_SHAPE)
    for size in CONTEXT_EXTREMES:
        yield from _extremes(smooth, size)


def _extremes(values: Field, size: int) -> Iterator[Field]:
    from scipy.ndimage import maximum_filter, minimum_filter

    yield maximum_filter(values, size, mode="nearest")
    yield minimum_filter(values, size, mode="nearest")


def _mean(values: Field, sigma: float) -> Field:
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(values, sigma, mode="nearest", truncate=CUT_SIGMAS))


def _spread(values: Field, sigma: float) -> Field:
    square = _mean(values * values, sigma) - _mean(values, sigma) ** 2
    return np.asarray(np.sqrt(np.maximum(square, 0.0)))
