"""Which tissue each pixel belongs to, by its dyes, however strong the staining came out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.histology.dyes import own_colours
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
    hidden = nuclei(density, how, nucleus)
    bare = _filled(density, hidden, nucleus)
    smooth = np.stack([ndimage.median_filter(bare[..., c], wide) for c in range(3)], axis=-1)
    flat = smooth.reshape(-1, 3)
    colours = likely_colours(flat, how, table)
    for turn in range(ROUNDS):
        strength = strengths(flat, how, colours, table)
        scores = _scores(flat, how, colours, strength, table)
        labels = scores.argmax(axis=0).reshape(hidden.shape).astype(np.int8)
        if turn + 1 < ROUNDS:
            colours = own_colours(smooth, labels, how, colours, table["colour_off"].value)
    return _calm(labels, len(how.tissues), wide), strength


ROUNDS = 4
"""Times that tissues are found, each with the colours that the last ones showed."""


def nuclei(density: Floats, how: Stain, nucleus: float) -> NDArray[np.bool_]:
    """Return where nuclei lie, with their blurred rims: what is nearer than half a nucleus.

    Nuclei are dark in every colour, tissues bright in one at least: the least density of a nucleus's three
    lies above halfway between that of the darkest tissue and its own.

    Parameters
    ----------
    density : optical density, (rows, columns, 3).
    how : the stain.
    nucleus : pixels of its diameter.
    """
    from scipy import ndimage

    darkest = float((how.amounts @ how.colours).min(axis=1).max())
    level = (darkest + float((how.nuclei @ how.colours).min())) / 2
    seen = ndimage.gaussian_filter(density.min(axis=2), 0.1 * nucleus) > level
    parts, count = ndimage.label(seen)
    if not count:
        return np.zeros(seen.shape, np.bool_)
    sizes = ndimage.sum_labels(seen, parts, np.arange(count + 1))
    small = (sizes <= 6 * np.pi / 4 * nucleus**2)[parts] & seen
    return np.asarray(ndimage.distance_transform_edt(~small) <= max(0.5 * nucleus, 1.0))


def _filled(values: Floats, hidden: NDArray[np.bool_], wide: float) -> Floats:
    """Return values in which what is hidden has the mean of what is around."""
    from scipy import ndimage

    weight = ndimage.gaussian_filter((~hidden).astype(float), 0.7 * wide)
    filled = values.copy()
    for one in range(values.shape[2]):
        around = ndimage.gaussian_filter(np.where(hidden, 0.0, values[..., one]), 0.7 * wide)
        filled[..., one][hidden] = (around / np.maximum(weight, 1e-6))[hidden]
    return filled


def strengths(density: Floats, how: Stain, colours: Floats, table: Mapping[str, Parameter]) -> Floats:
    """Return the strength of each dye over the usual one.

    Parameters
    ----------
    density : optical density, (pixels, 3).
    how : the stain.
    colours : of its dyes in this picture, (dyes, 3).
    table : of the stage "assay/histology".
    """
    sample = density[:: max(len(density) // SAMPLE, 1)]
    return max(
        (_at(how, pair) for pair in product(STRENGTHS, STRENGTHS)),
        key=lambda tried: _belief(sample, how, colours, tried, table),
    )


def likely_colours(density: Floats, how: Stain, table: Mapping[str, Parameter]) -> Floats:
    """Return the colours of dyes, near those of the book, that explain a picture best, (dyes, 3).

    Each dye is tried as in the book, paler and fuller, and of either neighbouring hue, with a few strengths
    each.

    Parameters
    ----------
    density : optical density, (pixels, 3).
    how : the stain.
    table : of the stage "assay/histology".
    """
    sample = density[:: max(len(density) // (SAMPLE // 2), 1)]
    free = _free(how)
    step = np.deg2rad(table["colour_off"].value / 2)
    best, colours = -np.inf, how.colours
    for pair in product(*(_near(how.colours[place], step) for place in free)):
        tried = how.colours.copy()
        tried[free] = pair
        off = float(((tried - how.colours) ** 2).sum()) / (2 * (step / 2) ** 2)
        strong = (_at(how, strength) for strength in product(COARSE, COARSE))
        belief = max(_belief(sample, how, tried, strength, table) for strength in strong) - off
        if belief > best:
            best, colours = belief, tried
    return colours


def _free(how: Stain) -> list[int]:
    """Return the places of the two dyes; the neutral one has no strength of its own."""
    return [place for place, dye in enumerate(how.dyes) if dye != "neutral"]


def _at(how: Stain, pair: tuple[float, float]) -> Floats:
    """Return strengths of all dyes from those of the two."""
    strength = np.ones(len(how.dyes))
    strength[_free(how)] = pair
    return strength


def _belief(
    sample: Floats, how: Stain, colours: Floats, strength: Floats, table: Mapping[str, Parameter]
) -> float:
    """Return how far a picture and what is known of slides speak for colours and strengths of dyes."""
    usual = float(np.log(table["slides_differ"].value))
    far = float((np.log(strength) ** 2).sum()) / (2 * usual**2)
    return BELIEVED * _explained(sample, how, colours, strength, table) - far


FAR = -12.0
"""Logarithm of the density that a pixel has at least, whatever it is."""

BELIEVED = 60.0
"""Independent pixels that a section counts as, beside what is known of slides."""

COARSE = np.geomspace(0.55, 1.8, 7)
"""Strengths tried with each pair of colours."""


def _near(colour: Floats, step: float) -> list[Floats]:
    """Return a colour and those a step paler, fuller and of either hue, each of length 1."""
    paler = 1 / np.sqrt(3) - (colour.sum() / 3) * colour
    paler /= max(float(np.linalg.norm(paler)), 1e-12)
    hue = np.cross(colour, paler)
    turned = [colour + np.tan(step) * way for way in (paler, -paler, hue, -hue)]
    kept = [np.maximum(one, 0.0) for one in turned]
    return [colour, *(one / np.linalg.norm(one) for one in kept)]


def _explained(
    sample: Floats, how: Stain, colours: Floats, strength: Floats, table: Mapping[str, Parameter]
) -> float:
    """Return the mean logarithm of the density of pixels under a mixture of all tissues.

    What no tissue explains (a fold, a boundary) shall not decide.
    """
    scores = _scores(sample, how, colours, strength, table)
    top = scores.max(axis=0)
    mixed = top + np.log(np.exp(scores - top).sum(axis=0))
    return float(np.maximum(mixed, FAR).mean())


def _scores(
    density: Floats, how: Stain, colours: Floats, strength: Floats, table: Mapping[str, Parameter]
) -> Floats:
    """Return the logarithm of how well each tissue explains each pixel, (tissues, pixels).

    Thickness and texture spread a tissue's optical density along itself, by a floor and a share of it; noise
    and hue spread it across, by less.
    """
    floor, share, across = (table[name].value for name in ("spread_floor", "spread_share", "spread_across"))
    expected = (how.amounts * strength) @ colours
    length = np.linalg.norm(expected, axis=1)
    way = expected / np.maximum(length, 1e-9)[:, None]
    along = way @ density.T
    square = (density**2).sum(axis=1)[None]
    beside = np.maximum(square - along**2, 0.0)
    wide = floor + share * length
    narrow = across * wide
    narrow = np.where(length > floor, narrow, wide)
    scores = -0.5 * ((along - length[:, None]) ** 2 / wide[:, None] ** 2 + beside / narrow[:, None] ** 2)
    return np.asarray(scores - np.log(wide)[:, None] - 2 * np.log(narrow)[:, None])


def _calm(labels: Labels, count: int, wide: int) -> Labels:
    """Return labels in which each pixel has the tissue of most pixels around it."""
    from scipy import ndimage

    if wide < 3:
        return labels
    votes = np.stack(
        [ndimage.uniform_filter((labels == number).astype(np.float32), wide) for number in range(count)]
    )
    return np.asarray(votes.argmax(axis=0), np.int8)
