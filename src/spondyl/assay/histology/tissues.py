"""Which tissue each pixel belongs to, by its dyes, however strong the staining came out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.histology.dyes import amounts, own_colours
from spondyl.assay.histology.stain import Stain
from spondyl.quantity import Parameter

Floats = NDArray[np.float64]
Labels = NDArray[np.int8]

STRENGTHS = np.geomspace(0.5, 2.0, 17)
"""Strengths of a dye over the usual one that are tried."""

SAMPLE = 1200
"""Pixels by which strengths are judged."""


def tissues(
    density: Floats, how: Stain, pixel_um: float, table: Mapping[str, Parameter]
) -> tuple[Labels, Floats]:
    """Return the tissue of each pixel, its place in ``how.tissues``, and the strength of each dye.

    Nuclei take the amounts of what is around them. A pixel goes to the tissue whose amounts, times the
    strength of each dye, explain it best. Strengths are those that explain all pixels best, the usual ones
    preferred as slides differ. Then the dyes' own colours are read off the tissues found, and all is done
    again.

    Parameters
    ----------
    density : optical density, (rows, columns, 3).
    how : the stain.
    pixel_um : edge of a pixel.
    table : of the stage "assay/histology".
    """
    from scipy import ndimage

    wide = 2 * max(round(table["filter"].value / pixel_um / 2), 0) + 1
    nucleus = table["nucleus"].value / pixel_um
    hidden = nuclei(amounts(density, how.colours), how, nucleus)
    bare = _filled(density, hidden, nucleus)
    smooth = np.stack([ndimage.median_filter(bare[..., c], wide) for c in range(3)], axis=-1)
    colours = how.colours
    for turn in range(ROUNDS):
        flat = amounts(smooth, colours).reshape(-1, len(how.dyes))
        strength = strengths(flat, how, table)
        labels = _scores(flat, how, strength, table).argmax(axis=0).reshape(hidden.shape).astype(np.int8)
        if turn + 1 < ROUNDS:
            colours = own_colours(smooth, labels, how, colours, table["colour_off"].value)
    return _calm(labels, len(how.tissues), wide), strength


ROUNDS = 4
"""Times that tissues are found, each with the colours that the last ones showed."""


def nuclei(found: Floats, how: Stain, nucleus: float) -> NDArray[np.bool_]:
    """Return where nuclei lie, with their blurred rims.

    A nucleus takes more of its dye than halfway between the tissue that takes most and itself.

    Parameters
    ----------
    found : amounts of dyes, (rows, columns, dyes).
    how : the stain.
    nucleus : pixels of its diameter.
    """
    from scipy import ndimage

    dye = int(how.nuclei.argmax())
    level = (float(how.amounts[:, dye].max()) + float(how.nuclei[dye])) / 2
    seen = ndimage.gaussian_filter(found[..., dye], 0.1 * nucleus) > level
    parts, count = ndimage.label(seen)
    if not count:
        return np.zeros(seen.shape, np.bool_)
    sizes = ndimage.sum_labels(seen, parts, np.arange(count + 1))
    small = (sizes <= 6 * np.pi / 4 * nucleus**2)[parts] & seen
    return np.asarray(ndimage.binary_dilation(small, iterations=max(round(0.3 * nucleus), 1)))


def _filled(values: Floats, hidden: NDArray[np.bool_], wide: float) -> Floats:
    """Return values in which what is hidden has the mean of what is around."""
    from scipy import ndimage

    weight = ndimage.gaussian_filter((~hidden).astype(float), 0.7 * wide)
    filled = values.copy()
    for one in range(values.shape[2]):
        around = ndimage.gaussian_filter(np.where(hidden, 0.0, values[..., one]), 0.7 * wide)
        filled[..., one][hidden] = (around / np.maximum(weight, 1e-6))[hidden]
    return filled


def strengths(flat: Floats, how: Stain, table: Mapping[str, Parameter]) -> Floats:
    """Return the strength of each dye over the usual one.

    Parameters
    ----------
    flat : amounts of dyes, (pixels, dyes).
    how : the stain.
    table : of the stage "assay/histology".
    """
    sample = flat[:: max(len(flat) // SAMPLE, 1)]
    free = [place for place, dye in enumerate(how.dyes) if dye != "neutral"]
    usual = float(np.log(table["slides_differ"].value))
    best, strength = -np.inf, np.ones(len(how.dyes))
    for first in STRENGTHS:
        for second in STRENGTHS:
            tried = np.ones(len(how.dyes))
            tried[free] = first, second
            top = _scores(sample, how, tried, table)
            # What no tissue explains (a fold, a boundary) shall not decide.
            mean = float(np.logaddexp(np.logaddexp.reduce(top, axis=0), FAR).mean())
            belief = mean * BELIEVED - float((np.log(tried[free]) ** 2).sum()) / (2 * usual**2)
            if belief > best:
                best, strength = belief, tried
    return strength


FAR = -12.0
"""Logarithm of the density that a pixel has at least, whatever it is."""

BELIEVED = 200.0
"""Independent pixels that a section counts as, beside what is known of slides."""


def _scores(flat: Floats, how: Stain, strength: Floats, table: Mapping[str, Parameter]) -> Floats:
    """Return the logarithm of how well each tissue explains each pixel, (tissues, pixels)."""
    floor, share = table["spread_floor"].value, table["spread_share"].value
    found = []
    for amount in how.amounts:
        expected = amount * strength
        spread = floor + share * expected
        found.append(-0.5 * (((flat - expected) / spread) ** 2).sum(axis=1) - np.log(spread).sum())
    return np.array(found)


def _calm(labels: Labels, count: int, wide: int) -> Labels:
    """Return labels in which each pixel has the tissue of most pixels around it."""
    from scipy import ndimage

    if wide < 3:
        return labels
    votes = np.stack(
        [ndimage.uniform_filter((labels == number).astype(np.float32), wide) for number in range(count)]
    )
    return np.asarray(votes.argmax(axis=0), np.int8)
