"""Scanco ISQ and AIM: calibration by Scanco's definition, and headers held against the file."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spondyl.errors import ScanError
from spondyl.volume import Meaning, read
from spondyl.volume.scanco import calibration, vax_double, vax_float

BONE = 1200.0  # mg HA/cm³ of mature bone tissue


def test_density_of_bone_is_the_density_of_bone() -> None:
    # A usual calibration at 70 kVp; bone attenuates about 1 /cm, which the scanner stores as 8192.
    found = calibration(8192, "mg HA/ccm", 1603.51904, -391.209015)
    assert found.meaning is Meaning.DENSITY
    assert found.slope * 8192 + found.intercept == pytest.approx(BONE, rel=0.02)
    # Without the division one stored unit would be 1600 mg HA/cm³, denser than bone.
    assert found.slope < 1


@pytest.mark.parametrize("unit", ["mg HA/ccm", "mgHA/ccm", "mg HA/cm3", "mg HA/cm³"])
def test_spellings_of_density(unit: str) -> None:
    assert calibration(4096, unit, 400, -100).meaning is Meaning.DENSITY


@pytest.mark.parametrize(
    ("scaling", "unit", "slope"), [(4096, "1/cm", 400), (4096, "mg HA/ccm", 0), (0, "mg HA/ccm", 9)]
)
def test_what_is_no_density_stays_raw_and_says_so(scaling: float, unit: str, slope: float) -> None:
    found = calibration(scaling, unit, slope, 0)
    assert (found.meaning, found.slope, found.intercept) == (Meaning.RAW, 1.0, 0.0)
    assert "not used" in found.notes[0]


@pytest.mark.parametrize("number", [1.0, -2.5, 1603.51904, 1e-6, -391.209015])
def test_vax_numbers(number: float) -> None:
    eight = struct.pack("<d", number * 4)
    assert vax_double(eight[6:8] + eight[4:6] + eight[2:4] + eight[0:2]) == number
    four = struct.pack("<f", number * 4)
    assert vax_float(four[2:4] + four[0:2]) == pytest.approx(number, rel=1e-7)


def test_isq_calibration(samples: dict[str, Path], cube: np.ndarray) -> None:
    scan = read(samples["calibrated.isq"])
    np.testing.assert_allclose(scan.values(), cube / 4096 * 1600 - 200, rtol=1e-12, atol=0)
    assert read(samples["plain.isq"]).meaning is Meaning.RAW


@pytest.mark.parametrize("name", ["short.aim", "float.aim"])
def test_aim_calibration_is_aimio_s(samples: dict[str, Path], name: str) -> None:
    import py_aimio

    theirs, meta = py_aimio.read_aim(str(samples[name]), density=True)
    scan = read(samples[name])
    assert scan.meaning is Meaning.DENSITY
    np.testing.assert_allclose(scan.values(), theirs, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(scan.grid.spacing_mm, meta["element_size"][::-1], rtol=1e-6, atol=0)


def test_a_mask_is_no_density(samples: dict[str, Path], cube: np.ndarray) -> None:
    scan = read(samples["runs.aim"])
    assert scan.meaning is Meaning.RAW
    np.testing.assert_array_equal(scan.stored, np.where(cube > 2000, 127, 0))


@pytest.mark.parametrize("name", ["short.aim", "runs.aim"])
def test_a_patient_s_name_in_latin_1(copied: Callable[[str], Path], name: str) -> None:
    path = copied(name)
    before = read(path).stored.copy()
    path.write_bytes(path.read_bytes().replace(b"! Processing Log", "! für Müllers X ".encode("latin-1")))
    scan = read(path)
    np.testing.assert_array_equal(scan.stored, before)
    assert scan.source is not None
    assert scan.source.header == {"Mu_Scaling": "8192"}


def test_aim_position_is_the_origin(copied: Callable[[str], Path]) -> None:
    path = copied("short.aim")
    content = bytearray(path.read_bytes())
    struct.pack_into("<3q", content, 16 + 40 + 16, 10, 20, -30)
    path.write_bytes(content)
    np.testing.assert_allclose(
        read(path).grid.origin_mm, (-30 * 0.04, 20 * 0.03, 10 * 0.02), rtol=1e-6, atol=0
    )


def overwritten(path: Path, at: int, code: str, *numbers: int) -> Path:
    content = bytearray(path.read_bytes())
    struct.pack_into(code, content, at, *numbers)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("at", "code", "numbers", "message"),
    [
        (44, "<3i", (2**20, 2**20, 2**20), "claims"),
        (44, "<3i", (0, 6, 5), "positive"),
        (44, "<3i", (7, -6, 5), "positive"),
        (56, "<3i", (0, 180, 200), "voxel size"),
        (56, "<3i", (-140, 180, 200), "voxel size"),
        (16, "<i", (9,), "type 3"),
        (508, "<i", (-1,), "extra blocks"),
        (508, "<i", (2**30,), "extra blocks"),
        (508, "<i", (100,), "claims"),
    ],
)
def test_isq_headers_that_lie(
    copied: Callable[[str], Path], at: int, code: str, numbers: tuple[int, ...], message: str
) -> None:
    with pytest.raises(ScanError, match=message):
        read(overwritten(copied("plain.isq"), at, code, *numbers))


DIMENSIONS, OFFSET, LOG, VOXELS, KIND = 16 + 40 + 40, 16 + 40 + 64, 16 + 16, 16 + 24, 16 + 40 + 12


@pytest.mark.parametrize("name", ["short.aim", "float.aim", "runs.aim"])
@pytest.mark.parametrize(
    ("at", "code", "numbers", "message"),
    [
        (DIMENSIONS, "<3q", (2**20, 2**20, 2**20), "claims"),
        (DIMENSIONS, "<3q", (2**62, 2**62, 2**62), "claims"),
        (DIMENSIONS, "<3q", (7, 0, 5), "positive"),
        (DIMENSIONS, "<3q", (-7, -6, 5), "positive"),
        (LOG, "<q", (2**40,), "claims"),
        (LOG, "<q", (-5,), "AIM 020 or 030|an AIM of version"),
        (VOXELS, "<q", (2**40,), "claims"),
        (KIND, "<i", (0x00120003,), "one number per voxel"),
    ],
)
def test_aim_headers_that_lie(
    copied: Callable[[str], Path], name: str, at: int, code: str, numbers: tuple[int, ...], message: str
) -> None:
    with pytest.raises(ScanError, match=message):
        read(overwritten(copied(name), at, code, *numbers))


def test_a_border_wider_than_the_volume(copied: Callable[[str], Path]) -> None:
    with pytest.raises(ScanError, match="border"):
        read(overwritten(copied("runs.aim"), OFFSET, "<3q", 4, 4, 4))
    with pytest.raises(ScanError, match="border"):
        read(overwritten(copied("runs.aim"), OFFSET, "<3q", -1, 0, 0))


def test_a_border_is_restored_as_zeros(tmp_path: Path) -> None:
    import py_aimio

    inner = np.random.default_rng(5).choice(np.array([64, 127], np.int8), (3, 4, 5))
    path = tmp_path / "a.aim"
    meta = {"dimensions": inner.shape[::-1], "element_size": (0.02, 0.02, 0.02), "processing_log": "! none"}
    py_aimio.write_aim(str(path), inner, meta)
    overwritten(overwritten(path, DIMENSIONS, "<3q", 7, 6, 5), OFFSET, "<3q", 1, 1, 1)
    scan = read(overwritten(path, DIMENSIONS - 24, "<3q", 3, 3, 3))  # a position is no border
    np.testing.assert_array_equal(scan.stored, np.pad(inner, 1))
    np.testing.assert_allclose(scan.grid.origin_mm, 0.06, rtol=1e-6, atol=0)
