"""Real files of one object in every format read as that object."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spondyl.volume import Meaning, read

pytestmark = pytest.mark.shared

ALL = ("test_nii.nii", "test_mha.mha", "test_nrrd.nrrd", "test_dicom", "test_isq.ISQ", "test_aim.AIM")
PLACED = ALL[:4]  # conversions that also carry the object's place in space


@pytest.fixture
def folder(shared_data: Path) -> Path:
    return shared_data / "microct" / "scanner_formats"


@pytest.mark.parametrize("name", ALL)
def test_all_formats_are_one_object(folder: Path, name: str) -> None:
    scan = read(folder / "ORMIR_XCT" / name)
    first = read(folder / "ORMIR_XCT" / ALL[0])
    assert scan.grid.shape == (25, 25, 25)
    np.testing.assert_array_equal(scan.values(), first.values())
    # The headers round 1517 µm / 25 = 60.68 µm to 60.7 µm in the converted files.
    np.testing.assert_allclose(scan.grid.spacing_mm, 0.06068, rtol=4e-4, atol=0)


def test_object_is_what_the_aim_log_says(folder: Path) -> None:
    values = read(folder / "ORMIR_XCT" / "test_aim.AIM").values()
    assert (values.min(), values.max()) == (0, 1)
    assert values.mean() == pytest.approx(0.00518, abs=5e-6)
    assert values.std(ddof=1) == pytest.approx(0.07182, abs=5e-6)


def test_last_voxels_of_isq_are_the_file_s(folder: Path) -> None:
    # 61 blocks of 512 bytes are 9 voxels fewer than the header's 31250 bytes; the file has them all.
    path = folder / "ORMIR_XCT" / "test_isq.ISQ"
    np.testing.assert_array_equal(
        read(path).stored.ravel()[-9:], np.frombuffer(path.read_bytes()[-18:], "<i2")
    )


@pytest.mark.parametrize("name", PLACED)
def test_converted_formats_lie_at_the_same_place(folder: Path, name: str) -> None:
    grid = read(folder / "ORMIR_XCT" / name).grid
    np.testing.assert_allclose(grid.origin_mm, -0.4856, rtol=0, atol=1e-7)
    np.testing.assert_allclose(grid.axes, np.eye(3), rtol=0, atol=1e-12)
    np.testing.assert_allclose(grid.spacing_mm, 0.0607, rtol=1e-7, atol=0)


def test_calibrated_isq_is_density(folder: Path) -> None:
    calibrated = read(folder / "aimio-py" / "test_isq_calibrated_binary_25.ISQ")
    native = read(folder / "aimio-py" / "test_isq_native_only_binary_25.ISQ")
    assert (calibrated.meaning, native.meaning) == (Meaning.DENSITY, Meaning.RAW)
    np.testing.assert_array_equal(calibrated.stored, native.stored)
    # Header: mu_scaling 1000, slope 2, intercept 3.
    np.testing.assert_allclose(calibrated.values(), native.values() / 1000 * 2 + 3, rtol=1e-14, atol=0)
    assert calibrated.grid.agrees_with(native.grid, rtol=1e-12)


def test_isq_header_agrees_with_aimio(folder: Path) -> None:
    import py_aimio

    for path in folder.rglob("*.ISQ"):
        theirs = py_aimio.isq_info(str(path))
        scan = read(path)
        assert scan.grid.shape == theirs["dimensions"][::-1]
        assert scan.source is not None
        assert scan.source.header["mu_scaling"] == str(theirs["mu_scaling"])
        assert scan.source.header["energy_V"] == str(theirs["energy"])
        microns = np.divide(theirs["dimensions_um"], theirs["dimensions_p"])[::-1]
        np.testing.assert_allclose(scan.grid.spacing_mm, microns / 1000, rtol=1e-12, atol=0)


def test_shrew_nrrd(shared_data: Path) -> None:
    path = shared_data / "microct" / "shrew" / "Shrew.nrrd"
    scan = read(path)
    assert (scan.grid.shape, scan.stored.dtype) == ((115, 114, 114), np.uint8)
    np.testing.assert_allclose(scan.grid.spacing_mm, 0.0041, rtol=1e-8, atol=0)
    assert sorted(np.unique(scan.stored)) == [0, 255]
    content = np.frombuffer(path.read_bytes()[-scan.stored.size :], np.uint8)
    np.testing.assert_array_equal(scan.stored.ravel(), content)


def test_trabecular_stack(shared_data: Path) -> None:
    import SimpleITK

    folder = shared_data / "microct" / "trabecular_3155"
    scan = read(folder, voxel_mm=0.0195)
    assert (scan.grid.shape, scan.stored.dtype) == ((200, 200, 200), np.uint8)
    theirs = SimpleITK.ReadImage([str(path) for path in sorted(folder.glob("*.tif"))])
    np.testing.assert_array_equal(scan.stored, SimpleITK.GetArrayFromImage(theirs))
