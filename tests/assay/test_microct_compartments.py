"""Cortex and trabecular compartment of bodies whose every compartment is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spondyl.assay.microct.compartments import Contours, compartments, cortex, read_compartments
from spondyl.assay.microct.compartments.ball import closed, grown, opened, shrunk
from spondyl.assay.microct.compartments.compartments import Compartments
from spondyl.assay.microct.compartments.fill import filled
from spondyl.assay.microct.overlay import overlay
from spondyl.errors import MeasurementError
from spondyl.volume import Grid, Meaning, Scan, read, write
from vertebra_phantom import Vertebra, points

CUBIC = Grid((56, 84, 68), (0.05, 0.05, 0.05))
STRETCHED = Grid((56, 112, 90), (0.05, 0.0375, 0.0375))


def dice(one: np.ndarray, other: np.ndarray) -> float:
    return 2 * float((one & other).sum()) / float(one.sum() + other.sum())


def tube(length: int = 12) -> np.ndarray:
    """A round tube along z, radii 10 and 15 voxels, cut by the field of view at both ends."""
    y, x = np.indices((40, 40)) - 19.5
    radius = np.hypot(y, x)
    return np.repeat(((radius < 15) & (radius > 10))[None], length, axis=0)


TUBE = Grid((12, 40, 40), (0.03, 0.02, 0.02))


def test_balls_are_round_in_mm() -> None:
    point = np.zeros((21, 31, 31), dtype=bool)
    point[10, 15, 15] = True
    ball = grown(point, 0.4, (0.06, 0.04, 0.05))
    assert ball.sum() * 0.06 * 0.04 * 0.05 == pytest.approx(4 / 3 * np.pi * 0.4**3, rel=0.03)
    disc = grown(point, 0.4, (0.06, 0.04, 0.05), axis=0)
    assert disc[10].sum() == disc.sum()
    assert disc.sum() * 0.04 * 0.05 == pytest.approx(np.pi * 0.4**2, rel=0.03)


@pytest.mark.parametrize("axis", [None, 0, 2])
def test_closing_and_opening(axis: int | None) -> None:
    rng = np.random.default_rng(5)
    mask, spacing = np.pad(rng.random((12, 13, 14)) < 0.3, 4), (0.02, 0.03, 0.025)
    shut, wide = (f(mask, 0.045, spacing, axis) for f in (closed, opened))
    assert (mask <= shut).all()
    assert (wide <= mask).all()
    np.testing.assert_array_equal(closed(shut, 0.045, spacing, axis), shut)
    assert (shrunk(mask, 0.045, spacing, axis) <= wide).all()


def test_a_gap_to_the_border_is_not_closed() -> None:
    mask = np.zeros((9, 9, 9), dtype=bool)
    mask[:, 3:, :] = True  # two rows from the border, and bone beyond all other faces
    np.testing.assert_array_equal(closed(mask, 3.0, (1.0, 1.0, 1.0)), mask)


def test_a_gap_is_closed_up_to_the_border() -> None:
    mask = np.ones((9, 9, 12), dtype=bool)
    mask[:, :, 5:7] = False
    assert closed(mask, 2.0, (1.0, 1.0, 1.0)).all()


def test_holes_of_cut_bone_are_filled() -> None:
    whole = filled(tube())
    assert whole[0, 19, 19]
    assert whole[6, 19, 19]
    assert not whole[6, 0, 0]


VERTEBRAE = [
    (Vertebra(seed=1), CUBIC, 0.12),
    (Vertebra(seed=3, wall=0.2, canals=60, pedicle=True), CUBIC, 0.12),
    (Vertebra(seed=5, wall=0.1, plate=0.6), STRETCHED, 0.22),
]


@pytest.mark.parametrize(("vertebra", "grid", "thicker"), VERTEBRAE)
def test_vertebra(vertebra: Vertebra, grid: Grid, thicker: float) -> None:
    """Also where the wall is half as thick as the thickest trabecula.

    What runs along the wall cannot be told from it, so the cortex is found too thick, the more the denser the
    network is.
    """
    place = points(grid)
    outer, inner = vertebra.outer(*place), vertebra.outer(*place, vertebra.wall)
    bone = vertebra.bone(*place)
    found = compartments(bone, grid)
    assert dice(found.body, outer) > 0.995
    assert dice(found.trabecular, inner) > 0.975
    assert dice(found.cortex, outer & ~inner) > 0.94
    numbers, held = cortex(bone, found), inner.any(axis=(1, 2))
    middle = slice(int(0.3 * len(outer)), int(0.7 * len(outer)))
    assert cortex(bone, found, slices=(middle.start, middle.stop)).tt_ar_mm2 == pytest.approx(
        outer[middle].sum(axis=(1, 2)).mean() * grid.spacing_mm[1] * grid.spacing_mm[2], rel=0.01
    )
    truth = Compartments(np.where(inner, 1, np.where(outer, 2, 0)).astype(np.uint8), grid, "as built")
    assert numbers.ct_th_um == pytest.approx(cortex(bone, truth).ct_th_um, rel=thicker)
    assert cortex(bone, truth).ct_th_um == pytest.approx(1000 * vertebra.wall, rel=0.15)
    pores = vertebra.pores(*place)[held].sum() / (outer & ~inner)[held].sum()
    assert numbers.ct_po == pytest.approx(pores, abs=0.02)


def test_processes_are_taken_off() -> None:
    vertebra = Vertebra(pedicle=True)
    place = points(CUBIC)
    bone, outer = vertebra.bone(*place), vertebra.outer(*place)
    stalks = vertebra.pedicles(*place) & ~outer
    kept = compartments(bone, CUBIC, Contours(processes=False))
    parted = compartments(bone, CUBIC)
    assert (kept.labels[stalks] == 2).mean() > 0.95
    # The ball of half a body's thickness bulges 0.07 mm into the stalk, which is 1 mm long.
    assert (parted.labels[stalks] == 3).mean() > 0.92


@pytest.mark.parametrize("contours", [Contours(), Contours(axis=0)])
def test_shaft(contours: Contours) -> None:
    found = compartments(tube(), TUBE, contours)
    np.testing.assert_array_equal(found.cortex, tube())
    numbers = cortex(tube(), found)
    assert numbers.ct_ar_mm2 == pytest.approx(tube()[0].sum() * 0.02**2, rel=1e-12)
    assert numbers.ct_ar_mm2 == pytest.approx(np.pi * (0.3**2 - 0.2**2), rel=0.02)
    assert (numbers.ct_po, numbers.slices) == (0, 12)


def test_thickness_and_porosity_of_a_straight_wall() -> None:
    """A square tube, 5 voxels thick, with canals of one voxel through 1 of every 25 voxels of its sides."""
    bone = np.ones((10, 45, 45), dtype=bool)
    bone[:, 5:40, 5:40] = False
    bone = np.pad(bone, ((0, 0), (3, 3), (3, 3)))
    bone[:, 5, 10:38:5] = False
    grid = Grid(bone.shape, (0.02, 0.02, 0.02))
    found = compartments(bone, grid)
    wall = found.cortex
    assert wall.sum() == 10 * (45**2 - 35**2)
    numbers = cortex(bone, found)
    assert numbers.ct_po == pytest.approx(6 / (45**2 - 35**2))
    local = cortex(bone, found, thickness_map=lambda mask, _: np.where(mask, 0.1, 0)).ct_th_um
    assert local == pytest.approx(100)
    from spondyl.assay.microct.compartments.cortex import wall_thickness_mm

    assert wall_thickness_mm(found)[:, 5, 20:30] == pytest.approx(0.1, rel=1e-6)


def test_a_drilled_hole_does_not_open_the_contour() -> None:
    place = points(CUBIC)
    vertebra = Vertebra(seed=2)
    z, _, x = place
    drill = (z**2 + x**2 < 0.4**2) & (place[1] < -0.5) & vertebra.outer(*place)
    bone = vertebra.bone(*place) & ~drill
    outer = vertebra.outer(*place)
    open_dice = dice(compartments(bone, CUBIC).body, outer)
    assert dice(compartments(bone, CUBIC, hole=drill).body, outer) > 0.995 > open_dice


def test_labels_can_be_edited_and_read_again(tmp_path: Path) -> None:
    found = compartments(tube(), TUBE)
    path = write(found.volume(), tmp_path / "compartments.nii.gz")
    again = read_compartments(read(path), TUBE)
    np.testing.assert_array_equal(again.labels, found.labels)
    edited = found.labels.copy()
    edited[:, :20][edited[:, :20] == 2] = 0
    half = read_compartments(Scan(edited, TUBE, Meaning.LABELS), TUBE)
    assert cortex(tube(), half).ct_ar_mm2 == pytest.approx(cortex(tube(), found).ct_ar_mm2 / 2)


@pytest.mark.parametrize("order", [(1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_turned_bodies_give_turned_compartments(order: tuple[int, int, int]) -> None:
    grid = Grid((28, 42, 34), (0.1, 0.1, 0.09))
    bone = Vertebra(wall=0.25, wavelength=0.9).bone(*points(grid))
    plain = compartments(bone, grid).labels
    turned_grid = Grid(tuple(bone.shape[i] for i in order), tuple(grid.spacing_mm[i] for i in order))
    turned = compartments(np.ascontiguousarray(bone.transpose(order)), turned_grid).labels
    np.testing.assert_array_equal(turned, plain.transpose(order))


def test_picture_of_compartments() -> None:
    labels = compartments(tube(), TUBE).labels
    scan = Scan(tube().astype(np.int16) * 900, TUBE, Meaning.DENSITY)
    pixels = overlay(scan, labels, {1: "marrow", 2: "cortex"}, height=200)
    from spondyl.assay.microct.overlay import COLOURS

    for colour in COLOURS[:2]:
        assert (pixels == colour).all(axis=2).sum() > 50
    assert not (pixels == COLOURS[2]).all(axis=2).any()
    plain = overlay(scan, labels, {2: "cortex"}, height=200)
    assert not (plain[:200] == COLOURS[0]).all(axis=2).any()


SOLID = np.pad(np.ones((6, 6, 6), dtype=bool), 5)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: compartments(~SOLID & SOLID, Grid(SOLID.shape, (1, 1, 1))), ["no bone"]),
        (lambda: compartments(SOLID, Grid(SOLID.shape, (1, 1, 1))), ["encloses no marrow"]),
        (lambda: compartments(SOLID | True, Grid(SOLID.shape, (1, 1, 1))), ["without an outside"]),
        (lambda: compartments(SOLID, TUBE), ["(16, 16, 16)", "(12, 40, 40)"]),
        (lambda: Contours(gap_mm=-1, pore_mm=float("nan"), axis=3), ["gap", "pore", "axis"]),
        (lambda: cortex(SOLID, compartments(tube(), TUBE)), ["(16, 16, 16)"]),
        (lambda: cortex(tube(), compartments(tube(), TUBE), slices=(5, 99)), ["5 to 99", "0 to 12"]),
        (
            lambda: read_compartments(Scan(tube() * np.uint8(7), TUBE, Meaning.LABELS), TUBE),
            ["the value 7", "2 (cortex)"],
        ),
        (lambda: read_compartments(Scan(tube() * np.uint8(0), TUBE, Meaning.LABELS), TUBE), ["neither"]),
        (
            lambda: overlay(Scan(SOLID, Grid(SOLID.shape, (1, 1, 1)), Meaning.LABELS), tube(), {}),
            ["(12, 40, 40)"],
        ),
    ],
)
def test_mistakes(make: object, words: list[str]) -> None:
    with pytest.raises(MeasurementError) as error:
        make()
    assert all(word in str(error.value) for word in words), str(error.value)
