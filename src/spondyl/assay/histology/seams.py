"""Seams: where two tissues meet, a pixel that holds both looks like a third.

A thin band of a tissue whose colour lies between those of two others that are near is taken for their border,
and each pixel of it goes to the one it holds more of. Cartilage and woven bone are not thinner than a cell,
granules not thinner than some cells; other tissues may be as thin as the picture resolves.
"""

from __future__ import annotations

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Thin:
    """How thin tissues may be, in pixels.

    Parameters
    ----------
    radius : of a disc that fits into every band of a tissue that is no seam, by tissue.
    reach : how far from a seam the tissues lie that meet in it.
    lines : tissues that lie in lines thinner than the picture resolves.
    granule : the tissue of granules, whose rims may hide such lines; -1 for none.
    share : of a line in a pixel from which it is one.
    """

    radius: tuple[int, ...]
    reach: int
    lines: tuple[int, ...]
    granule: int
    share: float


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
    lines = ("osteoid",) if "bone" in how.tissues else ("positive",)
    granule = how.tissues.index("scaffold") if "scaffold" in how.tissues else -1
    found = tuple(how.tissues.index(name) for name in lines if name in how.tissues)
    return Thin(
        radius, round(table["seam_reach"].value / pixel_um), found, granule, table["line_share"].value
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
    cores = [_opened(mask, radius) for mask, radius in zip(masks, limits.radius, strict=True)]
    reached = [ndimage.binary_dilation(mask, disc(limits.reach)) for mask in masks]
    best, out = np.full(labels.shape, np.inf), labels.copy()
    for tissue, mask in enumerate(masks):
        seam = mask & ~cores[tissue]
        hides = tissue == limits.granule and "bone" not in found.how.tissues
        rim = _rim(mask & cores[tissue], mask, limits.reach) if hides else np.zeros_like(mask)
        for a, b in combinations(range(len(masks)), 2):
            if tissue in (a, b) or not _looks_like_both(found, tissue, a, b):
                continue
            line = b if b in limits.lines else a if a in limits.lines else -1
            here = seam & reached[a] & reached[b]
            peeled = np.zeros_like(here)
            if hides and line >= 0:
                here = seam & reached[a if line == b else b]
                peeled = rim
            _give(out, best, here | peeled, peeled, density, found, (tissue, a, b), line, limits.share)
    return out


def without_specks(labels: Labels, tissue: int, least: float) -> Labels:
    """Return labels in which specks of a tissue below an area, pixels, belong to what is nearest."""
    from scipy import ndimage

    mask = labels == tissue
    parts, count = ndimage.label(mask)
    if not count:
        return labels
    sizes = ndimage.sum_labels(mask, parts, np.arange(count + 1))
    small = (sizes < least)[parts] & mask
    if not small.any() or small.all():
        return labels
    where = ndimage.distance_transform_edt(small, return_distances=False, return_indices=True)
    return np.asarray(labels[tuple(where)])


def disc(radius: int) -> Mask:
    """Return the pixels of a disc."""
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return np.asarray(x * x + y * y <= radius * radius + 0.5)


def _opened(mask: Mask, radius: int) -> Mask:
    from scipy import ndimage

    return np.asarray(ndimage.binary_opening(mask, disc(radius))) if radius > 0 else mask


def _rim(core: Mask, mask: Mask, reach: int) -> Mask:
    """Return what of a core lies near the edge of its tissue."""
    from scipy import ndimage

    return np.asarray(core & (ndimage.distance_transform_edt(mask) <= reach))


def _looks_like_both(found: Fit, tissue: int, a: int, b: int) -> bool:
    """Tell whether a tissue's colour lies on the way between those of two others."""
    metric = np.linalg.inv(found.spread[tissue])
    way, away = found.means[b] - found.means[a], found.means[tissue] - found.means[a]
    place = float(away @ metric @ way / (way @ metric @ way))
    if not BETWEEN[0] < place < BETWEEN[1]:
        return False
    off = away - place * way
    return bool(off @ metric @ off <= NEAR**2)


def _give(
    out: Labels,
    best: Floats,
    here: Mask,
    peeled: Mask,
    density: Floats,
    found: Fit,
    which: tuple[int, int, int],
    line: int,
    share: float,
) -> None:
    """Give pixels of a seam to the two tissues that meet in it, where no other two explain them better."""
    if not here.any():
        return
    tissue, a, b = which
    metric = np.linalg.inv(found.spread[tissue])
    seen, way = density[here], found.means[b] - found.means[a]
    held = np.clip((seen - found.means[a]) @ metric @ way / (way @ metric @ way), 0, 1)
    off = seen - found.means[a] - held[:, None] * way
    distance = np.einsum("ni,ij,nj->n", off, metric, off)
    taken = distance < best[here]
    if peeled.any():  # these may be granule: only where both explain them better than it does
        own = found.means[tissue]
        length = seen @ metric @ own / (own @ metric @ own)
        beside = seen - length[:, None] * own
        taken &= ~peeled[here] | (distance < np.einsum("ni,ij,nj->n", beside, metric, beside))
    level = share if line == b else 1 - share if line == a else 0.5
    given, near = out[here], best[here]
    given[taken] = np.where(held[taken] > level, b, a)
    near[taken] = distance[taken]
    out[here], best[here] = given, near
