"""A vertebra from a scan: found again as it was made, and doubts told."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import rotate

from spondyl.errors import VertebraError
from spondyl.vertebra import LABELS, from_scan, rat
from spondyl.volume import Grid, Meaning, Scan

H = (0.1, 0.1, 0.1)


@pytest.fixture(scope="module")
def made():
    return rat("L5", seed=7, voxel="100 um")


def scan_of(array, spacing=H, meaning=Meaning.DENSITY):
    return Scan(np.ascontiguousarray(array, np.float32), Grid(array.shape, spacing), meaning)


def taken(scan, **asked):
    return from_scan(scan, species="rat", level="L5", **asked)


def test_bone_and_labels_are_found_again(made):
    found = taken(made.density())
    assert found.bone_mm3 == pytest.approx(made.bone_mm3, rel=0.05)
    assert found.numbers["tilt_degrees"] < 1.5
    start = [int(np.flatnonzero((made.share >= 0.25).any(tuple({0, 1, 2} - {a})))[0]) - 3 for a in range(3)]
    box = tuple(slice(s, s + n) for s, n in zip(start, found.grid.shape, strict=True))
    truth = np.zeros(found.grid.shape, np.uint8)
    part = made.region[box]
    truth[: part.shape[0], : part.shape[1], : part.shape[2]] = part
    for name, least in (("cortex", 0.8), ("trabecular", 0.9), ("end-plate", 0.85)):
        a, b = found.region == LABELS[name], truth == LABELS[name]
        assert 2 * (a & b).sum() / (a.sum() + b.sum()) > least, name


def test_a_tilted_bone_is_turned_upright(made):
    tilted = rotate(np.pad(made.density().values(), 8), 12, axes=(0, 1), order=1, reshape=False)
    found = taken(scan_of(tilted))
    assert found.numbers["tilt_degrees"] == pytest.approx(12, abs=1.5)
    assert found.bone_mm3 == pytest.approx(made.bone_mm3, rel=0.12)
    assert taken(found.density()).numbers["tilt_degrees"] < 1.5
    as_it_is = taken(scan_of(tilted), axis="z")
    assert "tilt_degrees" not in as_it_is.numbers


def test_upside_down_is_said_and_can_be_turned(made):
    over = scan_of(made.density().values()[::-1, :, ::-1])
    found = taken(over)
    assert any("upside down" in note for note in found.notes)
    turned = taken(over, up="-z")
    assert not any("upside down" in note for note in turned.notes)
    assert turned.numbers["pedicle_height"] == pytest.approx(-found.numbers["pedicle_height"], abs=0.03)


def test_without_pedicles_the_head_is_not_known():
    notes = taken(rat("L5", seed=7, voxel="150 um", arch=False).density()).notes
    assert any("unsure which end" in note for note in notes)


def test_labels_given_are_taken(made):
    drawn = Scan(made.region, made.grid, Meaning.LABELS)
    found = taken(made.density(), labels=drawn)
    np.testing.assert_array_equal(found.region, made.region)
    assert found.grid == made.grid


def test_the_wall_can_be_given(made):
    assert taken(made.density(), cortex="0.3 mm").numbers["wall_mm"] == pytest.approx(0.3)


def test_scans_that_cannot_be_taken(made):
    values = made.density().values()
    metal = values.copy()
    metal[30:34, 20:24, 20:24] = 8000
    bad = {
        "bone cut by the border: .*low z": scan_of(values[20:]),
        "two parts of": scan_of(np.concatenate([values, values])),
        "64 voxels above 2500": scan_of(metal),
        "everywhere": scan_of(np.zeros((20, 20, 20))),
        "must be calibrated": scan_of(values, meaning=Meaning.RAW),
        "must be cubes": scan_of(values, spacing=(0.2, 0.1, 0.1)),
    }
    for said, scan in bad.items():
        with pytest.raises(VertebraError, match=said):
            taken(scan)


def test_options_that_cannot_be(made):
    scan = made.density()
    foreign = Scan(np.zeros((4, 4, 4), np.uint8), Grid((4, 4, 4), H), Meaning.LABELS)
    for asked, said in (
        ({"labels": foreign}, "a grid of"),
        ({"up": "north"}, r"must be auto or \+z"),
        ({"axis": "q"}, "must be auto or z"),
        ({"threshold": 1e9}, "must lie between"),
    ):
        with pytest.raises(VertebraError, match=said):
            taken(scan, **asked)
