"""Which tissue each pixel belongs to, by its dyes, however strong the staining came out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import product

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.histology.cells import by_cells, with_cells
from spondyl.assay.histology.mixture import FAR, Fit, fits, means_at, usual_spread
from spondyl.assay.histology.nuclei import filled, largest, nuclei
from spondyl.assay.histology.pairs import moved
from spondyl.assay.histology.seams import halved, parted, thin
from spondyl.assay.histology.specks import without_enclosed, without_specks
from spondyl.assay.histology.stain import Stain
from spondyl.quantity import Parameter

Floats = NDArray[np.float64]
Labels = NDArray[np.int8]
Mask = NDArray[np.bool_]

STRENGTHS = np.geomspace(0.55, 1.8, 7)
"""Strengths of a dye over the usual one that are tried first."""

STARTS = 6
"""Pairs of strengths from which a slide is fitted."""

BELIEVED = 60.0
"""Independent pixels that a section counts as in that choice, beside what is known of slides."""

WITHOUT_CARTILAGE = ("marrow", "scaffold")
"""Tissues in which a speck of the colour of cartilage, smaller than some nuclei, is the rim of one."""

FEW, MANY = 600, 8000
"""Pixels by which strengths are chosen, and by which a slide is fitted."""

STAINED = 3.0
"""Spreads from its mean within which a pixel has the colour of stained cells."""

FLAT = 0.5
"""Share of pixels, those in the evenest places, by which a slide is fitted."""


def tissues(
    density: Floats, how: Stain, pixel_um: float, table: Mapping[str, Parameter]
) -> tuple[Labels, Floats]:
    """Return the tissue of each pixel, its place in ``how.tissues``, and the strength of each dye.

    Nuclei take the amounts of what is around them. Strengths and colours of the dyes are fitted to the
    picture; with them nuclei are looked for once more and the fit is repeated. A pixel goes to the tissue
    that explains it best, and cells tell granules from what looks like them; then thin seams are given to the
    tissues that meet in them, borders put where a pixel holds half of each, and specks taken away.

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
    usual = how.amounts @ how.colours
    hidden = nuclei(density, _darkest(how, usual), float((how.nuclei @ how.colours).min()), nucleus)
    smooth = ndimage.median_filter(filled(density, hidden, nucleus), (wide, wide, 1))
    modes = fits(_even(smooth, hidden, pixel_um), how, _starts(smooth, how, table), table)
    found = with_cells(modes, partial(_labelled, smooth, wide), hidden, pixel_um, table)
    pale = _without_stain(density, found, nucleus)
    hidden = nuclei(pale, _darkest(how, found.means), float(found.nucleus.min()), nucleus)
    bare = filled(density, hidden, nucleus)
    smooth = ndimage.median_filter(bare, (wide, wide, 1))
    sample = _even(smooth, hidden, pixel_um)
    (found,) = fits(sample, how, [found.place], table)
    found = moved(found, sample, ("bone", "new_bone"))
    labels = by_cells(_labelled(smooth, wide, found), smooth, found, hidden, pixel_um, table)
    limits = thin(how, pixel_um, table)
    fine = ndimage.gaussian_filter(bare, (1 / pixel_um, 1 / pixel_um, 0))
    labels = parted(labels, fine, found, limits)
    labels = halved(labels, fine, found, limits)
    if limits.granule >= 0:
        labels = without_specks(labels, limits.granule, largest(nucleus))
    if "cartilage" in how.tissues:
        hosts = [how.tissues.index(name) for name in WITHOUT_CARTILAGE]
        labels = without_enclosed(labels, how.tissues.index("cartilage"), hosts, largest(nucleus))
    return labels, found.strength


def _darkest(how: Stain, means: Floats) -> float:
    """Return the least density of the darkest tissue; what is stained positive is larger than nuclei."""
    kept = [place for place, name in enumerate(how.tissues) if name != "positive"]
    return float(means[kept].min(axis=1).max())


def _without_stain(density: Floats, found: Fit, nucleus: float) -> Floats:
    """Return density without what has the colour of stained cells, which may be as dark as nuclei."""
    from scipy import ndimage

    if "positive" not in found.how.tissues:
        return density
    positive = found.how.tissues.index("positive")
    wide = 0.1 * nucleus
    away = ndimage.gaussian_filter(density, (wide, wide, 0)) - found.means[positive]
    metric = np.linalg.inv(found.spread[positive])
    stained = np.einsum("...i,ij,...j->...", away, metric, away) < STAINED**2
    return np.where(stained[..., None], 0.0, density)


def _even(density: Floats, hidden: Mask, pixel_um: float) -> Floats:
    """Return pixels from even places, away from borders and nuclei, (pixels, 3)."""
    from scipy import ndimage

    wide = max(2 * round(7.5 / pixel_um / 2) + 1, 3)
    mean, square = (ndimage.uniform_filter(values, (wide, wide, 1)) for values in (density, density**2))
    rough = np.maximum(square - mean**2, 0.0).sum(axis=2) / (0.02 + (mean**2).sum(axis=2))
    open_ = ~hidden if (~hidden).sum() > FEW else np.ones_like(hidden)
    chosen = density[open_ & (rough <= np.quantile(rough[open_], FLAT))]
    return np.asarray(chosen[:: max(len(chosen) // MANY, 1)])


def _starts(density: Floats, how: Stain, table: Mapping[str, Parameter]) -> list[Floats]:
    """Return places from which to fit: the likeliest pairs of strengths, in the colours of the book."""
    flat = density.reshape(-1, 3)
    sample = flat[:: max(len(flat) // FEW, 1)]
    usual = float(np.log(table["slides_differ"].value))
    tried = [np.array([*np.log(pair), *[0.0] * 6]) for pair in product(STRENGTHS, STRENGTHS)]

    def belief(place: Floats) -> float:
        means = means_at(how, place)
        scores = Fit(how, place, usual_spread(means, table), 0.0).scores(sample)
        top = scores.max(axis=0)
        mixed = top + np.log(np.exp(scores - top).sum(axis=0))
        far = float((place**2).sum()) / (2 * usual**2)
        return BELIEVED * float(np.maximum(mixed, FAR).mean()) - far

    return sorted(tried, key=belief, reverse=True)[:STARTS]


def _labelled(density: Floats, wide: int, fit: Fit) -> Labels:
    """Return the tissue that explains each pixel best, as most pixels around it have it."""
    return _calm(_likeliest(density, fit), len(fit.how.tissues), wide)


def _likeliest(density: Floats, found: Fit) -> Labels:
    best = [scores.argmax(axis=0) for scores in found.scored(density.reshape(-1, 3))]
    return np.concatenate(best).reshape(density.shape[:2]).astype(np.int8)


def _calm(labels: Labels, count: int, wide: int) -> Labels:
    """Return labels in which each pixel has the tissue of most pixels around it."""
    from scipy import ndimage

    if wide < 3:
        return labels
    votes = np.stack(
        [ndimage.uniform_filter((labels == number).astype(np.float32), wide) for number in range(count)]
    )
    return np.asarray(votes.argmax(axis=0), np.int8)
