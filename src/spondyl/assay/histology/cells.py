"""What cells tell: a granule holds none, so it is not a tissue of the same colour.

Nuclei speak where colours do not. They choose between fits that explain a picture nearly as well, and, where
a tissue looks like granules, between the two from place to place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.histology.mixture import Fit
from spondyl.assay.histology.parts import part_sizes
from spondyl.assay.histology.seams import going_on, opened
from spondyl.quantity import Parameter

Floats = NDArray[np.float64]
Labels = NDArray[np.int8]
Mask = NDArray[np.bool_]

GRANULE = "scaffold"

DOUBT = 50.0
"""Belief by which a fit may be behind the best one for nuclei to decide between them."""

ALIKE = 2.5
"""Spreads between two colours below which cells are asked."""

HUE, DENSE = 0.01, 0.2
"""Optical density by which a region's mean colour may miss its tissue's hue, share by which its depth."""

MOST = 6.0
"""Logarithm of how much likelier its colour may make a tissue at most."""

LEAST = 0.001
"""Share of a window that must lie deep within such tissues for it to tell anything."""

LOOKS_ALIKE = ("marrow", "soft", "cartilage")
"""Tissues that may look like granules."""


def with_cells(
    modes: Sequence[Fit],
    labelled: Callable[[Fit], Labels],
    hidden: Mask,
    pixel_um: float,
    table: Mapping[str, Parameter],
) -> Fit:
    """Return the fit that colours and nuclei speak for.

    Parameters
    ----------
    modes : the best first.
    labelled : makes the tissues of all pixels of a fit.
    hidden : where nuclei lie.
    pixel_um : edge of a pixel.
    table : of the stage "assay/histology".
    """
    from scipy import ndimage

    names = modes[0].how.tissues
    likely = [fit for fit in modes if fit.belief > modes[0].belief - DOUBT]
    if len(likely) == 1 or GRANULE not in names or not hidden.any():
        return likely[0]
    many, few = (table[name].value for name in ("cells_in_tissue", "cells_in_granule"))
    nucleus = table["nucleus"].value / pixel_um
    rows, columns = _middles(hidden)
    # A nucleus leaves a grey rim, so what it lies in is told by what is farther away.
    clear = ndimage.distance_transform_edt(~hidden) > nucleus
    around = 2 * round(2 * nucleus) + 1
    seen = np.maximum(ndimage.uniform_filter(clear.astype(np.float64), around)[rows, columns], 1e-9)

    def belief(fit: Fit) -> float:
        mask = (labelled(fit) == names.index(GRANULE)) & clear
        share = ndimage.uniform_filter(mask.astype(np.float64), around)[rows, columns]
        within = float((share > 0.5 * seen).sum())
        area = float(mask.sum()) / max(float(clear.mean()), 1e-9) * (pixel_um / 1000) ** 2
        return fit.belief + float(within * np.log(few / many) + area * (many - few))

    return max(likely, key=belief)


def by_cells(
    labels: Labels,
    density: Floats,
    found: Fit,
    hidden: Mask,
    pixel_um: float,
    table: Mapping[str, Parameter],
) -> Labels:
    """Return labels in which granules, and tissues that look like them, are told apart by cells nearby.

    Nuclei are counted in a Gaussian window, and a Poisson law tells how much likelier they make tissue; its
    mean colour is added, whose hue is known better than that of a pixel.

    Parameters
    ----------
    labels : tissue of each pixel, (rows, columns).
    density : optical density without nuclei, (rows, columns, 3).
    found : how the slide came out.
    hidden : where nuclei lie.
    pixel_um : edge of a pixel.
    table : of the stage "assay/histology".
    """
    from scipy import ndimage

    names = found.how.tissues
    alike = _looking_alike(found)
    radius = round(table["cell_least"].value / pixel_um)
    if not alike or radius < 1:
        return labels
    granule = names.index(GRANULE)
    both = np.isin(labels, [granule, *alike])
    core = going_on(both, 2 * radius, lambda mask: opened(mask, radius))
    if not core.any():
        return labels
    reach = table["cell_reach"].value / pixel_um / 2
    pixels = 4 * np.pi * reach**2  # that the window counts as
    many, few = (
        table[name].value * (pixel_um / 1000) ** 2 for name in ("cells_in_tissue", "cells_in_granule")
    )

    def within(values: NDArray[np.generic]) -> Floats:
        return np.asarray(ndimage.gaussian_filter(values.astype(np.float64), reach, mode="constant"))

    nuclei = np.zeros(labels.shape)
    nuclei[_middles(hidden)] = 1.0
    # Nuclei at a border may be those of what lies beyond it, and colours there are of both.
    edge = table["nucleus"].value / pixel_um
    deep = going_on(core, 2 * radius, lambda mask: ndimage.distance_transform_edt(mask) > edge)
    held = within(deep)
    told = core & (held > LEAST)
    cells = pixels * (within(nuclei * deep) * np.log(many / few) - held * (many - few))[told]
    mean = np.stack([within(density[..., one] * deep)[told] for one in range(3)], axis=1)
    likelier, which = _by_colour(mean / held[told][:, None], _of_regions(found), granule, alike)
    own = labels[told]
    out = labels.copy()
    out[told] = np.where(cells + likelier > 0, np.where(own == granule, which, own), granule)
    changed = out != labels
    small = changed & (part_sizes(changed) < pixels / 4)  # a cell may be missing there by chance
    return np.where(small, labels, out)


def _by_colour(mean: Floats, found: Fit, granule: int, alike: list[int]) -> tuple[Floats, Labels]:
    """Return how much likelier mean colours, (pixels, 3), are a tissue's than a granule's, and which."""
    likelier, which = [], []
    for scores in found.scored(mean):
        likelier.append(scores[alike].max(axis=0) - scores[granule])
        which.append(np.array(alike, np.int8)[scores[alike].argmax(axis=0)])
    return np.clip(np.concatenate(likelier), -MOST, MOST), np.concatenate(which)


def _of_regions(found: Fit) -> Fit:
    """Return a fit whose spreads are those of the mean colours of regions, not of pixels."""
    means = found.means
    depth = DENSE**2 * means[:, :, None] * means[:, None, :]
    return replace(found, spread=HUE**2 * np.eye(3) + depth)


def _looking_alike(found: Fit) -> list[int]:
    """Return the tissues that look like granules in a picture."""
    names = found.how.tissues
    if GRANULE not in names:
        return []
    granule, alike = names.index(GRANULE), []
    for tissue, name in enumerate(names):
        if name in LOOKS_ALIKE:
            away = found.means[tissue] - found.means[granule]
            spread = (found.spread[tissue] + found.spread[granule]) / 2
            if away @ np.linalg.solve(spread, away) < ALIKE**2:
                alike.append(tissue)
    return alike


def _middles(hidden: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows and columns of the middles of parts."""
    from scipy import ndimage

    parts, count = ndimage.label(hidden)
    middles = np.array(ndimage.center_of_mass(hidden, parts, range(1, count + 1))).reshape(-1, 2)
    rows, columns = np.round(middles).astype(np.int64).T
    return rows, columns
