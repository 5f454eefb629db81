"""A graft cut open, seen from the side: rays against the shapes themselves, no voxels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.graft.bed import Bodies
from spondyl.graft.graft import Graft

Array = NDArray[np.float64]
Pixels = NDArray[np.uint8]

PAPER = (17, 19, 23)
GRANULE = (226, 216, 196)
SPHEROID = (222, 112, 128)
CUT_GRANULE = (247, 243, 233)
CUT_SPHEROID = (246, 168, 178)
LIGHT = (-0.55, -0.45, 0.70)
"""Where light comes from: up, left and from the eye (down, right, to the eye)."""

AMBIENT = 0.34
SHADES = 0.16
"""How much darker the darkest body is than the lightest, so that neighbours are told apart."""

MARGIN_MM = 0.08
SHADE_REACH = 9
"""Pixels over which something nearer darkens what lies behind it."""


@dataclass(slots=True)
class Canvas:
    """What each pixel shows: how near it is (mm, larger is nearer) and its colour (0 to 1)."""

    near: Array
    colour: Array
    pixel_mm: float
    corner: tuple[float, float]


def render(graft: Graft, *, height: int = 640) -> Pixels:
    """Return a shaded picture of the graft with its front half cut away, (rows, columns, 3).

    Gravity points down. Granules are light, spheroids red; flat pale faces lie in the cut through the middle.

    Parameters
    ----------
    height : pixels.
    """
    down, right, eye = _axes(graft)
    turn = np.stack([down, right, eye])
    middle = _middle(graft)
    corners, size = _outline(graft, turn, middle)
    pixel = (size[0] + 2 * MARGIN_MM) / height
    width = max(1, math.ceil((size[1] + 2 * MARGIN_MM) / pixel))
    canvas = Canvas(
        near=np.full((height, width), -np.inf),
        colour=np.zeros((height, width, 3)),
        pixel_mm=pixel,
        corner=(corners[0] - MARGIN_MM, corners[1] - MARGIN_MM),
    )
    for bodies, colour, cut in (
        (graft.bed.granules, GRANULE, CUT_GRANULE),
        (graft.bed.spheroids, SPHEROID, CUT_SPHEROID),
    ):
        centres = (bodies.centres_mm - middle) @ turn.T
        normals = bodies.normals @ turn.T
        for body in range(len(bodies)):
            shade = 1 - SHADES * ((body * 0.618034) % 1.0)
            tones = shade * np.array(colour), shade * np.array(cut)
            _draw(canvas, bodies, body, centres[body], normals[body], *tones)
    return _developed(canvas)


def _axes(graft: Graft) -> tuple[Array, Array, Array]:
    """Return what the picture shows downwards, to the right and towards the eye, as unit vectors."""
    down = np.array(graft.inwards, np.float64)
    right = np.zeros(3)
    right[int(np.argmin(np.abs(down[::-1])))] = 1.0
    right = right[::-1] - (right[::-1] @ down) * down
    right /= np.linalg.norm(right)
    return down, right, np.cross(down, right)


def _middle(graft: Graft) -> Array:
    """Return the centre of the hole, mm."""
    total = graft.hole.sum()
    found = []
    for axis in range(3):
        across = graft.hole.sum(axis=tuple(a for a in range(3) if a != axis))
        at = float((across * np.arange(across.size)).sum() / total)
        found.append((at + graft.box[axis].start) * graft.bone.spacing_mm[axis])
    return np.array(found)


def _outline(graft: Graft, turn: Array, middle: Array) -> tuple[Array, Array]:
    """Return the first corner and the size of the hole in the picture, mm (down, right)."""
    held = np.argwhere(graft.hole >= 0.5) + np.array([s.start for s in graft.box])
    at = (held * np.array(graft.bone.spacing_mm) - middle) @ turn[:2].T
    low, high = at.min(axis=0), at.max(axis=0)
    return low, high - low


def _draw(
    canvas: Canvas, bodies: Bodies, body: int, centre: Array, normals: Array, colour: Array, cut: Array
) -> None:
    """Draw one body where it is nearer than what is there."""
    radius = float(bodies.radii_mm[body])
    if centre[2] - radius > 0:
        return  # wholly in the part cut away
    rows, columns = canvas.near.shape
    first = [int((centre[a] - radius - canvas.corner[a]) / canvas.pixel_mm) for a in (0, 1)]
    last = [int((centre[a] + radius - canvas.corner[a]) / canvas.pixel_mm) + 2 for a in (0, 1)]
    window = (slice(max(0, first[0]), min(rows, last[0])), slice(max(0, first[1]), min(columns, last[1])))
    v = canvas.corner[0] + (np.arange(rows)[window[0]] + 0.5) * canvas.pixel_mm - centre[0]
    u = canvas.corner[1] + (np.arange(columns)[window[1]] + 0.5) * canvas.pixel_mm - centre[1]
    v, u = v[:, None], u[None, :]
    far, near, normal = _hit(v, u, radius, normals, bodies.offsets_mm[body])
    flat = near + centre[2] > 0
    near = np.where(flat, -centre[2], near)
    shown = (near > far) & (near + centre[2] > canvas.near[window])
    light = np.array(LIGHT) / np.linalg.norm(LIGHT)
    bright = AMBIENT + (1 - AMBIENT) * np.clip(normal @ light, 0, 1)
    shade = np.where(flat[..., None], cut / 255, bright[..., None] * colour / 255)
    canvas.near[window][shown] = (near + centre[2])[shown]
    canvas.colour[window][shown] = shade[shown]


def _hit(v: Array, u: Array, radius: float, normals: Array, offsets: Array) -> tuple[Array, Array, Array]:
    """Return where the line of sight leaves a body and meets it, and the way its surface faces there."""
    square = radius**2 - v * v - u * u
    half = np.sqrt(np.maximum(square, 0.0))
    near, far = np.where(square > 0, half, -np.inf), -half
    normal = np.stack(np.broadcast_arrays(v, u, half), axis=-1) / radius
    for way, offset in zip(normals, offsets, strict=True):
        room = offset - way[0] * v - way[1] * u
        if way[2] > 1e-9:
            cut = room / way[2]
            hit = cut < near
            near = np.where(hit, cut, near)
            normal = np.where(hit[..., None], way, normal)
        elif way[2] < -1e-9:
            far = np.maximum(far, room / way[2])
        else:
            near = np.where(room < 0, -np.inf, near)
    return far, near, normal


def _developed(canvas: Canvas) -> Pixels:
    """Darken what lies deep or in the corner of something nearer, and put it on paper."""
    from scipy.ndimage import uniform_filter

    seen = np.isfinite(canvas.near)
    depth = np.where(seen, canvas.near, canvas.near[seen].min() if seen.any() else 0.0)
    around = uniform_filter(depth, SHADE_REACH, mode="nearest")
    hollow = np.clip((around - depth) / (SHADE_REACH * canvas.pixel_mm), 0.0, 1.0)
    deep = np.clip(-depth / (abs(depth.min()) + 1e-9), 0.0, 1.0)
    colour = canvas.colour * ((1 - 0.75 * hollow) * (1 - 0.55 * deep))[..., None]
    paper = np.array(PAPER) / 255
    shown = np.where(seen[..., None], colour, paper)
    return np.asarray(np.round(255 * np.clip(shown, 0, 1)), np.uint8)
