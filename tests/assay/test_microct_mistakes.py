"""Scans and settings that cannot be measured: one clear sentence each, never a number."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spondyl.assay.microct import Box, Settings, measure, picture, quality, segment
from spondyl.errors import MeasurementError
from spondyl.volume import Grid, Meaning, Scan

CUBE = (12, 12, 12)


def scan_of(stored: np.ndarray, meaning: Meaning = Meaning.RAW) -> Scan:
    return Scan(stored, Grid(stored.shape, (0.02, 0.02, 0.02)), meaning)


def ramp() -> np.ndarray:
    return np.arange(12**3, dtype=np.int32).reshape(CUBE)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"threshold": "ostu"}, ["'ostu'", "Did you mean 'otsu'"]),
        ({"threshold": math.nan}, ["threshold", "nan"]),
        ({"threshold": math.inf}, ["threshold", "inf"]),
        ({"threshold": True}, ["threshold", "True"]),
        ({"threshold": None}, ["threshold", "None"]),
        ({"gaussian_voxels": -1}, ["gaussian", "-1", "0 to 10"]),
        ({"gaussian_voxels": math.nan}, ["gaussian", "nan"]),
        ({"gaussian_voxels": 1e9}, ["gaussian", "1000000000.0", "0 to 10"]),
        ({"gaussian_voxels": "1"}, ["gaussian", "'1'"]),
        ({"binary": True, "threshold": 3}, ["threshold 3 together with binary"]),
        ({"binary": True, "gaussian_voxels": 1}, ["gaussian 1 together with binary"]),
        ({"voi": "box"}, ["voi", "'box'"]),
    ],
)
def test_settings(settings: dict, words: list[str]) -> None:
    with pytest.raises(MeasurementError) as error:
        Settings(**settings)
    assert all(word in str(error.value) for word in words)


def test_all_wrong_settings_at_once() -> None:
    with pytest.raises(MeasurementError) as error:
        Settings(threshold=math.nan, gaussian_voxels=-2, voi=3)
    assert len(error.value.mistakes) == 3


BLOCK = np.pad(np.ones((4, 4, 4), dtype=np.uint8), 4)
NOT_FINITE = np.where(ramp() == 77, np.nan, ramp())
CASES = [
    (scan_of(ramp()), {"threshold": 5000}, ["no bone", "5000", "0 to 1727 raw"]),
    (scan_of(ramp(), Meaning.DENSITY), {"threshold": 9999}, ["9999 mg HA/cm3", "0 to 1727 mg HA/cm3"]),
    (scan_of(ramp()), {"threshold": -5}, ["nothing but bone", "-5", "0 to 1727"]),
    (scan_of(ramp()), {"threshold": 5000, "gaussian_voxels": 2}, ["no bone", "5000"]),
    (
        scan_of(ramp()),
        {"threshold": 1000, "voi": Box((0, 2), (0, 12), (0, 12))},
        ["no bone in the volume of interest", "0 to 287"],
    ),
    (scan_of(np.full(CUBE, 7)), {}, ["value 7 in every voxel", "contrast"]),
    (scan_of(np.full(CUBE, 7)), {"threshold": 7}, ["nothing but bone"]),
    (scan_of(NOT_FINITE), {"threshold": 5}, ["1 voxels that are not finite"]),
    (scan_of(ramp() + np.inf), {}, ["1728 voxels that are not finite"]),
    (scan_of(BLOCK, Meaning.LABELS), {"threshold": 1}, ["labels", "binary"]),
    (scan_of(BLOCK * 0, Meaning.LABELS), {"binary": True}, ["no bone"]),
    (scan_of(BLOCK * 0 + 1, Meaning.LABELS), {"binary": True}, ["nothing but bone"]),
    (scan_of(BLOCK + 1, Meaning.LABELS), {"binary": True}, ["nothing but bone"]),
    (scan_of(BLOCK + BLOCK.cumsum(0), Meaning.RAW), {"binary": True}, ["5 different values", "at most two"]),
    (scan_of(ramp()), {"binary": True}, ["more than 1000 different values"]),
    (scan_of(ramp()[:3]), {"gaussian_voxels": 4}, ["4 voxels", "(3, 12, 12)", "half the shortest edge"]),
]


@pytest.mark.parametrize(("scan", "settings", "words"), CASES)
def test_scan(scan: Scan, settings: dict, words: list[str]) -> None:
    with pytest.raises(MeasurementError) as error:
        measure(scan, Settings(**settings))
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.parametrize("use", [quality, picture])
def test_a_segmentation_of_another_scan(use: object) -> None:
    segmentation = segment(scan_of(ramp()), Settings(threshold=900))
    with pytest.raises(MeasurementError, match=r"\(12, 12, 12\).*\(3, 12, 12\)"):
        use(scan_of(ramp()[:3]), segmentation)
