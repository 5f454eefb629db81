"""Pictures of spheroids: phase contrast of a well, and a confocal section with its stains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spondyl.instrument.microscope.optics import Optics
from spondyl.instrument.microscope.well import Ball
from spondyl.vertebra.streams import stream

Floats = NDArray[np.float64]
Counts = NDArray[np.uint16]

LIGHT = 0.7
"""Brightness of the empty well."""

DARK_PER_UM = 0.012
"""Share of the light that a micrometre of tissue takes, of what is left."""

HALO, HALO_UM = 0.25, 6.0
"""Brightness and width of the ring that phase contrast draws around things."""

TEXTURE, TEXTURE_UM = 0.12, 5.0
"""Roughness of a spheroid's face, and the size of its grains."""

CELL_UM, PACKED = 9.0, 0.55
"""Diameter of a nucleus in a section, and the share of a section that nuclei take."""

DIM_UM = 140.0
"""Depth below the surface at which stains shine half as bright."""


def phase_contrast(balls: Sequence[Ball], how: Optics, *, seed: int) -> Counts:
    """Return the picture of a well, shape (1, rows, columns): dark spheroids with a bright ring.

    Parameters
    ----------
    balls : with their places.
    how : the microscope.
    seed : of the texture and the noise.
    """
    from scipy.ndimage import gaussian_filter

    draws = stream(seed, "microscope", "phase")
    y, x = _axes(how)
    light = np.full((how.pixels, how.pixels), LIGHT)
    grain = gaussian_filter(draws.standard_normal(light.shape), TEXTURE_UM / how.pixel_um)
    grain /= grain.std()
    for ball in balls:
        r = np.hypot(x - ball.x_um, y - ball.y_um)
        thick = 2 * np.sqrt(np.clip(ball.radius_um**2 - r**2, 0, None))
        inside = r <= ball.radius_um
        # Flattened cells at the rim take light as well: the edge is dark where the ball is thin.
        taken = np.exp(-DARK_PER_UM * np.maximum(thick, 0.6 * ball.radius_um))
        light = np.where(inside, LIGHT * taken * (1 + TEXTURE * grain), light)
        light += HALO * np.exp(-np.clip(r - ball.radius_um, 0, None) / HALO_UM) * ~inside
    return how.seen(np.clip(light, 0, 1), draws)[None]


def confocal(balls: Sequence[Ball], how: Optics, *, seed: int) -> tuple[Counts, tuple[float, ...]]:
    """Return a section through the middles of spheroids, and the share of dead cells that each shows.

    Parameters
    ----------
    balls : with their places.
    how : the microscope.
    seed : of the cells and the noise.

    Returns
    -------
    Channels of all nuclei, of the living and of the dead, shape (3, rows, columns); dead over all cells of
    the section by spheroid.
    """
    draws = stream(seed, "microscope", "confocal")
    light = np.full((3, how.pixels, how.pixels), 0.01)
    shares = []
    for ball in balls:
        cells = _cells(ball, draws)
        lives = draws.random(len(cells)) < ball.living(np.hypot(*cells.T))
        for (dx, dy), alive in zip(cells, lives, strict=True):
            depth = ball.radius_um - float(np.hypot(dx, dy))
            bright = 2.0 ** (-depth / DIM_UM) * float(draws.uniform(0.6, 1.0))
            for channel in (0, 1 if alive else 2):
                _stamp(light[channel], ball.x_um + dx, ball.y_um + dy, 0.9 * bright, how)
        shares.append(float((~lives).mean()))
    seen = [how.seen(channel, draws) for channel in light]
    return np.stack(seen), tuple(shares)


def _axes(how: Optics) -> tuple[Floats, Floats]:
    place = np.asarray((np.arange(how.pixels) + 0.5) * how.pixel_um, np.float64)
    return place[:, None], place[None]


def _cells(ball: Ball, draws: np.random.Generator) -> Floats:
    """Return places of nuclei in a section from its middle, µm, (cells, 2).

    A ring of cells that touch the outline from inside, and a shaken hexagonal lattice within it.
    """
    step = CELL_UM * float(np.sqrt(np.pi / (2 * np.sqrt(3) * PACKED)))
    reach = int(np.ceil(ball.radius_um / step)) + 2
    i, j = np.meshgrid(np.arange(-2 * reach, 2 * reach), np.arange(-2 * reach, 2 * reach), indexing="ij")
    x, y = (i + j / 2) * step, j * step * np.sqrt(3) / 2
    cells = np.stack([x.reshape(-1), y.reshape(-1)], axis=1)
    cells += draws.uniform(-0.12, 0.12, cells.shape) * step
    edge = ball.radius_um - CELL_UM / 2
    angles = (
        2 * np.pi * (np.arange(int(2 * np.pi * edge / step)) + draws.random()) / int(2 * np.pi * edge / step)
    )
    ring = edge * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.concatenate([ring, cells[np.hypot(*cells.T) <= edge - 0.85 * step]])


def _stamp(light: Floats, x: float, y: float, bright: float, how: Optics) -> None:
    """Add a round nucleus to a channel."""
    reach = int(np.ceil(CELL_UM / how.pixel_um)) + 1
    column, row = int(x / how.pixel_um), int(y / how.pixel_um)
    rows = slice(max(row - reach, 0), min(row + reach + 1, how.pixels))
    columns = slice(max(column - reach, 0), min(column + reach + 1, how.pixels))
    down = (np.arange(rows.start, rows.stop) + 0.5) * how.pixel_um - y
    right = (np.arange(columns.start, columns.stop) + 0.5) * how.pixel_um - x
    r = np.hypot(down[:, None], right[None])
    part = light[rows, columns]
    np.maximum(part, bright * np.clip((CELL_UM / 2 - r) / how.pixel_um + 0.5, 0, 1), out=part)
