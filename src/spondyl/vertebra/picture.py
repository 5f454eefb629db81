"""Pictures of a vertebra as micro-CT shows it: three middle sections, and its surface, whole and cut open."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.vertebra.vertebra import CANAL, OUTSIDE, Vertebra

Pixels = NDArray[np.uint8]
Reals = NDArray[np.float32]

GAP, FOOT = 14, 36
PAPER = (12, 13, 16)
INK = (236, 239, 244)
BONE = np.array([236.0, 224.0, 200.0])
"""Colour of the surface in full light."""

TURN, LEAN = 35.0, 20.0
"""Degrees by which the bone is turned about its axis and leant towards the eye."""

LIGHTS = ((0.55, (-0.45, -0.55, -0.70)), (0.30, (0.75, -0.20, -0.62)), (0.15, (0.0, 0.0, -1.0)))
"""Strength and way to each light: picture's down, right, and depth."""

FINEST = 0.8
"""Pixels in which a surface is drawn, in voxels, at least; it is enlarged where they would be smaller."""

DARK = 120.0
"""Density shown as black, mg HA/cm³: below it lies marrow."""


def picture(bone: Vertebra, *, height: int = 620) -> Pixels:
    """Return sections and surfaces side by side, shape (rows, columns, 3).

    The sections show mineral density and go through the middle of the bone, or of its defect; β-TCP is shown
    as its own mass, since it attenuates about as much as bone mineral does. The surfaces are those of the
    whole bone from the front, and the bone cut open in its middle.

    Parameters
    ----------
    bone : what to show.
    height : pixels of the bone's height.

    Examples
    --------
    >>> from spondyl.vertebra import rat
    >>> picture(rat("L5", seed=7, voxel="200 um", arch=False), height=60).shape[2]
    3
    """
    scale = height / bone.grid.size_mm[0]
    surfaces = np.stack([surface(bone, height), surface(bone, height, cut_open=True)])
    shown = (surfaces != PAPER).any((0, 3))
    rows, columns = (np.flatnonzero(shown.any(axis)) for axis in (1, 0))
    if rows.size:
        surfaces = surfaces[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    panels = [*_sections(bone, scale), *surfaces]
    names = ["coronal", "sagittal", "axial", "surface", "cut open"]
    return _mounted(panels, names, scale)


def _sections(bone: Vertebra, scale: float) -> list[Pixels]:
    density = bone.share * bone.tissue_density
    if bone.filling is not None and bone.filling.mix.granules is not None:
        density += bone.filling.whole("tcp") * np.float32(1000 * bone.filling.mix.granules.density_mg_mm3)
    k, j, i = _middle(bone)
    brightest = float(np.percentile(density[bone.share > 0.9], 99)) if (bone.share > 0.9).any() else 1000.0
    planes = (density[::-1, j], density[::-1, :, i], density[k])
    return [_grey(plane, scale * bone.grid.spacing_mm[0], brightest) for plane in planes]


def _middle(bone: Vertebra) -> tuple[int, int, int]:
    """Return the voxel in the middle of the body, or of the defect."""
    if bone.cavity is not None:
        places = np.argwhere(bone.cavity.share > 0.5)
        if len(places):
            k, j, i = (int(v) for v in places.mean(0))
            return k, j, i
    held = (bone.region != OUTSIDE) & (bone.region != CANAL)
    ends = [np.flatnonzero(held.any(tuple(a for a in range(3) if a != axis))) for axis in range(3)]
    front, back = int(ends[1][0]), int(ends[1][-1])
    j = int(np.argwhere(bone.region == 2)[:, 1].mean()) if (bone.region == 2).any() else (front + back) // 2
    return int(ends[0][0] + ends[0][-1]) // 2, j, int(ends[2][0] + ends[2][-1]) // 2


def _grey(plane: Reals, pixels: float, brightest: float) -> Pixels:
    from PIL import Image

    grey = np.clip((plane - DARK) / (brightest - DARK), 0, 1) * 255
    size = (max(1, round(plane.shape[1] * pixels)), max(1, round(plane.shape[0] * pixels)))
    method = Image.Resampling.BICUBIC if pixels >= 1 else Image.Resampling.BOX
    shown = np.asarray(Image.fromarray(grey.astype(np.uint8)).resize(size, method))
    return np.repeat(shown[:, :, None], 3, axis=2)


def surface(bone: Vertebra, height: int = 620, *, cut_open: bool = False) -> Pixels:
    """Return a picture of the bone's surface from the front, turned and lit, shape (rows, columns, 3).

    Parameters
    ----------
    height : pixels of the bone's height.
    cut_open : leave out what lies in front of its middle, so that the trabeculae show.
    """
    share = bone.share
    if bone.filling is not None:
        share = share.copy()
        share[bone.cavity.share > 0] = np.maximum(  # type: ignore[union-attr]
            share, bone.filling.whole("tcp") + bone.filling.whole("micropore")
        )[bone.cavity.share > 0]  # type: ignore[union-attr]
    if cut_open:
        share = share.copy()
        share[:, : _middle(bone)[1]] = 0
    step = bone.grid.size_mm[0] / height / bone.grid.spacing_mm[0]
    drawn = max(step, FINEST)
    depth, normal = _seen(share, drawn)
    return _larger(_lit(depth, normal, round(height * step / drawn)), drawn / step)


def _larger(shown: Pixels, factor: float) -> Pixels:
    """Return a picture enlarged by a factor, 1 to leave it."""
    from PIL import Image

    if factor <= 1:
        return shown
    size = (round(shown.shape[1] * factor), round(shown.shape[0] * factor))
    return np.asarray(Image.fromarray(shown).resize(size, Image.Resampling.BICUBIC))


def _seen(share: Reals, step: float) -> tuple[Reals, Reals]:
    """Return the depth of the surface at each pixel, in pixels, NaN where there is none, and its normals.

    Parameters
    ----------
    share : of bone.
    step : of pixels and of the way into the picture, in voxels.
    """
    from scipy.ndimage import affine_transform, gaussian_filter

    turn, lean = math.radians(TURN), math.radians(LEAN)
    about = np.array([[1, 0, 0], [0, math.cos(turn), -math.sin(turn)], [0, math.sin(turn), math.cos(turn)]])
    forward = np.array([[math.cos(lean), math.sin(lean), 0], [-math.sin(lean), math.cos(lean), 0], [0, 0, 1]])
    # Axes of the picture (down, right, into it) in those of the array (z up, y to the back, x to the left).
    view = np.array([[-1.0, 0, 0], [0, 0, 1.0], [0, 1.0, 0]]) @ forward @ about
    corners = np.array(np.meshgrid(*[(-n / 2, n / 2) for n in share.shape])).reshape(3, -1)
    size = (2 * np.ceil(np.abs(view @ corners).max(1) / step)).astype(int) + 4
    matrix = view.T * step
    offset = (np.array(share.shape) - 1) / 2 - matrix @ ((size - 1) / 2)
    smooth = gaussian_filter(share, 0.6)
    seen = affine_transform(smooth, matrix, offset, (int(size[0]), int(size[1]), int(size[2])), order=1)
    hit = seen >= 0.5
    first = hit.argmax(2)
    any_hit = hit.any(2) & (first > 0)
    rows, columns = np.nonzero(any_hit)
    at = first[rows, columns]
    above, below = seen[rows, columns, at], seen[rows, columns, at - 1]
    depth = np.full(any_hit.shape, np.nan, np.float32)
    depth[rows, columns] = at - (above - 0.5) / np.maximum(above - below, 1e-6)
    normal = np.zeros((*any_hit.shape, 3), np.float32)
    soft = gaussian_filter(seen, 1.0)
    for axis in range(3):
        place = [rows, columns, at]
        low, high = list(place), list(place)
        low[axis] = np.maximum(place[axis] - 1, 0)
        high[axis] = np.minimum(place[axis] + 1, seen.shape[axis] - 1)
        normal[rows, columns, axis] = soft[tuple(low)] - soft[tuple(high)]
    normal /= np.maximum(np.linalg.norm(normal, axis=2, keepdims=True), 1e-6)
    return depth, normal


def _lit(depth: Reals, normal: Reals, height: int) -> Pixels:
    """Shade a surface: three lights, and less light in its hollows."""
    from scipy.ndimage import gaussian_filter

    there = np.isfinite(depth)
    light = np.full(depth.shape, 0.10)
    for strength, way in LIGHTS:
        towards = np.array(way) / np.linalg.norm(way)
        light += strength * np.clip(normal @ towards, 0, 1)
    far = float(np.nanmax(depth)) if there.any() else 0.0
    filled = np.where(there, depth, far)
    hollow = np.zeros(depth.shape)
    for wide in (height / 150, height / 50, height / 18):
        weight = gaussian_filter(there.astype(float), wide)
        around = gaussian_filter(np.where(there, filled, 0), wide) / np.maximum(weight, 1e-3)
        hollow += np.clip((filled - around) / (2.0 * wide), 0, 1) / 3
    light = light * (1 - 0.75 * hollow)
    if there.any():
        light *= 1 - 0.25 * (filled - np.nanmin(depth)) / max(far - float(np.nanmin(depth)), 1e-6)
    shown = np.where(there[..., None], np.clip(light, 0, 1)[..., None] * BONE, np.array(PAPER, float))
    return np.asarray(shown.clip(0, 255), np.uint8)


def _mounted(panels: list[Pixels], names: list[str], scale: float) -> Pixels:
    """Return the panels side by side with their names and a scale bar of 1 mm, or 10 mm for a large bone."""
    from PIL import Image, ImageDraw, ImageFont

    tall = max(panel.shape[0] for panel in panels)
    wide = sum(panel.shape[1] + GAP for panel in panels) + GAP
    canvas = np.full((tall + 2 * GAP + FOOT, wide, 3), PAPER, np.uint8)
    left, places = GAP, []
    for panel in panels:
        top = GAP + (tall - panel.shape[0]) // 2
        canvas[top : top + panel.shape[0], left : left + panel.shape[1]] = panel
        places.append(left)
        left += panel.shape[1] + GAP
    image = Image.fromarray(canvas)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(15)
    foot = canvas.shape[0] - FOOT / 2
    for at, name in zip(places, names, strict=True):
        draw.text((at, foot), name, fill=INK, font=font, anchor="lm")
    bar = 1.0 if scale * 1.0 > 30 else 10.0
    right = wide - GAP
    draw.rectangle((right - bar * scale, foot - 2, right, foot + 1), fill=INK)
    draw.text((right - bar * scale - 8, foot), f"{bar:g} mm", fill=INK, font=font, anchor="rm")
    return np.array(image)
