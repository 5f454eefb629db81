"""NIfTI headers: units, places, scaling, and lies."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from spondyl.errors import ScanError
from spondyl.volume import Grid, Meaning, Scan, read, write

ARRAY = np.arange(24, dtype=np.int16).reshape(4, 3, 2)  # x, y, z as nibabel has it
FINE = np.diag([0.02, 0.03, 0.04, 1])


def saved(path: Path, affine: np.ndarray | None = FINE, array: np.ndarray = ARRAY, **header: object) -> Path:
    """Write a NIfTI file with nibabel and set entries of its header afterwards."""
    import nibabel

    nibabel.save(nibabel.Nifti1Image(array, affine), path)
    content = bytearray(path.read_bytes())
    entries = nibabel.Nifti1Header(bytes(content[:348]), check=False)
    for key, value in header.items():
        entries[key] = value
    content[:348] = entries.structarr.tobytes()
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("code", "mm"), [(1, 1e3), (2, 1.0), (3, 1e-3)])
def test_unit_of_length(tmp_path: Path, code: int, mm: float) -> None:
    scan = read(saved(tmp_path / "a.nii", xyzt_units=code))
    np.testing.assert_allclose(scan.grid.spacing_mm, np.array([0.04, 0.03, 0.02]) * mm, rtol=1e-7, atol=0)


def test_no_unit_is_mm_and_says_so(tmp_path: Path) -> None:
    scan = read(saved(tmp_path / "a.nii", xyzt_units=0))
    assert scan.grid.spacing_mm == (0.04, 0.03, 0.02)
    assert scan.source is not None
    assert "no unit of length" in scan.source.notes[0]


def test_one_without_a_unit_is_no_voxel_size(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="1 × 1 × 1 without a unit"):
        read(saved(tmp_path / "a.nii", np.eye(4), xyzt_units=0))


def test_array_and_place_are_nibabel_s(tmp_path: Path) -> None:
    import nibabel

    affine = np.array([[0, -0.03, 0, 5], [0.02, 0, 0, -6], [0, 0, 0.04, 7], [0, 0, 0, 1.0]])
    path = saved(tmp_path / "a.nii", affine, xyzt_units=2)
    scan = read(path)
    np.testing.assert_array_equal(scan.stored, np.asarray(nibabel.load(path).dataobj).T)
    # Voxel (i, j, k) = (3, 1, 1): RAS by nibabel, LPS and (z, y, x) here.
    right, anterior, superior, _ = affine @ (3, 1, 1, 1)
    place = np.asarray(scan.grid.origin_mm) + scan.grid.axes @ (np.asarray(scan.grid.spacing_mm) * (1, 1, 3))
    np.testing.assert_allclose(place, (superior, -anterior, -right), rtol=0, atol=1e-6)


def test_scaling(tmp_path: Path) -> None:
    scan = read(saved(tmp_path / "a.nii", xyzt_units=2, scl_slope=2, scl_inter=-5))
    np.testing.assert_array_equal(scan.values(), ARRAY.T * 2.0 - 5)


@pytest.mark.parametrize("slope", [0, np.nan])
def test_no_scaling(tmp_path: Path, slope: float) -> None:
    scan = read(saved(tmp_path / "a.nii", xyzt_units=2, scl_slope=slope, scl_inter=7))
    assert (scan.slope, scan.intercept) == (1.0, 0.0)


def test_description_says_the_meaning_even_without_our_extension(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii", xyzt_units=2, descrip=b"Spondyl, values in mg HA/cm3")
    assert read(path).meaning is Meaning.DENSITY
    assert read(saved(tmp_path / "b.nii", xyzt_units=2, descrip=b"by FSL")).meaning is Meaning.RAW


def test_a_header_changed_by_others_wins_over_our_extension(tmp_path: Path) -> None:
    import nibabel

    grid = Grid((2, 3, 4), (0.1, 0.1, 0.1))
    path = write(Scan(ARRAY.T, grid, Meaning.DENSITY, 0.1, 3), tmp_path / "a.nii")
    content = bytearray(path.read_bytes())
    header = nibabel.Nifti1Header(bytes(content[:348]), check=False)
    header["scl_slope"] = 0.5
    content[:348] = header.structarr.tobytes()
    path.write_bytes(content)
    assert read(path).slope == 0.5
    assert read(path).meaning is Meaning.DENSITY


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"dim": [3, 2**15 - 1, 2**15 - 1, 2**15 - 1, 1, 1, 1, 1]}, "claims .* bytes of voxels"),
        ({"dim": [3, -4, 3, 2, 1, 1, 1, 1]}, "positive whole number"),
        ({"dim": [3, 0, 3, 2, 1, 1, 1, 1]}, "positive whole number"),
        ({"dim": [9, 4, 3, 2, 1, 1, 1, 1]}, "dimensions; a NIfTI file has one to seven"),
        ({"dim": [4, 2, 3, 2, 2, 1, 1, 1]}, "three dimensions"),
        ({"datatype": 32}, "one real number per voxel"),
        ({"datatype": 1536}, "one real number per voxel|does not allow"),
        ({"vox_offset": 0}, "after the header"),
        ({"vox_offset": 1e30}, "claims"),
        ({"vox_offset": np.nan}, "does not allow"),
        ({"xyzt_units": 5}, "unit of length"),
        ({"scl_slope": np.inf}, "calibration"),
        ({"sform_code": 1, "srow_x": [np.nan] * 4}, "axis directions"),
        ({"sform_code": 1, "srow_x": [0.02, 0.02, 0, 0]}, "right angles"),
        ({"pixdim": [1, 0.05, 0.03, 0.04, 0, 0, 0, 0]}, "by pixdim but"),
        ({"magic": b"ni1"}, "single NIfTI file"),
    ],
)
def test_headers_that_lie(tmp_path: Path, entries: dict[str, object], message: str) -> None:
    with pytest.raises(ScanError, match=message):
        read(saved(tmp_path / "a.nii", **({"xyzt_units": 2} | entries)))


@pytest.mark.parametrize("size", [0, -0.02, np.nan, np.inf])
def test_a_voxel_size_that_is_none(tmp_path: Path, size: float) -> None:
    entries = {"pixdim": [1, size, 0.03, 0.04, 0, 0, 0, 0], "sform_code": 0, "qform_code": 0}
    with pytest.raises(ScanError, match="voxel size"):
        read(saved(tmp_path / "a.nii", xyzt_units=2, **entries))


def test_a_small_gzip_of_large_claims_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii", dim=[3, 30000, 30000, 30000, 1, 1, 1, 1])
    (tmp_path / "a.nii.gz").write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(ScanError, match="compressed bytes"):
        read(tmp_path / "a.nii.gz")


def test_more_voxels_than_promised_are_noted(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii", xyzt_units=2)
    path.write_bytes(path.read_bytes() + b"\0" * 12)
    scan = read(path)
    assert scan.source is not None
    assert scan.source.notes == ("12 bytes after the last voxel were ignored",)


def test_big_endian_becomes_native(tmp_path: Path) -> None:
    import nibabel

    header = nibabel.Nifti1Header(endianness=">")
    header.set_data_dtype(">i2")
    header.set_xyzt_units("mm")
    nibabel.save(nibabel.Nifti1Image(ARRAY, FINE, header), tmp_path / "a.nii")
    scan = read(tmp_path / "a.nii")
    assert scan.stored.dtype == np.dtype("=i2")
    np.testing.assert_array_equal(scan.stored, ARRAY.T)


def test_an_axis_too_long_for_nifti_1(tmp_path: Path) -> None:
    import nibabel

    grid = Grid((40000, 1, 1), (0.1, 0.2, 0.3))
    path = write(Scan(np.arange(40000).reshape(-1, 1, 1).astype("u2"), grid, Meaning.RAW), tmp_path / "a.nii")
    assert isinstance(nibabel.load(path), nibabel.Nifti2Image)
    back = read(path)
    assert back.grid == grid
    assert int(back.stored[-1, 0, 0]) == 39999
