"""Where the spheroids lie: what differs from the background, brighter or darker, parted where they touch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.quantity import Parameter

Floats = NDArray[np.float32]
Labels = NDArray[np.int32]
Mask = NDArray[np.bool_]

COARSE = 64
"""Points an edge on which the illumination is fitted."""


def contrast(values: Floats) -> Floats:
    """Return how much brighter each pixel is than an uneven background, (rows, columns).

    The background is a surface of second degree through what is left when the pixels that lie far from it are
    left out, again and again.
    """
    rows, columns = values.shape
    step = max(1, min(rows, columns) // COARSE)
    sample = values[::step, ::step].astype(np.float64)
    terms = _grid(sample.shape)
    kept = np.ones(sample.size, np.bool_)
    flat = sample.reshape(-1)
    weights: NDArray[np.floating[Any]] = np.zeros(terms.shape[1])
    weights[0] = float(np.median(_rim(sample)))
    for _ in range(8):
        away = np.abs(flat - terms @ weights)
        spread = 1.4826 * float(np.median(np.abs(_rim(sample) - np.median(_rim(sample))))) + 1e-9
        kept = away <= max(4 * spread, float(np.quantile(away, 0.2)))
        weights, *_ = np.linalg.lstsq(terms[kept], flat[kept], rcond=None)
    background = (_grid(values.shape) @ weights).reshape(rows, columns)
    return np.asarray(values - background.astype(np.float32))


def spheroids(signed: Floats, pixel_um: float, table: Mapping[str, Parameter]) -> Labels:
    """Return labels of spheroids from 1, 0 elsewhere.

    Parameters
    ----------
    signed : of :func:`contrast`; spheroids are brighter or darker than the background.
    pixel_um : edge of a pixel.
    table : of the stage "assay/spheroids".
    """
    from scipy import ndimage
    from skimage.filters import threshold_otsu

    least, cell = (table[name].value / pixel_um for name in ("smallest", "cell"))
    sigma = table["smoothing"].value * least
    rough = ndimage.gaussian_filter(np.abs(signed), sigma)
    parts, _ = ndimage.label(_whole(rough > threshold_otsu(rough), least))
    smooth = np.asarray(ndimage.gaussian_filter(signed, sigma), np.float32)
    first = _standing_out(np.asarray(parts, np.int32), smooth, least, table["stands_out"].value)
    mask = np.zeros(first.shape, np.bool_)
    for one in range(1, int(first.max()) + 1):
        mask |= _sharpened(signed, first == one, least, cell)
    return _parted(_whole(mask, least), least, table["neck"].value)


def _standing_out(labels: Labels, smooth: Floats, least: float, times: float) -> Labels:
    """Return labels of what differs from the background much more than the background from itself.

    Any threshold cuts noise, or light that no surface of second degree follows, into parts of the size of
    spheroids; those differ from what is around them by a few of its own spreads. Where next to no background
    is left there is nothing to tell a spheroid from, and no label.

    Parameters
    ----------
    labels : of what was found, from 1.
    smooth : contrast, smoothed.
    least : pixels of the smallest spheroid.
    times : spreads of the background that a spheroid's mean contrast reaches.
    """
    from scipy import ndimage

    count = int(labels.max())
    if not count:
        return labels
    outside = smooth[ndimage.distance_transform_edt(labels == 0) > 0.8 * least]
    if outside.size < least**2:
        return np.zeros_like(labels)
    spread = float(np.sqrt(np.mean(outside.astype(np.float64) ** 2)))
    means = ndimage.mean(np.abs(smooth), labels, np.arange(1, count + 1))
    kept = np.concatenate([[False], np.asarray(means) >= times * spread])
    numbers = np.where(kept, np.cumsum(kept), 0).astype(np.int32)
    return np.asarray(numbers[labels])


def _grid(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the terms of a surface of second degree at each pixel, (pixels, 6)."""
    across = np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij")
    y, x = (one.reshape(-1) for one in across)
    return np.stack([np.ones_like(y), y, x, y * y, x * x, x * y], axis=1)


