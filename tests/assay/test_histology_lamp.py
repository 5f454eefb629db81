"""The light of the empty slide, found under tissue: closed cases, without the virtual microtome."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.assay.histology.dyes import BRIGHTEST, STEEPEST, densities, white

WHITE = np.array([0.95, 0.9, 0.85])
PINK = np.array([0.02, 0.06, 0.05])


def lamp(rows: int, columns: int, down: float, across: float) -> np.ndarray:
    """The light of an empty slide that darkens down and across by some optical density."""
    shade = down * np.linspace(0, 1, rows)[:, None] + across * np.linspace(0, 1, columns)
    return WHITE * 10.0 ** -shade[..., None]


def slide(down: float, across: float, holes: list[tuple[int, int]], noise: float = 0.0) -> np.ndarray:
    """A pale tissue with holes of 24 pixels, photographed."""
    rng = np.random.default_rng(1)
    density = PINK * (1 + 0.2 * rng.random((320, 320, 1)))
    for row, column in holes:
        density[row : row + 24, column : column + 24] = 0
    light = lamp(320, 320, down, across) * 10.0**-density
    return (light + noise * rng.standard_normal(light.shape)).astype(np.float32)


EVERYWHERE = [(row, column) for row in range(8, 320, 80) for column in range(8, 320, 80)]
CORNERS = [(8, 8), (8, 290), (290, 8)]


def off(light: np.ndarray, down: float, across: float) -> float:
    """Largest error of the lamp, as optical density."""
    return float(np.abs(np.log10(white(light) / lamp(*light.shape[:2], down, across))).max())


@pytest.mark.parametrize(("down", "across"), [(0.0, 0.0), (0.06, 0.0), (-0.03, 0.05), (0.0, -0.06)])
def test_a_shaded_lamp_is_found(down: float, across: float) -> None:
    assert off(slide(down, across, EVERYWHERE), down, across) < 0.003
    assert off(slide(down, across, EVERYWHERE, noise=0.01), down, across) < 0.006


@pytest.mark.parametrize(("down", "across"), [(0.0, 0.0), (0.03, 0.0), (0.02, -0.02)])
def test_three_holes_are_enough(down: float, across: float) -> None:
    """Most tiles show tissue; they lie below the lamp and do not turn it."""
    assert off(slide(down, across, CORNERS), down, across) < 0.004


def test_one_hole_says_how_bright_and_tissue_bounds_the_slope() -> None:
    assert off(slide(0.0, 0.0, [(150, 150)]), 0.0, 0.0) < PINK.max()
    middle = white(slide(0.0, 0.0, [(150, 150)]))[160, 160]
    assert middle == pytest.approx(WHITE, rel=0.02)


def test_where_nothing_is_empty_the_palest_tissue_stands_for_it() -> None:
    away = np.log10(white(slide(0.0, 0.0, [])) / WHITE)
    assert np.abs(away + PINK).max() < 0.01


def test_an_empty_slide_has_no_density() -> None:
    light = lamp(64, 96, 0.0, 0.05).astype(np.float32)
    assert np.abs(densities(light)).max() < 0.003


def test_the_slope_is_bounded() -> None:
    """Half of the picture black: no lamp does that."""
    light = slide(0.0, 0.0, EVERYWHERE)
    light[:, 160:] = 0
    found = white(light)
    assert np.abs(np.log10(found[0, 0] / found[-1, -1])).max() < 2.1 * STEEPEST
    assert found[10, 10] == pytest.approx(WHITE, rel=0.02)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (5, 7), (9, 300)])
def test_pictures_of_any_shape_have_a_lamp(shape: tuple[int, int]) -> None:
    found = white(np.full((*shape, 3), WHITE, np.float32))
    assert found.shape == (*shape, 3)
    assert np.abs(found / WHITE - 1).max() < 0.01


def test_a_share_of_a_tile_is_enough() -> None:
    """A tile that is empty in a share as large as the one looked at shows the lamp."""
    light = np.full((320, 320, 3), WHITE * 10.0**-PINK)
    wide = int(np.ceil(40 * np.sqrt(2 * BRIGHTEST))) + 4
    for row in range(0, 320, 40):
        for column in range(0, 320, 40):
            light[row + 10 : row + 10 + wide, column + 10 : column + 10 + wide] = WHITE
    assert off(light.astype(np.float32), 0.0, 0.0) < 0.004
