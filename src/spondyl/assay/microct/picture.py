"""The quality-control picture: three orthogonal slices with the outline of the bone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.quality import refuse_foreign
from spondyl.assay.microct.segmentation import Segmentation
from spondyl.volume import Scan

Pixels = NDArray[np.uint8]
Slice = NDArray[np.bool_]

HEIGHT = 420
WIDEST = 1800
GAP = 12
FOOT = 34
PAPER = (17, 19, 23)
INK = (236, 239, 244)
BONE = (255, 138, 40)
VOLUME = (64, 200, 255)
DARKEST, BRIGHTEST = 0.5, 99.7


@dataclass(frozen=True, slots=True)
class Section:
    """One slice across an axis: what lies in it and how large its pixels are, mm (down, right)."""

    name: str
    values: NDArray[np.float64]
    bone: Slice
    voi: Slice | None
    pixel_mm: tuple[float, float]

    @property
    def size_mm(self) -> tuple[float, float]:
        """Height and width, mm."""
        return self.values.shape[0] * self.pixel_mm[0], self.values.shape[1] * self.pixel_mm[1]


def picture(scan: Scan, segmentation: Segmentation, *, height: int = HEIGHT) -> Pixels:
    """Return the three middle slices side by side, shape (rows, columns, 3).

    Unfiltered grey values; the bone outlined in orange, the volume of interest in blue; one scale bar for
    all three. The slices go through the middle of the volume of interest and are labelled with the plane
    they show and the index of the slice.

    Parameters
    ----------
    scan : the scan that was segmented.
    segmentation : its bone.
    height : pixels of the tallest slice; all three have the same scale, smaller where the picture would
        become wider than 1800 pixels.

    Raises
    ------
    MeasurementError
        If the segmentation is of a scan of another shape.
    """
    refuse_foreign(scan, segmentation)
    sections = _sections(scan, segmentation)
    scale, window = scale_of(sections, height), grey_window(sections)
    return mounted([section_panel(section, scale, window) for section in sections], sections, scale)


def scale_of(sections: list[Section], height: int) -> float:
    """Return pixels a mm: the tallest section gets `height` pixels, fewer where all would be too wide."""
    tall, wide = max(s.size_mm[0] for s in sections), sum(s.size_mm[1] for s in sections)
    return min(height / tall, WIDEST / wide)


def mounted(panels: list[Pixels], sections: list[Section], scale: float) -> Pixels:
    """Return the panels of sections side by side, with their names and one scale bar beneath."""
    lefts = np.cumsum([GAP] + [panel.shape[1] + GAP for panel in panels]).tolist()
    bottom = GAP + max(panel.shape[0] for panel in panels)
    canvas = np.full((bottom + FOOT, lefts[-1], 3), PAPER, dtype=np.uint8)
    for left, panel in zip(lefts, panels, strict=False):
        canvas[GAP : GAP + panel.shape[0], left : left + panel.shape[1]] = panel
    labels = [(left, section.name) for left, section in zip(lefts, sections, strict=False)]
    widest = max(range(len(panels)), key=lambda i: panels[i].shape[1])
    right = lefts[widest] + panels[widest].shape[1]
    return annotated(canvas, labels, scale, (right, sections[widest].size_mm[1]))


def _sections(scan: Scan, segmentation: Segmentation) -> list[Section]:
    middle = _middle(segmentation)
    sections = []
    for axis, (across, plane) in enumerate((("z", "xy"), ("y", "xz"), ("x", "yz"))):
        at = tuple(middle[axis] if i == axis else slice(None) for i in range(3))
        values = scan.within(at)
        voi = None if segmentation.voi is None else segmentation.voi[at]
        down, right = (s for i, s in enumerate(scan.grid.spacing_mm) if i != axis)
        name = f"{plane}   {across} = {middle[axis]}"
        sections.append(Section(name, values, segmentation.bone[at], voi, (down, right)))
    return sections


def _middle(segmentation: Segmentation) -> tuple[int, int, int]:
    """Return the middle voxel of the volume of interest."""
    if segmentation.voi is None:
        z, y, x = (n // 2 for n in segmentation.bone.shape)
        return z, y, x
    ends = []
    for axis in range(3):
        others = tuple(i for i in range(3) if i != axis)
        held = np.flatnonzero(segmentation.voi.any(axis=others))
        ends.append(int(held[0] + held[-1] + 1) // 2)
    return ends[0], ends[1], ends[2]


def grey_window(sections: list[Section]) -> tuple[float, float]:
    """Return the values shown black and white, the same for all sections."""
    values = np.concatenate([section.values.ravel() for section in sections])
    low, high = np.percentile(values, (DARKEST, BRIGHTEST))
    return (float(low), float(high)) if high > low else (float(values.min()), float(values.max()) or 1.0)


def section_panel(section: Section, scale: float, window: tuple[float, float]) -> Pixels:
    """Draw a section, `scale` pixels to a mm, with the outlines of bone and volume of interest."""
    from PIL import Image

    rows, columns = (max(1, round(edge * scale)) for edge in section.size_mm)
    low, high = window
    grey = np.clip((section.values - low) * (235 / (high - low)), 0, 235).astype(np.uint8)
    shrinks = rows < grey.shape[0] or columns < grey.shape[1]
    method = Image.Resampling.BOX if shrinks else Image.Resampling.BICUBIC
    grown = np.asarray(Image.fromarray(grey).resize((columns, rows), method))
    panel = np.repeat(grown[:, :, None], 3, axis=2)
    if section.voi is not None:
        panel[~stretched(section.voi, rows, columns)] //= 2
    panel[outlined(stretched(section.bone, rows, columns))] = BONE
    if section.voi is not None:
        panel[outlined(stretched(section.voi, rows, columns), closed=True)] = VOLUME
    return panel


def stretched(mask: Slice, rows: int, columns: int) -> Slice:
    """Take the nearest voxel of the slice for every pixel of the panel."""
    down = np.arange(rows) * mask.shape[0] // rows
    right = np.arange(columns) * mask.shape[1] // columns
    return np.asarray(mask[down][:, right])


def outlined(mask: Slice, *, closed: bool = False) -> Slice:
    """Return the pixels inside `mask` that touch its outside; along the frame only when `closed`."""
    framed = np.pad(mask, 1, mode="constant" if closed else "edge")
    inner = framed[:-2, 1:-1] & framed[2:, 1:-1] & framed[1:-1, :-2] & framed[1:-1, 2:]
    return np.asarray(mask & ~inner)


def annotated(canvas: Pixels, labels: list[tuple[int, str]], scale: float, bar: tuple[int, float]) -> Pixels:
    """Write the labels, and a scale bar that ends at a pixel and is a quarter of a width in mm or less."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(canvas)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(14)
    middle = canvas.shape[0] - FOOT / 2
    for left, text in labels:
        draw.text((left, middle), text, fill=INK, font=font, anchor="lm")
    right, width_mm = bar
    bar_mm = _round_length(width_mm / 4)
    text = f"{bar_mm:g} mm" if bar_mm >= 0.1 else f"{1000 * bar_mm:g} µm"
    draw.text((right - bar_mm * scale - 8, middle), text, fill=INK, font=font, anchor="rm")
    draw.rectangle((right - bar_mm * scale, middle - 2, right - 1, middle + 1), fill=INK)
    return np.array(image)


def _round_length(wanted: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not above `wanted`."""
    power = 10.0 ** math.floor(math.log10(wanted))
    return max(digit * power for digit in (1, 2, 5) if digit * power <= wanted * (1 + 1e-9))
