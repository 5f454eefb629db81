"""Calibration from the command line: a holder of five rods beside a piece of bone of known density."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from spondyl.assay.microct import Box
from spondyl.cli.measure.calibrating import Wanted, wanted
from spondyl.errors import MeasurementError
from spondyl.report.endpoint import endpoint_of
from spondyl.volume import Grid, Meaning, Volume, write

DENSITIES = (0, 100, 200, 400, 800)
NOMINAL = ("--rods", "800 400 200 100 0 mg HA/cm3")
SHAPE = (32, 120, 110)
SLOPE, INTERCEPT, BONE = 5.0, 1000.0, 700


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("rods")
    _, y, x = np.ogrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    field = np.full(SHAPE, -50.0)
    field[np.broadcast_to((y - 82) ** 2 + (x - 55) ** 2 < 34**2, SHAPE)] = 60
    for number, density in enumerate(DENSITIES):
        angle = 2 * np.pi * number / len(DENSITIES)
        square = (y - 82 - 21 * np.sin(angle)) ** 2 + (x - 55 - 21 * np.cos(angle)) ** 2
        field[np.broadcast_to(square < 8**2, SHAPE)] = density
    field[8:24, 8:38, 20:90] = BONE
    noise = 30 * np.random.default_rng(1).standard_normal(SHAPE)
    stored = np.rint(SLOPE * (gaussian_filter(field, 0.8) + noise) + INTERCEPT).astype(np.int16)
    mask = np.zeros(SHAPE, np.uint8)
    mask[4:28, 4:42, 16:94] = 1
    for name, values, meaning in (
        ("scan", stored, Meaning.RAW),
        ("density", stored, Meaning.DENSITY),
        ("bone", stored[:, :44], Meaning.RAW),
        ("voi", mask, Meaning.LABELS),
    ):
        grid = Grid(values.shape, (0.02, 0.02, 0.02))
        write(Volume(np.ascontiguousarray(values), grid, meaning), made / f"{name}.mha")
    return made


@pytest.mark.parametrize(
    "options",
    [
        NOMINAL,
        (*NOMINAL, "--rods-region", "4:32 46:118 15:95"),
        ("--points", f"{INTERCEPT:g}=0 {INTERCEPT + 800 * SLOPE:g}=800 mg HA/cm3"),
    ],
)
def test_the_scan_is_measured_in_densities(spondyl, folder: Path, options: tuple[str, ...]) -> None:
    words = ("measure", "microct", folder / "scan.mha", "--voi", folder / "voi.mha", "--threshold", 350)
    done = spondyl(*words, *options, "--quick", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["calibration_slope"] == pytest.approx(1 / SLOPE, rel=0.01)
    assert found["calibration_intercept"] == pytest.approx(-INTERCEPT / SLOPE, abs=3)
    assert ("calibration_r_squared" in found) == (options[0] == "--rods")
    assert found.get("calibration_r_squared", 1) > 0.999
    assert found["tmd_core_mgha_cm3"] == pytest.approx(BONE, rel=0.02)
    assert found["bv_mm3"] == pytest.approx(16 * 30 * 70 * 0.02**3, rel=0.02)
    assert "calibrated to mg HA/cm³" in done.stderr
    for key in ("calibration_slope", "calibration_intercept", "calibration_r_squared"):
        assert endpoint_of("microct", key, "").name != key


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({"rods": "0 100 200 400 800"}, ("rods: found '0 100 200 400 800'", "mg HA/cm3")),
        ({"rods": "0 nan 200 mg HA/cm3"}, ("rods", "must be such as")),
        ({"rods": "0 1 2 mg HA/cm3", "axis": "w"}, ("rods-axis: found 'w'", "'z'")),
        ({"rods": "0 1 2 mg HA/cm3", "region": "a:b"}, ("rods-region", "0:32 46:118 15:95")),
        ({"rods": "0 1 2 mg HA/cm3", "points": "0=0 1=1 mg HA/cm3"}, ("leave one of the two out",)),
        ({"region": "0:9 0:9 0:9"}, ("no --rods",)),
        ({"points": "1000 5000 mg HA/cm3"}, ("points", "1000=0")),
        ({"points": "1000=0 5000=800"}, ("points", "mg HA/cm3")),
    ],
)
def test_options_that_cannot_be_understood(options: dict[str, str], parts: tuple[str, ...]) -> None:
    with pytest.raises(MeasurementError) as error:
        wanted(*({"rods": None, "axis": "z", "region": None, "points": None} | options).values())
    for part in parts:
        assert part in str(error.value)


def test_options_that_are_understood() -> None:
    assert wanted(None, "z", None, None) is None
    for text in ("0, 1.5e2,-30 mg HA/cm³", "0 150 -30 mgHA/ccm"):
        assert wanted(text, "y", "0:2 3:4 5:6", None) == Wanted(
            (0, 150, -30), "y", Box((0, 2), (3, 4), (5, 6))
        )
    assert wanted(None, "z", None, "-1=0 2.5=8 mg HA/cm3") == Wanted(points=((-1, 0), (2.5, 8)))


@pytest.mark.parametrize(
    ("file", "options", "parts"),
    [
        ("scan", ("--rods", "0 100 200 400 mg HA/cm3"), ("5 rods", "4 densities")),
        ("scan", ("--rods", "0 500 600 700 800 mg HA/cm3"), ("R²", "at least 0.99")),
        ("scan", (*NOMINAL, "--rods-region", "0:99 0:9 0:9"), ("99",)),
        ("scan", ("--points", "1000=800 5000=0 mg HA/cm3"), ("the denser point",)),
        ("bone", NOMINAL, ("rods: found none",)),
        ("density", NOMINAL, ("densities already", "--values raw")),
    ],
)
def test_a_poor_calibration_is_refused(
    spondyl, folder: Path, file: str, options: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    done = spondyl("measure", "microct", folder / f"{file}.mha", *options, "--quick", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    for part in parts:
        assert part in done.stderr
