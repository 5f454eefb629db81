"""From light to optical density."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DARKEST = 1e-3
TILES = 8

BRIGHTEST = 0.02
"""Share of a tile that is looked at: its brightest pixels."""

STEEPEST, STEP = 0.3, 0.005
"""Optical density by which the lamp may differ between opposite edges of a picture, and in what steps."""

USUAL_SLOPE = 0.03
"""Optical density by which it often does: a slope that steep is worth half a tile."""

ABOVE, NEAR = 0.002, 0.006
"""Optical density by which noise lifts a tile above the lamp, and by which one that is empty misses it."""


def white(light: NDArray[np.float32]) -> Floats:
    """Return the light of the empty slide at every pixel, (rows, columns, 3).

    Tissue only takes light. So for a slope, the same in all colours, the lamp is the lowest plane in optical
    density that no tile's brightest pixels lie above; and the slope is the one at which most tiles reach
    it. Those are empty in part, and the plane is drawn through them once more. Where nothing is empty, the
    palest tissue stands for it.
    """
    from scipy.ndimage import gaussian_filter

    rows, columns = light.shape[:2]
    place, seen = _brightest(gaussian_filter(light, (1, 1, 0)))
    slope, level = _reached(place, seen)
    near = np.abs(level + place @ slope[:, None] - seen).max(axis=1) < 2 * NEAR
    if near.sum() >= TILES:
        # Unknown are the lamp in each colour and its slopes down and across.
        tiles = np.hstack([np.repeat(np.eye(3), near.sum(), axis=0), np.tile(place[near], (3, 1))])
        found, *_ = np.linalg.lstsq(tiles, seen[near].T.ravel(), rcond=None)
        level, slope = found[:3], found[3:]
    down, across = (np.arange(edge) / edge - 0.5 for edge in (rows, columns))
    shade = down[:, None] * slope[0] + across * slope[1]
    return np.asarray(np.maximum(10.0 ** (level + shade[..., None]), DARKEST))


def densities(light: NDArray[np.float32]) -> Floats:
    """Return optical density, (rows, columns, 3): the logarithm of the lamp's light over what is left.

    It is the sum of the dyes' colours times their amounts (Ruifrok and Johnston 2001).
    """
    return np.asarray(np.log10(white(light) / np.maximum(light, DARKEST)))


def _brightest(light: NDArray[np.float32]) -> tuple[Floats, Floats]:
    """Return where the brightest pixels of tiles lie, (tiles, 2), and the log of their light, (tiles, 3)."""
    rows, columns = light.shape[:2]
    tall, wide = (max(edge // TILES, 1) for edge in (rows, columns))
    place, seen = [], []
    for top in range(0, rows - tall + 1, tall):
        for left in range(0, columns - wide + 1, wide):
            tile = light[top : top + tall, left : left + wide].reshape(-1, 3)
            best = np.argsort(tile.min(axis=1))[-max(round(len(tile) * BRIGHTEST), 1) :]
            down, across = np.divmod(best, wide)
            place.append(((top + down.mean()) / rows - 0.5, (left + across.mean()) / columns - 0.5))
            seen.append(np.median(tile[best], axis=0))
    return np.array(place), np.log10(np.maximum(np.array(seen, np.float64), DARKEST))


def _reached(place: Floats, seen: Floats) -> tuple[Floats, Floats]:
    """Return the slope at which most tiles reach the lamp, (2,), and the lamp in the middle, (3,)."""
    best, slope, level = -np.inf, np.zeros(2), seen.max(axis=0)
    steps = STEP * np.arange(-round(STEEPEST / STEP), round(STEEPEST / STEP) + 1)
    for down in steps:
        tried = np.stack([np.full_like(steps, down), steps], axis=1)
        flat = seen[None] - (tried @ place.T)[..., None]
        top = flat.max(axis=1) - ABOVE
        missed = ((flat - top[:, None]) ** 2).sum(axis=2) / NEAR**2
        worth = np.exp(-missed / 2).sum(axis=1) - (tried**2).sum(axis=1) / (2 * USUAL_SLOPE**2)
        one = int(worth.argmax())
        if worth[one] > best:
            best, slope, level = float(worth[one]), tried[one], top[one]
    return slope, level
