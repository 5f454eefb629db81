"""From light to optical density, and the colours that dyes have in a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.histology.stain import Stain

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


def own_colours(
    density: Floats, labels: NDArray[np.int8], how: Stain, colours: Floats, most_deg: float
) -> Floats:
    """Return the colours that the dyes have in this picture, from the tissues that take hardly another dye.

    Parameters
    ----------
    density : of :func:`densities`.
    labels : tissue of each pixel.
    how : the stain.
    colours : taken so far, (dyes, 3).
    most_deg : by which a dye may be off the colour of the book.
    """
    found = colours.copy()
    for dye, name in enumerate(how.dyes):
        if name == "neutral":
            continue
        share = how.amounts[:, dye] / np.maximum(how.amounts.sum(axis=1), 1e-12)
        pure = np.flatnonzero((share > PURE) & (how.amounts[:, dye] > 0.2 * how.amounts[:, dye].max()))
        mine = density[np.isin(labels, pure)]
        if len(mine) < FEWEST:
            continue
        rest = how.amounts[pure].mean(axis=0)
        others = (rest @ colours - rest[dye] * colours[dye]) / max(float(rest[dye]), 1e-9)
        seen = np.median(mine, axis=0)
        seen = seen / np.linalg.norm(seen)
        whole = colours[dye] + others
        turned = seen - whole / np.linalg.norm(whole) + colours[dye]
        found[dye] = _within(turned / np.linalg.norm(turned), how.colours[dye], most_deg)
    return found


def _within(colour: Floats, usual: Floats, most_deg: float) -> Floats:
    """Return a colour no further than an angle from the usual one, of length 1."""
    colour = np.maximum(colour, 0.0) / np.linalg.norm(np.maximum(colour, 0.0))
    angle = float(np.arccos(np.clip(colour @ usual, -1, 1)))
    most = np.deg2rad(most_deg)
    if angle <= most:
        return np.asarray(colour)
    mixed = np.sin(angle - most) * usual + np.sin(most) * colour
    return np.asarray(mixed / np.linalg.norm(mixed))


PURE, FEWEST = 0.84, 300
"""Share of a tissue's dyes from which it shows one dye's colour, and the pixels that show it."""
