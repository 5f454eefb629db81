"""The tissues over the section, to be looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.histology.measurement import Histology
from spondyl.assay.histology.picture import Section

Pixels = NDArray[np.uint8]

COLOURS = {
    "void": (255, 255, 255),
    "marrow": (150, 120, 160),
    "soft": (240, 170, 120),
    "cartilage": (90, 170, 190),
    "bone": (60, 110, 60),
    "new_bone": (240, 200, 60),
    "osteoid": (220, 70, 60),
    "scaffold": (120, 130, 150),
    "positive": (180, 40, 60),
}


def overlay(section: Section, found: Histology) -> Pixels:
    """Return the section beside its tissues with a legend, shape (rows, columns, 3).

    Parameters
    ----------
    section, found : what was measured.
    """
    from PIL import Image, ImageDraw

    seen = np.clip(section.light * 255, 0, 255).astype(np.uint8)
    table = np.array([*(COLOURS[name] for name in found.names), (0, 0, 0)], np.uint8)
    rows, columns = seen.shape[:2]
    sheet = Image.new("RGB", (2 * columns + 8, rows + 22), (255, 255, 255))
    sheet.paste(Image.fromarray(seen), (0, 0))
    sheet.paste(Image.fromarray(table[found.labels]), (columns + 8, 0))
    draw, at = ImageDraw.Draw(sheet), 4
    for name in found.names:
        word = name.replace("_", " ")
        draw.rectangle((at, rows + 6, at + 10, rows + 16), COLOURS[name], (0, 0, 0))
        draw.text((at + 14, rows + 5), word, (0, 0, 0))
        at += 26 + round(draw.textlength(word))
    return np.asarray(sheet)
