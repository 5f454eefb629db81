"""From light to optical density."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DARKEST = 1e-3
TILES = 8

EMPTY, TINT = 0.8, 0.03
"""How bright and how near in colour to the brightest tile another must be to show the empty slide."""


def white(light: NDArray[np.float32]) -> Floats:
    """Return the light of the empty slide at every pixel, (rows, columns, 3).

    The brightest pixels of those tiles that are nearly as bright as the brightest ones are empty; a plane
    through them is the lamp. Without enough of them the brightest one stands for all.
    """
    rows, columns = light.shape[:2]
    tall, wide = (max(edge // TILES, 1) for edge in (rows, columns))
    points, values = [], []
    for top in range(0, rows - tall + 1, tall):
        for left in range(0, columns - wide + 1, wide):
            tile = light[top : top + tall, left : left + wide].reshape(-1, 3)
            order = np.argsort(tile.min(axis=1))
            best = tile[order[-max(len(tile) // 50, 1) :]]
            points.append((1.0, (top + tall / 2) / rows - 0.5, (left + wide / 2) / columns - 0.5))
            values.append(np.median(best, axis=0))
    place, seen = np.array(points), np.array(values)
    brightness = seen.min(axis=1)
    best = seen[int(brightness.argmax())]
    tint = (seen / seen.sum(axis=1, keepdims=True)) / (best / best.sum())
    empty = (brightness > EMPTY * float(brightness.max())) & (np.abs(tint - 1).max(axis=1) < TINT)
    y, x = np.meshgrid(np.arange(rows) / rows - 0.5, np.arange(columns) / columns - 0.5, indexing="ij")
    if empty.sum() < 6:
        return np.broadcast_to(best.astype(np.float64), light.shape).copy()
    kept = empty
    for _ in range(4):
        plane, *_ = np.linalg.lstsq(place[kept], seen[kept], rcond=None)
        away = (seen - place @ plane).mean(axis=1)
        # Tissue only takes light: what lies below the plane is no empty slide.
        kept = empty & (away > -0.02 * float(seen.max()))
        if kept.sum() < 6:
            kept = empty
            break
    plane, *_ = np.linalg.lstsq(place[kept], seen[kept], rcond=None)
    lamp = plane[0] + y[..., None] * plane[1] + x[..., None] * plane[2]
    return np.asarray(np.maximum(lamp, DARKEST))


def densities(light: NDArray[np.float32]) -> Floats:
    """Return optical density, (rows, columns, 3): the logarithm of the lamp's light over what is left.

    It is the sum of the dyes' colours times their amounts (Ruifrok and Johnston 2001).
    """
    return np.asarray(np.log10(white(light) / np.maximum(light, DARKEST)))
