"""Sections through a healing bone, each tissue in a colour of its own.

Colours are not blended, for a blend of two tissues looks like a third. A voxel holds shares of tissues but
not where they lie in it: pixels are given to tissues by a texture, as many to each as its share says.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.healing.healed import Healed
from spondyl.healing.texture import parted, texture

Pixels = NDArray[np.uint8]
Cut = tuple[slice | int, ...]

COLOURS = {
    "marrow": (58, 32, 40),
    "granulation": (122, 38, 46),
    "fibrous": (196, 150, 120),
    "cartilage": (104, 176, 150),
    "woven_host": (244, 196, 92),
    "woven_graft": (226, 92, 168),
    "lamellar": (238, 230, 210),
    "tcp": (120, 156, 206),
}
"""Marrow dark, granulation red, cartilage green, woven bone of the host yellow and of the graft pink."""

ORDER = (
    "lamellar", "woven_host", "woven_graft", "tcp", "cartilage", "fibrous", "granulation", "marrow",
)  # fmt: skip
"""Tissues that lie beside each other in the texture."""

GRAIN = 2.0
"""Standard deviation of the texture's grains, pixels."""

PAPER, INK = (12, 13, 16), (236, 239, 244)
GAP, HEAD, FOOT = 12, 24, 26


def picture(state: Healed, *, height: int = 300) -> Pixels:
    """Return the middle sections of the defect side by side with a legend, shape (rows, columns, 3).

    Parameters
    ----------
    state : at a follow-up.
    height : pixels of a section.

    Examples
    --------
    >>> from spondyl.healing import run
    >>> from spondyl.vertebra import rat
    >>> hole = rat("L5", seed=7, voxel="250 um", arch=False).drill(diameter="1.5 mm", depth="1.5 mm")
    >>> picture(run(hole, weeks=1).at(week=1), height=60).shape[2]
    3
    """
    from PIL import Image, ImageDraw

    z, y, x = _middle(state)
    whole = slice(None)
    cuts: dict[str, Cut] = {"coronal": (whole, y), "sagittal": (whole, whole, x), "axial": (z,)}
    panels = {name: _section(state, cut, height) for name, cut in cuts.items()}
    width = sum(panel.shape[1] for panel in panels.values()) + GAP * (len(panels) + 1)
    width = max(width, 560)
    sheet = Image.new("RGB", (width, HEAD + height + 2 * FOOT), PAPER)
    draw = ImageDraw.Draw(sheet)
    at = GAP
    for name, panel in panels.items():
        sheet.paste(Image.fromarray(panel), (at, HEAD))
        draw.text((at, 6), name, INK)
        at += panel.shape[1] + GAP
    at = GAP
    for name, colour in COLOURS.items():
        word = name.replace("_", " ")
        draw.rectangle((at, HEAD + height + 10, at + 10, HEAD + height + 20), colour)
        draw.text((at + 14, HEAD + height + 9), word, INK)
        at += 22 + round(draw.textlength(word))
    draw.text((GAP, HEAD + height + 10 + FOOT - 4), f"day {state.day:g}", INK)
    return np.asarray(sheet)


def _middle(state: Healed) -> tuple[int, int, int]:
    weight = state.region.weight
    total = weight.sum()
    z, y, x = (
        int(
            (weight.sum(tuple(a for a in range(3) if a != axis)) * np.arange(weight.shape[axis])).sum()
            / total
        )
        for axis in range(3)
    )
    return z, y, x


def _section(state: Healed, cut: Cut, height: int) -> Pixels:
    """Return a section whose pixels are each of one tissue, as much of each as its share says."""
    from scipy.ndimage import zoom

    seen = state.region.open[cut]
    size = (height, round(height * seen.shape[1] / seen.shape[0]))
    by = tuple(pixels / voxels for pixels, voxels in zip(size, seen.shape, strict=True))
    shares = np.stack(
        [zoom(state.state[name][cut], by, order=1, grid_mode=True, mode="nearest") for name in ORDER]
    )
    draws = np.random.Generator(np.random.Philox(0))  # the same texture in every week
    tissue, inside = parted(shares, texture(draws, size, GRAIN))
    pixels = np.array([COLOURS[name] for name in ORDER], np.uint8)[tissue]
    pixels[~inside] = PAPER
    return np.asarray(pixels, np.uint8)
