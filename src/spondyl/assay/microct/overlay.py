"""The quality-control picture of labels: three orthogonal slices, each label tinted in its colour."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.picture import (
    FOOT,
    GAP,
    HEIGHT,
    INK,
    PAPER,
    Pixels,
    Section,
    grey_window,
    mounted,
    outlined,
    scale_of,
    section_panel,
    stretched,
)
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Scan

Labels = NDArray[np.unsignedinteger]

COLOURS = ((86, 180, 233), (230, 159, 0), (204, 121, 167), (0, 158, 115), (240, 228, 66), (213, 94, 0))
"""Colours that colour-blind eyes tell apart (Okabe and Ito), for labels 1, 2, 3 …"""
TINT = 0.35


def overlay(
    scan: Scan,
    labels: Labels,
    names: Mapping[int, str],
    *,
    at: tuple[int, int, int] | None = None,
    height: int = HEIGHT,
    corner: tuple[int, int, int] = (0, 0, 0),
) -> Pixels:
    """Return three slices with tinted and outlined labels and their names, shape (rows, columns, 3).

    Parameters
    ----------
    scan : its grey values are shown beneath.
    labels : shape of the scan; 0 is not coloured.
    names : what each label is called in the legend; labels without a name are not drawn.
    at : slices (z, y, x) to show; by default through the middle of all that is labelled.
    height : pixels of the tallest slice, as for :func:`~spondyl.assay.microct.picture.picture`.
    corner : first voxel of a part of a scan, so that slices are numbered as in the whole.

    Raises
    ------
    MeasurementError
        If the labels have another shape than the scan, or the slices lie outside.
    """
    at = _refused(scan, labels, at) or _middle(labels)
    sections, parts = _sections(scan, labels, at, corner)
    scale, window = scale_of(sections, height), grey_window(sections)
    panels = [
        _tinted(section_panel(section, scale, window), part, names)
        for section, part in zip(sections, parts, strict=True)
    ]
    lettered = mounted(panels, sections, scale)
    return np.concatenate([lettered, _legend(lettered.shape[1], names)])


def stacked(*pictures: Pixels) -> Pixels:
    """Return pictures one beneath the other, on paper as wide as the widest.

    Examples
    --------
    >>> stacked(np.zeros((2, 3, 3), np.uint8), np.zeros((1, 5, 3), np.uint8)).shape
    (3, 5, 3)
    """
    width = max(picture.shape[1] for picture in pictures)
    sheet = np.full((sum(len(picture) for picture in pictures), width, 3), PAPER, dtype=np.uint8)
    top = 0
    for picture in pictures:
        sheet[top : top + len(picture), : picture.shape[1]] = picture
        top += len(picture)
    return sheet


def _refused(scan: Scan, labels: Labels, at: tuple[int, int, int] | None) -> tuple[int, int, int] | None:
    if labels.shape != scan.grid.shape:
        given = f"labels of shape {labels.shape}"
        raise MeasurementError(Mistake(scan.name, given, f"the scan has shape {scan.grid.shape}"))
    if at is not None and not all(0 <= k < n for k, n in zip(at, labels.shape, strict=True)):
        allowed = f"must lie within the scan of shape {scan.grid.shape}"
        raise MeasurementError(Mistake(f"{scan.name} › slices", str(at), allowed))
    return at


def _middle(labels: Labels) -> tuple[int, int, int]:
    middle = []
    for axis, count in enumerate(labels.shape):
        held = np.flatnonzero(labels.any(axis=tuple(i for i in range(3) if i != axis)))
        middle.append(int(held[0] + held[-1] + 1) // 2 if len(held) else count // 2)
    return middle[0], middle[1], middle[2]


def _sections(
    scan: Scan, labels: Labels, at: tuple[int, int, int], corner: tuple[int, int, int]
) -> tuple[list[Section], list[NDArray[np.unsignedinteger]]]:
    sections, parts = [], []
    for axis, (across, plane) in enumerate((("z", "xy"), ("y", "xz"), ("x", "yz"))):
        cut = tuple(at[axis] if i == axis else slice(None) for i in range(3))
        values = scan.within(cut)
        down, right = (s for i, s in enumerate(scan.grid.spacing_mm) if i != axis)
        plain = np.zeros(values.shape, dtype=np.bool_)
        sections.append(
            Section(f"{plane}   {across} = {at[axis] + corner[axis]}", values, plain, None, (down, right))
        )
        parts.append(labels[cut])
    return sections, parts


def _colour(label: int) -> tuple[int, int, int]:
    return COLOURS[(label - 1) % len(COLOURS)]


def _tinted(panel: Pixels, part: Labels, names: Mapping[int, str]) -> Pixels:
    rows, columns = panel.shape[:2]
    for label in names:
        mask = stretched(np.asarray(part == label), rows, columns)
        tint = np.array(_colour(label), dtype=np.float64)
        panel[mask] = (panel[mask] * (1 - TINT) + tint * TINT).astype(np.uint8)
        panel[outlined(mask)] = tint.astype(np.uint8)
    return panel


def _legend(width: int, names: Mapping[int, str]) -> Pixels:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(np.full((FOOT, width, 3), PAPER, dtype=np.uint8))
    draw, font, left = ImageDraw.Draw(image), ImageFont.load_default(14), GAP
    for label, name in names.items():
        draw.rectangle((left, FOOT // 2 - 6, left + 12, FOOT // 2 + 6), fill=_colour(label))
        draw.text((left + 20, FOOT / 2), name, fill=INK, font=font, anchor="lm")
        left += 20 + round(draw.textlength(name, font=font)) + 2 * GAP
    return np.array(image)
