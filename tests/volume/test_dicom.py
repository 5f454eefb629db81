"""A DICOM series: order, distance, calibration, and what is not one volume."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spondyl.errors import ScanError
from spondyl.volume import Meaning, read


@pytest.fixture
def series(copied: Callable[[str], Path]) -> Path:
    return copied("series")


def change(path: Path, **entries: object) -> None:
    import pydicom

    head = pydicom.dcmread(path)
    for key, value in entries.items():
        if value is None:
            delattr(head, key)
        else:
            setattr(head, key, value)
    head.save_as(path)


def change_all(folder: Path, **entries: object) -> None:
    for path in folder.iterdir():
        change(path, **entries)


def test_order_and_distance_come_from_positions(series: Path, cube: np.ndarray) -> None:
    scan = read(series)  # names sort against positions, and SliceThickness says 9 mm
    np.testing.assert_array_equal(scan.stored, cube)
    np.testing.assert_allclose(scan.grid.spacing_mm, (0.04, 0.03, 0.02), rtol=1e-12, atol=0)
    assert scan.grid.origin_mm == (3.0, -2.0, 1.0)


def test_calibration(series: Path, cube: np.ndarray) -> None:
    scan = read(series)
    assert scan.meaning is Meaning.DENSITY
    np.testing.assert_array_equal(scan.values(), cube * 2.0 - 100)


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [
        ("HU", Meaning.HOUNSFIELD),
        ("mg HA/ccm", Meaning.DENSITY),
        ("US", Meaning.RAW),
        (None, Meaning.HOUNSFIELD),
    ],
)
def test_rescale_type(series: Path, kind: str | None, meaning: Meaning) -> None:
    change_all(series, RescaleType=kind)
    assert read(series).meaning is meaning


def test_axes_of_a_coronal_series(series: Path, cube: np.ndarray) -> None:
    for k in range(len(cube)):
        place = [1, 3 - k * 0.04, -2]  # the normal of (left, inferior) points anterior
        change(
            series / f"IM{len(cube) - k}",
            ImageOrientationPatient=[1, 0, 0, 0, 0, -1],
            ImagePositionPatient=place,
        )
    scan = read(series)
    # Normal x × -z = +y, so slices ascend towards posterior: the other way round than before.
    np.testing.assert_array_equal(scan.stored, cube[::-1])
    np.testing.assert_allclose(scan.grid.axes, [[0, -1, 0], [1, 0, 0], [0, 0, 1]], rtol=0, atol=1e-12)


def test_a_missing_slice(series: Path) -> None:
    (series / "IM3").unlink()
    with pytest.raises(ScanError, match=r"0\.08 mm from IM4 to IM2; slices must be 0\.04 mm apart"):
        read(series)


def test_a_slice_twice(series: Path) -> None:
    (series / "IM9").write_bytes((series / "IM3").read_bytes())
    with pytest.raises(ScanError, match=r"IM[39] and IM[39] at the same place"):
        read(series)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"SeriesInstanceUID": "1.2.4"}, "SeriesInstanceUID"),
        ({"RescaleSlope": "3"}, "RescaleSlope"),
        ({"RescaleIntercept": None}, "RescaleIntercept"),
        ({"PixelSpacing": [0.03, 0.03]}, "PixelSpacing"),
        ({"ImageOrientationPatient": [0, 1, 0, 1, 0, 0]}, "ImageOrientationPatient"),
        ({"Rows": 5}, "Rows"),
        ({"PixelRepresentation": 0}, "PixelRepresentation"),
    ],
)
def test_one_slice_that_differs(series: Path, entries: dict[str, object], message: str) -> None:
    change(series / "IM2", **entries)
    with pytest.raises(ScanError, match=f"different values of {message}"):
        read(series)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"PixelSpacing": None}, "no PixelSpacing"),
        ({"ImagePositionPatient": None}, "no ImagePositionPatient"),
        ({"PixelSpacing": [0, 0.02]}, "voxel size"),
        ({"SamplesPerPixel": 3}, "colours"),
        ({"NumberOfFrames": 4}, "several frames"),
        ({"Rows": 60000, "Columns": 60000}, "claims"),
        ({"BitsAllocated": 12}, "12 bits"),
        ({"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, "same place|must have a length"),
        ({"RescaleSlope": "0"}, "slope not zero"),
    ],
)
def test_a_series_that_is_no_volume(series: Path, entries: dict[str, object], message: str) -> None:
    change_all(series, **entries)
    with pytest.raises(ScanError, match=message):
        read(series)


def test_slices_that_shift_sideways(series: Path, cube: np.ndarray) -> None:
    for k in range(len(cube)):
        change(series / f"IM{len(cube) - k}", ImagePositionPatient=[1 + k * 0.02, -2, 3 + k * 0.04])
    with pytest.raises(ScanError, match="sideways"):
        read(series)


def test_a_packing_without_a_decoder(series: Path) -> None:
    import pydicom

    for path in series.iterdir():
        head = pydicom.dcmread(path)
        head.file_meta.TransferSyntaxUID = pydicom.uid.JPEGLSLossless
        head.PixelData = pydicom.encaps.encapsulate([b"\0" * 20])
        head["PixelData"].VR = "OB"
        head.save_as(path)
    with pytest.raises(
        ScanError, match=r"transfer syntax 1\.2\.840\.10008\.1\.2\.4\.80; save it uncompressed"
    ):
        read(series)


def test_run_lengths(series: Path, cube: np.ndarray) -> None:
    import pydicom

    for path in series.iterdir():
        head = pydicom.dcmread(path)
        head.compress(pydicom.uid.RLELossless)
        head.save_as(path)
    np.testing.assert_array_equal(read(series).stored, cube)


def test_a_damaged_slice_is_not_left_out(series: Path) -> None:
    (series / "IM1").write_bytes(b"\0" * 600)
    with pytest.raises(ScanError, match="IM1, which is named like a slice but is not DICOM"):
        read(series)


def test_other_files_are_ignored(series: Path, cube: np.ndarray) -> None:
    (series / "notes.txt").write_text("scanned on Monday")
    (series / "DICOMDIR").write_bytes((series / "IM1").read_bytes())
    np.testing.assert_array_equal(read(series).stored, cube)


def test_one_slice_has_no_distance(series: Path) -> None:
    with pytest.raises(ScanError, match="a single slice"):
        read(series / "IM1")
    assert read(series / "IM1", voxel_mm=(0.04, 0.03, 0.02)).grid.shape == (1, 6, 7)
