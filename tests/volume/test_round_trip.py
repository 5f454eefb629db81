"""What is written is what is read, whatever the numbers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.errors import ScanError
from spondyl.volume import Grid, Meaning, Scan, Volume, read, write
from spondyl.volume.write import WRITABLE

QUICK = settings(max_examples=40, derandomize=True, deadline=None, database=None)
DTYPES = ("u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8", "u8", "i8")
LENGTH = st.floats(1e-4, 50, allow_nan=False)
PLACE = st.floats(-500, 500, allow_nan=False)


@st.composite
def scans(draw: st.DrawFn) -> Scan:
    """A scan of random numbers anywhere in space, calibrated anyhow."""
    shape = draw(st.tuples(*[st.integers(1, 5)] * 3))
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    seed = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    stored = seed.integers(0, 256, (*shape, dtype.itemsize), dtype=np.uint8).view(dtype)[..., 0]
    if dtype.kind == "f":
        stored = np.where(np.isfinite(stored), stored, 0).astype(dtype)
    quaternion = seed.normal(size=4)
    grid = Grid(shape, draw(st.tuples(*[LENGTH] * 3)), draw(st.tuples(*[PLACE] * 3)), _rotation(quaternion))
    slope = draw(st.floats(1e-4, 1e4)) * draw(st.sampled_from((-1, 1)))
    return Scan(stored, grid, draw(st.sampled_from(Meaning)), slope, draw(st.floats(-1e4, 1e4)))


def _rotation(quaternion: np.ndarray) -> tuple[tuple[float, float, float], ...]:
    from scipy.spatial.transform import Rotation

    return tuple(tuple(row) for row in Rotation.from_quat(quaternion).as_matrix().tolist())


@pytest.mark.parametrize("suffix", WRITABLE)
@given(scan=scans())
@QUICK
def test_scan_survives(suffix: str, scan: Scan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        back = read(write(scan, Path(folder) / f"scan{suffix}"))
        assert back.stored.dtype == scan.stored.dtype
        np.testing.assert_array_equal(back.stored, scan.stored)
        assert (back.meaning, back.slope, back.intercept) == (scan.meaning, scan.slope, scan.intercept)
        assert back.grid.spacing_mm == scan.grid.spacing_mm
        assert back.grid.origin_mm == scan.grid.origin_mm
        np.testing.assert_allclose(back.grid.axes, scan.grid.axes, rtol=0, atol=1e-15)


@pytest.mark.parametrize("suffix", WRITABLE)
def test_same_scan_same_bytes(tmp_path: Path, cube: np.ndarray, suffix: str) -> None:
    volume = Volume(cube, Grid(cube.shape, (0.02, 0.02, 0.02)), Meaning.DENSITY)
    content = []
    for name in ("one", "two"):
        path = write(volume, tmp_path / name / f"scan{suffix}")
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        content.append([file.read_bytes() for file in files])
    assert content[0] == content[1]


@pytest.mark.parametrize("suffix", WRITABLE)
@pytest.mark.parametrize(("kind", "kept"), [("?", "u1"), ("f2", "f4"), (">i2", "i2")])
def test_types_that_no_format_has(tmp_path: Path, suffix: str, kind: str, kept: str) -> None:
    array = (np.arange(24).reshape(2, 3, 4) % 2).astype(kind)
    back = read(write(Volume(array, Grid(array.shape, (1, 1, 1)), Meaning.LABELS), tmp_path / f"a{suffix}"))
    assert back.stored.dtype == np.dtype(kept)
    np.testing.assert_array_equal(back.stored, array.astype(kept))


@pytest.mark.parametrize("suffix", WRITABLE)
def test_a_view_that_is_not_contiguous(tmp_path: Path, cube: np.ndarray, suffix: str) -> None:
    view = cube.transpose(2, 0, 1)[::-1, ::2]
    back = read(write(Volume(view, Grid(view.shape, (1, 1, 1)), Meaning.RAW), tmp_path / f"a{suffix}"))
    np.testing.assert_array_equal(back.stored, view)


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    class Broken(np.ndarray):
        def __getitem__(self, key: object) -> object:
            raise RuntimeError("the disk is on fire")

    array = np.zeros((2, 2, 2), np.uint8).view(Broken)
    for suffix in WRITABLE:
        with pytest.raises(RuntimeError, match="fire"):
            write(Volume(array, Grid(array.shape, (1, 1, 1)), Meaning.RAW), tmp_path / f"a{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.nrrd", "a.txt", "a", "a.isq"])
def test_a_format_that_is_not_written(tmp_path: Path, cube: np.ndarray, name: str) -> None:
    with pytest.raises(ScanError, match=r"must be one of \.nii, \.nii\.gz, \.mha"):
        write(Volume(cube, Grid(cube.shape, (1, 1, 1)), Meaning.RAW), tmp_path / name)


def test_a_folder_is_never_replaced(tmp_path: Path, cube: np.ndarray) -> None:
    volume = Volume(cube, Grid(cube.shape, (1, 1, 1)), Meaning.RAW)
    path = write(volume, tmp_path / "a.ome.zarr")
    with pytest.raises(ScanError, match="a folder of that name"):
        write(volume, path)
    assert read(path).grid == volume.grid


def test_a_file_is_replaced_whole(tmp_path: Path, cube: np.ndarray) -> None:
    volume = Volume(cube, Grid(cube.shape, (1, 1, 1)), Meaning.RAW)
    path = write(volume, tmp_path / "a.nii")
    before = read(path)
    write(Volume(cube + 1, volume.grid, Meaning.RAW), path)
    np.testing.assert_array_equal(before.stored, cube)  # the map of the old file is not disturbed
    np.testing.assert_array_equal(read(path).stored, cube + 1)


def test_big_tiff_beyond_four_gigabytes(
    tmp_path: Path, cube: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spondyl.volume.tiff._BIG", cube.nbytes - 1)
    path = write(Volume(cube, Grid(cube.shape, (1, 1, 1)), Meaning.RAW), tmp_path / "a.tif")
    assert path.read_bytes()[:4] == b"II+\0"
    np.testing.assert_array_equal(read(path).stored, cube)
