"""Sections through a healing bone, each tissue in a colour of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.healing.healed import Healed

Pixels = NDArray[np.uint8]

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

    mixed = np.zeros((*state.region.open.shape, 3))
    for name, colour in COLOURS.items():
        mixed += state.state[name][..., None] * np.array(colour, np.float64)
    mixed[~state.region.open] = PAPER
    z, y, x = _middle(state)
    planes = {"coronal": mixed[:, y], "sagittal": mixed[:, :, x], "axial": mixed[z]}
    panels = {name: _enlarged(plane, height) for name, plane in planes.items()}
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
    hole = state.region.hole
    weight = hole if hole.any() else state.region.open.astype(np.float64)
    total = weight.sum()
    z, y, x = (
        int(
            (weight.sum(tuple(a for a in range(3) if a != axis)) * np.arange(weight.shape[axis])).sum()
            / total
        )
        for axis in range(3)
    )
    return z, y, x


def _enlarged(plane: NDArray[np.float64], height: int) -> Pixels:
    from PIL import Image

    pixels = Image.fromarray(np.clip(plane, 0, 255).astype(np.uint8))
    return np.asarray(
        pixels.resize((round(height * plane.shape[1] / plane.shape[0]), height), Image.Resampling.NEAREST)
    )
