"""A slide as a mixture of tissues: how strong its dyes came out, of what colour, and how tissues spread.

Each tissue is a normal distribution of optical density. Their means are tied: amounts of dyes by tissue are
those of the stain, and strengths and colours of the two dyes are what is looked for, the usual ones preferred
(Beer and Lambert; expectation and maximisation, Dempster et al. 1977). Their spreads are half known: along a
tissue's own colour by thickness and texture, across it by less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.histology.stain import Stain
from spondyl.quantity import Parameter

Floats = NDArray[np.float64]

NEUTRAL, LAMP = 6, 7
"""Places of what is neutral, and of the lamp, in :attr:`Fit.place`."""

PALEST = 1
"""Place of the palest tissue in every stain: where nothing is empty, the lamp is taken for it."""

ROUNDS = 25
"""Of expectation and maximisation."""

PIXELS = 500.0
"""Independent pixels that a section counts as, beside what is known of slides."""

KNOWN = 50.0
"""Independent pixels that the spread of a tissue, as it is known before, counts as."""

FAR = -12.0
"""Logarithm of the density that a pixel has at least, whatever it is: a fold, dirt, a border."""

PIECES = 16
"""Of a picture, scored one after the other: scores of all its pixels take more room than the picture."""

ALIKE = 0.03
"""Difference of logarithms and angles below which two fits are one."""

SELDOM = 0.02
"""Share of an even share that a tissue has at least, so that none is lost."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """How a slide came out.

    Parameters
    ----------
    how : the stain.
    place : logarithms of the strengths of both dyes, then how far the colour of each is off, towards grey and
        in hue, rad; then the logarithm of how dense what is neutral came out, and by what optical density of
        the palest tissue, in the colour that it takes most of, the light of the lamp is off, (8,).
    spread : covariance of each tissue's optical density, (tissues, 3, 3).
    belief : logarithm of how far picture and what is known of slides speak for it, up to a constant.
    shift : by what tissues are off beside, (tissues, 3); None for nothing.
    """

    how: Stain
    place: Floats
    spread: Floats
    belief: float
    shift: Floats | None = None

    @property
    def strength(self) -> Floats:
        """Strength of each dye over the usual one, (dyes,)."""
        return strength_at(self.how, self.place)

    @property
    def colours(self) -> Floats:
        """Colour of each dye in this picture, of length 1, (dyes, 3)."""
        return colours_at(self.how, self.place)

    @property
    def means(self) -> Floats:
        """Mean optical density of each tissue, (tissues, 3)."""
        tied = means_at(self.how, self.place)
        return tied if self.shift is None else tied + self.shift

    @property
    def nucleus(self) -> Floats:
        """What a nucleus adds to the optical density, (3,)."""
        return np.asarray((self.how.nuclei * self.strength) @ self.colours)

    def scores(self, density: Floats) -> Floats:
        """Return the logarithm of how well each tissue explains each pixel, (tissues, pixels)."""
        return _scores(density, self.means, self.spread)

    def scored(self, density: Floats) -> Iterator[Floats]:
        """Yield the scores of all pixels of a picture, some at a time."""
        return (self.scores(some) for some in np.array_split(density, PIECES))


def free_dyes(how: Stain) -> list[int]:
    """Return the places of the two dyes; the neutral one has no strength or colour of its own."""
    return [place for place, dye in enumerate(how.dyes) if dye != "neutral"]


def fits(
    sample: Floats, how: Stain, starts: Iterable[Sequence[float] | Floats], table: Mapping[str, Parameter]
) -> list[Fit]:
    """Return the fits that begin at some places, those that came to the same place once, the best first.

    Parameters
    ----------
    sample : optical density of pixels, (pixels, 3); away from borders and nuclei.
    how : the stain.
    starts : see :attr:`Fit.place`.
    table : of the stage "assay/histology".
    """
    found: list[Fit] = []
    every = [_fit(sample, how, np.array(start), table) for start in starts]
    for one in sorted(every, key=lambda fit: fit.belief, reverse=True):
        if all(np.abs(one.place - other.place).max() > ALIKE for other in found):
            found.append(one)
    return found


def strength_at(how: Stain, place: Floats) -> Floats:
    """Return the strengths of dyes at a place, see :attr:`Fit.place`."""
    found = np.full(len(how.dyes), np.exp(place[NEUTRAL]))
    found[free_dyes(how)] = np.exp(place[:2])
    return found


def colours_at(how: Stain, place: Floats) -> Floats:
    """Return the colours of dyes at a place, see :attr:`Fit.place`."""
    found = how.colours.copy()
    for number, dye in enumerate(free_dyes(how)):
        colour = how.colours[dye]
        paler = 1 / np.sqrt(3) - (colour.sum() / 3) * colour
        paler /= max(float(np.linalg.norm(paler)), 1e-12)
        off = place[2 + 2 * number] * paler + place[3 + 2 * number] * np.cross(colour, paler)
        turned = np.maximum(colour + off, 0.0)
        found[dye] = turned / np.linalg.norm(turned)
    return found


def means_at(how: Stain, place: Floats) -> Floats:
    """Return the mean optical density of tissues at a place, see :attr:`Fit.place`."""
    found = (how.amounts * strength_at(how, place)) @ colours_at(how, place)
    palest = found[PALEST] / max(float(found[PALEST].max()), 1e-9)
    return np.asarray(found + place[LAMP] * palest)


def usual_spread(means: Floats, table: Mapping[str, Parameter]) -> Floats:
    """Return the covariances that tissues of these means have as far as it is known before."""
    floor, share, across, empty = (
        table[name].value for name in ("spread_floor", "spread_share", "spread_across", "spread_void")
    )
    length = np.linalg.norm(means, axis=1)
    wide = floor + share * length
    narrow = np.where(length > floor, across * wide, wide)
    way = means / np.maximum(length, 1e-9)[:, None]
    along = (wide**2 - narrow**2)[:, None, None] * way[:, :, None] * way[:, None, :]
    found = narrow[:, None, None] ** 2 * np.eye(3) + along
    found[0] = empty**2 * np.eye(3)
    return np.asarray(found)


def _fit(sample: Floats, how: Stain, place: Floats, table: Mapping[str, Parameter]) -> Fit:
    from scipy.optimize import least_squares

    count, pixels = len(how.tissues), len(sample)
    off = np.deg2rad(table["colour_off"].value / 3)
    strength, dense = (np.log(table[name].value) for name in ("slides_differ", "dense_differ"))
    usual = np.array([strength, strength, off, off, off, off, dense, table["lamp_off"].value])
    means = means_at(how, place)
    spread, share = usual_spread(means, table), np.full(count, 1 / count)
    explained, weight = 0.0, PIXELS / pixels
    for _ in range(ROUNDS):
        scores = _scores(sample, means, spread) + np.log(np.maximum(share, SELDOM / count))[:, None]
        top = np.maximum(scores.max(axis=0), FAR)
        each = np.exp(scores - top)
        total = each.sum(axis=0) + np.exp(FAR - top)
        belongs, explained = each / total, float((top + np.log(total)).mean())
        number = belongs.sum(axis=1)
        seen = (belongs @ sample) / np.maximum(number, 1e-9)[:, None]
        root = np.linalg.cholesky(np.linalg.inv(spread)).transpose(0, 2, 1)
        root = root * np.sqrt(number * weight)[:, None, None]

        def residual(tried: Floats, seen: Floats = seen, root: Floats = root) -> Floats:
            away = np.einsum("kij,kj->ki", root, means_at(how, tried) - seen)
            return np.concatenate([away.ravel(), tried / usual])

        place = np.asarray(least_squares(residual, place, method="lm", max_nfev=60).x)
        means = means_at(how, place)
        known = usual_spread(means, table)
        for tissue in range(count):
            away = sample - means[tissue]
            scatter = weight * (belongs[tissue][:, None] * away).T @ away
            spread[tissue] = (KNOWN * known[tissue] + scatter) / (KNOWN + weight * number[tissue])
        share = (number + 0.1 * pixels / count) / (number.sum() + 0.1 * pixels)
    belief = PIXELS * explained - 0.5 * float(((place / usual) ** 2).sum())
    return Fit(how, place, spread, belief)


def _scores(density: Floats, means: Floats, spread: Floats) -> Floats:
    found = np.empty((len(means), len(density)))
    for tissue, (mean, covariance) in enumerate(zip(means, spread, strict=True)):
        lower = np.linalg.cholesky(covariance)
        away = np.linalg.solve(lower, (density - mean).T)
        found[tissue] = -0.5 * (away**2).sum(axis=0) - np.log(np.diag(lower)).sum()
    return found