def _rim(sample: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([sample[0], sample[-1], sample[:, 0], sample[:, -1]])


def _whole(mask: Mask, least: float) -> Mask:
    """Return a mask without holes and without parts too small to be a spheroid."""
    from scipy import ndimage

    filled = ndimage.binary_fill_holes(mask)
    parts, count = ndimage.label(filled)
    if not count:
        return np.zeros(mask.shape, np.bool_)
    sizes = ndimage.sum_labels(filled, parts, np.arange(count + 1))
    return np.asarray((sizes >= np.pi / 4 * least**2)[parts] & filled)


def _sharpened(signed: Floats, mask: Mask, least: float, cell: float) -> Mask:
    """Return the mask with its edge where the contrast changes fastest, gaps of a cell closed."""
    from scipy import ndimage

    inside, outside = (ndimage.distance_transform_edt(one) for one in (mask, ~mask))
    rim = mask & (inside > 0.08 * least) & (inside < 0.4 * least)
    around = (outside > 0.3 * least) & (outside < 0.8 * least)
    if not (rim.any() and around.any()):
        return mask
    level, beyond = float(np.median(signed[rim])), float(np.median(signed[around]))
    # The ring of phase contrast is bright where the spheroid is dark.
    sign = -1.0 if level < beyond else 1.0
    fine = ndimage.gaussian_filter(sign * signed, max(0.2 * cell, 1.0))
    core = mask & (inside > 0.3 * least)
    kept = ((fine > sign * (level + beyond) / 2) & (outside < 0.3 * least)) | core
    closed = ndimage.binary_fill_holes(_closed(kept, cell))
    opened = ndimage.binary_opening(closed, iterations=max(int(0.4 * cell), 1))
    parts, count = ndimage.label(opened)
    if not count:
        return mask
    sizes = ndimage.sum_labels(opened, parts, np.arange(count + 1))
    found = np.asarray(parts == int(sizes.argmax()))
    for _ in range(2):  # the second time from an outline that is nearly right
        found = _moved(sign * signed, found, 0.12 * least)
    return found


def _moved(rising: Floats, mask: Mask, most: float) -> Mask:
    """Return the mask moved inwards or outwards to where the mean contrast across its outline rises fastest.

    A blurred edge is steepest where the sharp one was, whatever lies on either side of it.
    """
    from scipy import ndimage

    depth = ndimage.distance_transform_edt(mask) - ndimage.distance_transform_edt(~mask)
    depth -= np.sign(depth) / 2
    reach = max(int(np.ceil(2 * most)), 4)
    near = np.abs(depth) <= reach
    place = np.rint(depth[near]).astype(int) + reach
    count = np.bincount(place, minlength=2 * reach + 1)
    profile = np.bincount(place, rising[near], minlength=2 * reach + 1) / np.maximum(count, 1)
    slope = np.gradient(ndimage.gaussian_filter1d(profile, 1.0, mode="nearest"))
    free = np.abs(np.arange(-reach, reach + 1)) <= most
    peak = int(np.where(free & (count > 0), slope, -np.inf).argmax())
    part = slice(max(peak - 2, 0), peak + 3)
    weight = np.clip(slope[part], 0, None)
    if weight.sum() <= 0:
        return mask
    at = float((np.arange(-reach, reach + 1)[part] * weight).sum() / weight.sum())
    return np.asarray(depth > at)


def _closed(mask: Mask, wide: float) -> Mask:
    """Return a mask whose gaps narrower than twice a width are closed."""
    from scipy import ndimage

    grown = ndimage.distance_transform_edt(~np.pad(mask, int(wide) + 2)) <= wide
    shrunk = ndimage.distance_transform_edt(grown) > wide
    edge = int(wide) + 2
    return np.asarray(shrunk[edge:-edge, edge:-edge] | mask)


def _parted(mask: Mask, least: float, neck: float) -> Labels:
    """Return labels; parts are cut where a neck is much narrower than what it joins."""
    from scipy import ndimage
    from skimage.morphology import h_maxima
    from skimage.segmentation import watershed

    depth = ndimage.distance_transform_edt(mask)
    smooth = ndimage.gaussian_filter(depth, 0.05 * least)
    seeds, _ = ndimage.label(h_maxima(smooth, neck * least))
    return np.asarray(watershed(-smooth, seeds, mask=mask), np.int32)
