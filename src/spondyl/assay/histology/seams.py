"""Seams and borders: where two tissues meet, a pixel that holds both looks like a third.

A thin band of a tissue whose colour lies between those of two others that are near is taken for their border,
and each pixel of it goes to the one it holds more of. Cartilage and woven bone are not thinner than a cell,
granules not thinner than some cells; other tissues may be as thin as the picture resolves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.histology.mixture import Fit
from spondyl.assay.histology.stain import Stain
from spondyl.quantity import Parameter

Floats = NDArray[np.float64]
Labels = NDArray[np.int8]
Mask = NDArray[np.bool_]

BETWEEN = (0.05, 0.95)
"""Places on the way from one tissue to another at which a third may look like both."""

NEAR = 3.0
"""Spreads of a tissue by which its colour may be off that way."""

RIM = 0.5
"""How far on each side of a border its place is looked for, as a share of the reach of seams."""


@dataclass(frozen=True, slots=True)
class Thin:
    """How thin tissues may be, in pixels.

    Parameters
    ----------
    radius : of a disc that fits into every band of a tissue that is no seam, by tissue.
    reach : how far from a seam the tissues lie that meet in it.
    lines : tissues that lie in lines thinner than the picture resolves.
    granule : the tissue of granules; -1 for none.
    hiding : the tissue whose seams and rims may hide such lines; -1 for none.
    share : of a line in a pixel from which it is one.
    lined : the tissue within which such lines lie; -1 for none.
    cells : the tissue that is stained cells; -1 for none.
    """

    radius: tuple[int, ...]
    reach: int
    lines: tuple[int, ...]
    granule: int
    hiding: int
    share: float
    lined: int
    cells: int


def thin(how: Stain, pixel_um: float, table: Mapping[str, Parameter]) -> Thin:
    """Return how thin the tissues of a stain may be.

    Parameters
    ----------
    how : the stain.
    pixel_um : edge of a pixel.
    table : of the stage "assay/histology".
    """
    least = {"cartilage": "cell_least", "new_bone": "cell_least", "scaffold": "granule_least"}
    radius = tuple(
        round(table[least.get(name, "resolved")].value / pixel_um / 2) if name != "void" else 0
        for name in how.tissues
    )
    # Where a stain shows bone, osteoid lies on it; where it does not, its product lies in lines anywhere.
    shows_bone = "bone" in how.tissues
    granule = how.tissues.index("scaffold") if "scaffold" in how.tissues else -1
    line = "osteoid" if shows_bone else "positive"
    return Thin(
        radius=radius,
        reach=round(table["seam_reach"].value / pixel_um),
        lines=(how.tissues.index(line),) if line in how.tissues else (),
        granule=granule,
        hiding=-1 if shows_bone else granule,
        share=table["line_share"].value,
        lined=how.tissues.index("bone") if shows_bone else -1,
        cells=how.tissues.index("positive") if "positive" in how.tissues else -1,
    )


def parted(labels: Labels, density: Floats, found: Fit, limits: Thin) -> Labels:
    """Return labels in which seams belong to the tissues that meet in them.

    Parameters
    ----------
    labels : tissue of each pixel, (rows, columns).
    density : optical density without nuclei, (rows, columns, 3).
    found : how the slide came out.
    limits : how thin tissues may be.
    """
    from scipy import ndimage

    if limits.reach < 1:
        return labels
    masks = [labels == tissue for tissue in range(len(found.how.tissues))]
    cores = [opened(mask, radius) for mask, radius in zip(masks, limits.radius, strict=True)]
    reached = [ndimage.binary_dilation(mask, disc(limits.reach)) for mask in masks]
    between = _between(labels, limits)
    best, out = np.full(labels.shape, np.inf), labels.copy()
    for tissue, mask in enumerate(masks):
        seam, metric = mask & ~cores[tissue], np.linalg.inv(found.spread[tissue])
        own = found.means[tissue]
        hides = tissue == limits.hiding
        rim = mask & cores[tissue] & _near_edge(mask, limits.reach) if hides else np.zeros_like(mask)
        for a, b in combinations(range(len(masks)), 2):
            # The second may be a line; one that is hidden is nowhere seen, so only the first must be near.
            first, second = (b, a) if a in limits.lines else (a, b)
            ends = found.means[[first, second]]
            if tissue in (a, b) or not _looks_like_both(own, ends, metric):
                continue
            is_line = second in limits.lines
            hidden = hides and is_line
            here = seam & reached[first] & (reached[second] | hidden) | (rim & hidden)
            if is_line and first == limits.lined:
                here |= seam & between
            if not here.any():
                continue
            held, distance = _mixed(density[here], ends, metric)
            taken = distance < best[here]
            if hidden:  # a rim may be granule: only where both explain it better than that does
                taken &= ~rim[here] | (distance < _beside(density[here], own, metric))
            where = tuple(axis[taken] for axis in np.nonzero(here))
            level = limits.share if is_line else 0.5
            out[where] = np.where(held[taken] > level, second, first)
            best[where] = distance[taken]
    return out


def halved(labels: Labels, density: Floats, found: Fit, limits: Thin) -> Labels:
    """Return labels in which each border between two tissues lies where a pixel holds half of each.

    Of two tissues the one that spreads more explains what holds both, and its borders lie too far outside.
    Borders of lines, of granules that hide some, of stained cells and of empty specks stay where they are.
    """
    from scipy import ndimage

    if limits.reach < 1:
        return labels
    reach = max(round(limits.reach * RIM), 1)
    masks = [labels == tissue for tissue in range(len(found.how.tissues))]
    near = [ndimage.binary_dilation(mask, disc(reach)) for mask in masks]
    hollow = going_on(masks[0], 2 * reach, lambda mask: opened(mask, 2 * reach))
    near[0] = ndimage.binary_dilation(hollow, disc(reach))
    crowd = np.sum(near, axis=0)
    out = labels.copy()
    for a, b in combinations(range(len(masks)), 2):
        if {a, b} & {*limits.lines, limits.hiding, limits.cells}:
            continue
        here = near[a] & near[b] & (crowd == 2)
        if not here.any():
            continue
        metric = np.linalg.inv(found.spread[a] + found.spread[b])
        held, _ = _mixed(density[here], found.means[[a, b]], metric)
        out[here] = np.where(held > 0.5, b, a)
    return out


def _between(labels: Labels, limits: Thin) -> Mask:
    """Return what lies between bone and bone: a line of osteoid there may be nowhere seen as one."""
    from scipy import ndimage

    if limits.lined < 0:
        return np.zeros(labels.shape, np.bool_)
    bone = np.isin(labels, (limits.lined, *limits.lines))
    near = disc(limits.reach)
    return going_on(bone, 2 * limits.reach, lambda mask: ndimage.binary_closing(mask, near))


def going_on(mask: Mask, margin: int, work: Callable[[Mask], Mask]) -> Mask:
    """Return what `work` makes of a mask that goes on beyond its edges, by a margin, as it ends there."""
    made = work(np.pad(mask, margin, "edge"))
    return np.asarray(made[margin:-margin, margin:-margin])


def disc(radius: int) -> Mask:
    """Return the pixels of a disc."""
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return np.asarray(x * x + y * y <= radius * radius + 0.5)


def opened(mask: Mask, radius: int) -> Mask:
    """Return the parts of a mask into which a disc fits."""
    from scipy import ndimage

    return np.asarray(ndimage.binary_opening(mask, disc(radius))) if radius > 0 else mask


def _near_edge(mask: Mask, reach: int) -> Mask:
    """Return what lies near the edge of a tissue, and all that lies outside it."""
    from scipy import ndimage

    return np.asarray(ndimage.distance_transform_edt(mask) <= reach)


def _looks_like_both(own: Floats, ends: Floats, metric: Floats) -> bool:
    """Tell whether a tissue's colour lies on the way between those of two others."""
    way = ends[1] - ends[0]
    place = float((own - ends[0]) @ metric @ way / (way @ metric @ way))
    if not BETWEEN[0] < place < BETWEEN[1]:
        return False
    off = own - ends[0] - place * way
    return bool(off @ metric @ off <= NEAR**2)


def _mixed(density: Floats, ends: Floats, metric: Floats) -> tuple[Floats, Floats]:
    """Return how much of the second of two tissues pixels hold, and how far they are from any mixture.

    Parameters
    ----------
    density : (pixels, 3).
    ends : mean densities of the two, (2, 3).
    metric : in which distances are squared, (3, 3).
    """
    away, way = density - ends[0], ends[1] - ends[0]
    held = np.clip(away @ metric @ way / (way @ metric @ way), 0, 1)
    off = away - held[:, None] * way
    return held, np.einsum("ni,ij,nj->n", off, metric, off)


def _beside(density: Floats, own: Floats, metric: Floats) -> Floats:
    """Return how far pixels are from the colour of a tissue, however dense it is."""
    length = density @ metric @ own / (own @ metric @ own)
    off = density - length[:, None] * own
    return np.asarray(np.einsum("ni,ij,nj->n", off, metric, off))
