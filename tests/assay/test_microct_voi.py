"""Volumes of interest: point sampling counted against analytic volumes, and refusals with numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spondyl.assay.microct import Box, Cylinder, Mask, Settings, measure
from spondyl.assay.microct.voi import inside
from spondyl.errors import MeasurementError
from spondyl.volume import Grid, Meaning, Scan

GRID = Grid((40, 50, 60), (0.02, 0.01, 0.01))


def grey(grid: Grid = GRID) -> Scan:
    z, y, x = np.indices(grid.shape)
    return Scan(((z + y + x) % 7).astype(np.uint8), grid, Meaning.RAW)


def test_box_in_voxels_is_a_slice() -> None:
    mask = Box((3, 10), (0, 50), (20, 21)).inside(GRID)
    truth = np.zeros(GRID.shape, dtype=bool)
    truth[3:10, 0:50, 20:21] = True
    np.testing.assert_array_equal(mask, truth)


def test_box_in_mm_holds_the_centres_inside() -> None:
    mask = Box((0.05, 0.41), (0.0, 0.5), (0.1, 0.2), unit="mm").inside(GRID)
    assert [np.flatnonzero(mask.any(axis=a))[[0, -1]].tolist() for a in ((1, 2), (0, 2), (0, 1))] == [
        [2, 19],
        [0, 49],
        [10, 19],
    ]


def test_boxes_that_share_a_face_share_no_voxel() -> None:
    halves = [Box((0, 0.8), (a, b), (0, 0.6), unit="mm").inside(GRID) for a, b in ((0, 0.125), (0.125, 0.5))]
    np.testing.assert_array_equal(halves[0] ^ halves[1], np.ones(GRID.shape, dtype=bool))


@pytest.mark.parametrize("axis", ["z", "y", "x"])
def test_cylinder_volume(axis: str) -> None:
    grid = Grid((100, 100, 100), (0.02, 0.02, 0.02))
    mask = Cylinder(axis, (1.013, 0.994), 0.9, (0.5, 1.7)).inside(grid)
    assert mask.sum() * grid.voxel_mm3 == pytest.approx(math.pi * 0.9**2 * 1.2, rel=2e-3)
    assert mask.any(axis=tuple(i for i in range(3) if "zyx"[i] != axis)).sum() == 60


def test_cylinder_in_stretched_voxels_is_round_in_mm() -> None:
    mask = Cylinder("x", (0.4, 0.25), 0.2, (0.0, 0.6)).inside(GRID)
    z, y = np.nonzero(mask[:, :, 0])
    assert np.ptp(z) + 1 == 20
    assert np.ptp(y) + 1 == 40


def test_total_volume_is_the_volume_of_interest() -> None:
    found = measure(grey(), Settings(threshold=3, voi=Box((0, 10), (0, 10), (0, 20))))
    assert found.tv_mm3 == pytest.approx(2000 * GRID.voxel_mm3, rel=1e-12)
    assert found.bv_tv == pytest.approx((grey().stored[:10, :10, :20] >= 3).mean(), rel=1e-12)


def test_mask_of_the_same_voxels_as_a_box_measures_the_same() -> None:
    box = Box((5, 20), (5, 25), (10, 40))
    mask = Mask(Scan(box.inside(GRID).astype(np.uint8) * 4, GRID, Meaning.LABELS))
    one, other = (measure(grey(), Settings(threshold=3, voi=v)) for v in (box, mask))
    assert (one.tv_mm3, one.bv_mm3, one.bs_mm2) == (other.tv_mm3, other.bv_mm3, other.bs_mm2)


OUTSIDE = [
    (Box((0, 41), (0, 50), (-1, 60)), ["0 to 41 voxel", "0 to 40 voxel", "-1 to 60 voxel"]),
    (Box((0, 0.8), (0.2, 0.6), (0, 0.6), unit="mm"), ["0.2 to 0.6 mm", "0 to 0.5 mm"]),
    (Box((90, 99), (0, 50), (0, 60)), ["90 to 99 voxel", "0 to 40 voxel"]),
    (Cylinder("z", (0.1, 0.3), 0.2, (0.1, 0.7)), ["-0.1 to 0.3 mm", "0 to 0.5 mm"]),
    (Cylinder("z", (0.25, 0.3), 0.2, (0.1, 0.9)), ["0.1 to 0.9 mm", "0 to 0.8 mm"]),
]


@pytest.mark.parametrize(("voi", "words"), OUTSIDE)
def test_outside_the_scan(voi: Box | Cylinder, words: list[str]) -> None:
    with pytest.raises(MeasurementError) as error:
        inside(voi, grey())
    assert all(word in str(error.value) for word in words)


def labels(array: np.ndarray, **grid: object) -> Mask:
    return Mask(Scan(array, Grid(array.shape, **{"spacing_mm": GRID.spacing_mm, **grid}), Meaning.LABELS))


WHOLE = np.ones(GRID.shape, dtype=np.uint8)
FOREIGN = [
    (labels(np.ones((40, 50, 61), dtype=np.uint8)), ["(40, 50, 61)", "(40, 50, 60)"]),
    (labels(WHOLE, spacing_mm=(0.02, 0.02, 0.02)), ["(0.02, 0.02, 0.02)", "(0.02, 0.01, 0.01)"]),
    (labels(WHOLE * 0), ["no voxel"]),
    (labels(WHOLE * 0.5), ["0.5", "whole numbers"]),
    (labels(np.full(GRID.shape, np.nan)), ["nan", "whole numbers"]),
]


@pytest.mark.parametrize(("mask", "words"), FOREIGN)
def test_mask_that_does_not_fit(mask: Mask, words: list[str]) -> None:
    with pytest.raises(MeasurementError) as error:
        inside(mask, grey())
    assert all(word in str(error.value) for word in words)


def test_mask_that_lies_elsewhere() -> None:
    here = Grid(GRID.shape, GRID.spacing_mm, origin_mm=(1.0, 2.0, 3.0))
    near = labels(WHOLE, origin_mm=(1.001, 2.0, 3.0))
    unplaced = labels(WHOLE)
    assert inside(near, grey(here)).all()
    assert inside(unplaced, grey(here)).all()
    with pytest.raises(MeasurementError, match=r"1\.5, 2\.0, 3\.0"):
        inside(labels(WHOLE, origin_mm=(1.5, 2.0, 3.0)), grey(here))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Box((5, 5), (0, 1), (0, 1)),
        lambda: Box((0, math.nan), (0, 1), (0, 1)),
        lambda: Box((0, 1), (0, 1), (0, 1), unit="cm"),
        lambda: Cylinder("w", (0.1, 0.1), 0.1, (0, 1)),
        lambda: Cylinder("z", (0.1, math.inf), 0.1, (0, 1)),
        lambda: Cylinder("z", (0.1, 0.1), 0.0, (0, 1)),
        lambda: Cylinder("z", (0.1, 0.1), math.nan, (0, 1)),
        lambda: Cylinder("z", (0.1, 0.1), 0.1, (1, 0)),
    ],
)
def test_shape_that_is_none(make: object) -> None:
    with pytest.raises(MeasurementError):
        make()


def test_all_mistakes_at_once() -> None:
    with pytest.raises(MeasurementError) as error:
        Cylinder("w", (math.nan, 0.1), -1.0, (1, 0))
    assert len(error.value.mistakes) == 4


def test_box_between_two_centres_holds_nothing() -> None:
    with pytest.raises(MeasurementError, match="no voxel"):
        inside(Box((0.011, 0.019), (0, 0.5), (0, 0.6), unit="mm"), grey())
