"""Two tissues of nearly one colour: by how much both are off, seen in the dip between them.

A slide's strengths tell where each tissue should be, and bone and woven bone lie so near each other that a
small error of both gives one to the other. Pixels of the two lie in two heaps along the way from one to the
other. The distance of the heaps is known, so only their common place is looked for.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.histology.mixture import PIXELS, Fit

Floats = NDArray[np.float64]

OFF = 0.1
"""Standard deviation of that place, over the way between both."""

WIDTHS = (0.3, 1.5)
"""Least and largest width of a heap over that of the two tissues."""

FEWEST = 100
"""Pixels of both below which nothing is looked for."""

ROUNDS = 40


def moved(found: Fit, sample: Floats, pair: tuple[str, str]) -> Fit:
    """Return a fit in which two tissues are moved together to where their heaps of pixels lie.

    Parameters
    ----------
    found : how the slide came out.
    sample : optical density of pixels, (pixels, 3); away from borders and nuclei.
    pair : names of the tissues; a stain that lacks one is left as it is.
    """
    names = found.how.tissues
    if not {*pair} <= {*names}:
        return found
    places = [names.index(name) for name in pair]
    chosen = sample[np.isin(found.scores(sample).argmax(axis=0), places)]
    if len(chosen) < FEWEST:
        return found
    start, end = found.means[places]
    way, metric = end - start, np.linalg.inv(found.spread[places].mean(axis=0))
    length = float(way @ metric @ way)
    off = _off((chosen - start) @ metric @ way / length, 1 / np.sqrt(length), PIXELS / len(sample))
    shift = np.zeros_like(found.means)
    shift[places] = off * way
    return replace(found, shift=shift)


def _off(place: Floats, width: float, counts: float) -> float:
    """Return by what two heaps lie off from 0 and 1.

    Parameters
    ----------
    place : of each pixel on the way from one tissue, 0, to the other, 1.
    width : that a heap should have.
    counts : independent pixels that each of them counts as.
    """
    ends, off = np.array([[0.0], [1.0]]), 0.0
    share, wide = np.full((2, 1), 0.5), np.full((2, 1), width)
    for _ in range(ROUNDS):
        score = np.log(share / wide) - 0.5 * ((place - off - ends) / wide) ** 2
        belongs = np.exp(score - score.max(axis=0))
        belongs /= belongs.sum(axis=0)
        weight = belongs / wide**2
        off = float((weight * (place - ends)).sum()) / (float(weight.sum()) + 1 / (counts * OFF**2))
        number = np.maximum(belongs.sum(axis=1, keepdims=True), 1e-9)
        share = np.maximum(number / len(place), 0.02)
        scatter = (belongs * (place - off - ends) ** 2).sum(axis=1, keepdims=True) / number
        wide = np.clip(np.sqrt(scatter), WIDTHS[0] * width, WIDTHS[1] * width)
    return off
