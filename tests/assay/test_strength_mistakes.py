"""Scans and settings that cannot be compressed: one clear sentence each, never a number."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from spondyl.assay import microct
from spondyl.assay.strength import Settings, measure
from spondyl.errors import MeasurementError
from spondyl.volume import Grid, Meaning, Scan

BINARY = microct.Settings(binary=True)


def scan_of(stored: np.ndarray, meaning: Meaning = Meaning.LABELS) -> Scan:
    return Scan(stored, Grid(stored.shape, (0.02, 0.02, 0.02)), meaning)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"modulus_mpa": 0.0}, ["modulus", "0.0 MPa", "above zero"]),
        ({"modulus_mpa": -1.0}, ["modulus", "-1.0"]),
        ({"modulus_mpa": math.nan}, ["modulus", "nan"]),
        ({"modulus_mpa": math.inf}, ["modulus", "inf"]),
        ({"poisson": 0.5}, ["poisson", "0.5"]),
        ({"poisson": -1.0}, ["poisson", "-1.0"]),
        ({"poisson": math.nan}, ["poisson", "nan"]),
        ({"strain": 0.0}, ["strain", "0.0"]),
        ({"strain": 1.0}, ["strain", "1.0"]),
        ({"strain": math.nan}, ["strain", "nan"]),
        ({"axis": "Z"}, ["axis", "'Z'", "Did you mean 'z'"]),
        ({"platens": "bonde"}, ["platens", "Did you mean 'bonded'"]),
        ({"backend": "gpu"}, ["backend", "'gpu'", "auto, cpu, cuda or reference"]),
        ({"tolerance": 0.0}, ["tolerance", "0.0"]),
        ({"tolerance": 1.0}, ["tolerance", "1.0"]),
        ({"tolerance": math.nan}, ["tolerance", "nan"]),
        ({"threads": 0}, ["threads", "found 0"]),
        ({"threads": 1.5}, ["threads", "1.5"]),
        ({"species": "rats"}, ["species", "'rats'", "Did you mean 'rat'"]),
        ({"critical_volume": 0.0}, ["critical volume", "0.0"]),
        ({"critical_strain": math.nan}, ["critical strain", "nan"]),
        ({"materials": ((1, -5.0),)}, ["material 1", "-5.0"]),
        ({"materials": ((1, None),)}, ["material 1", "None"]),
        ({"materials": ((1, 5.0), (1, 6.0))}, ["labels 1, 1"]),
        ({"materials": ((1, 5.0),), "tissue": (2,)}, ["tissue", "label 2"]),
        ({"tissue": (1,)}, ["tissue", "label 1"]),
        ({"materials": ((1, 5.0),), "modulus_mpa": 5.0}, ["materials", "leave"]),
        ({"materials": ((1, 5.0),), "bone": BINARY}, ["materials", "leave"]),
        ({"bone": microct.Settings(voi=microct.Box((0, 1), (0, 1), (0, 1)))}, ["voi", "crop the scan"]),
    ],
)
def test_settings(settings: dict[str, object], words: list[str]) -> None:
    with pytest.raises(MeasurementError) as caught:
        Settings(**settings)  # type: ignore[arg-type]
    assert len(caught.value.mistakes) == 1
    for word in words:
        assert word in str(caught.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(MeasurementError) as caught:
        Settings(modulus_mpa=-1, poisson=0.5, strain=0, tolerance=1, threads=0)
    assert len(caught.value.mistakes) == 5


def test_settings_travel_to_other_processes() -> None:
    settings = Settings(materials=((1, 5.0),), tissue=(1,))
    assert pickle.loads(pickle.dumps(settings)) == settings


def bone(**ranges: tuple[int, int]) -> np.ndarray:
    stored = np.zeros((8, 6, 6), np.uint8)
    for start, stop in ranges.values():
        stored[start:stop, 1:4, 1:4] = 1
    return stored


@pytest.mark.parametrize(
    ("stored", "settings", "words"),
    [
        (bone(), {"bone": BINARY}, ["no bone", "some voxels must not be zero"]),
        (bone(low=(0, 5)), {"bone": BINARY}, ["3 empty layers", "high face"]),
        (bone(high=(2, 8)), {"bone": BINARY}, ["2 empty layers", "low face"]),
        (bone(middle=(2, 6)), {"bone": BINARY}, ["low face", "high face"]),
        (bone(low=(0, 3), high=(5, 8)), {"bone": BINARY}, ["none from face to face", "connected"]),
        (bone(all=(0, 8)), {"bone": BINARY, "axis": "x"}, ["along x"]),
        (bone(all=(0, 8)) + bone(all=(0, 4)), {"bone": BINARY}, ["2 different values", "binary"]),
        (np.arange(288).reshape(8, 6, 6), {"bone": BINARY}, ["more than 20 different values"]),
        (np.full((3, 3, 3), np.nan), {"bone": BINARY}, ["not numbers"]),
        (bone(all=(0, 8)), {"materials": ((2, 5.0),)}, ["label 1 without a material"]),
        (np.arange(288).reshape(8, 6, 6), {"materials": ((2, 5.0),)}, ["and more"]),
        (bone(), {"materials": ((2, 5.0),)}, ["no voxel with one of the labels 2"]),
        (bone(all=(0, 8)), {}, ["labels", "threshold"]),
    ],
)
def test_scans(stored: np.ndarray, settings: dict[str, object], words: list[str]) -> None:
    with pytest.raises(MeasurementError) as caught:
        measure(scan_of(stored), Settings(**settings))  # type: ignore[arg-type]
    for word in ["scan", *words]:
        assert word in str(caught.value)
