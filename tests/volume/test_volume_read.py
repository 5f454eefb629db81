"""What every reader shares: voxel size, meaning, names, and refusals."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spondyl.errors import ScanError
from spondyl.volume import FORMATS, Grid, Meaning, Volume, read, write

SPACING = (0.04, 0.03, 0.02)
NO_SIZE = ("none.tif", "lzw.tif", "deflate.tif", "packbits.tif", "slices")
NAMES = (
    "plain.nii", "packed.nii.gz", "plain.mha", "packed.mha", "plain.nrrd", "packed.nrrd", "none.tif",
    "lzw.tif", "deflate.tif", "packbits.tif", "imagej.tif", "slices", "series", "plain.isq",
    "calibrated.isq", "short.aim", "float.aim", "plain.npz", "packed.npz", "own.tif", "own.ome.zarr",
    "own.nii",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_format_reads_as_the_same_volume(samples: dict[str, Path], cube: np.ndarray, name: str) -> None:
    scan = read(samples[name], voxel_mm=SPACING if name in NO_SIZE else None)
    np.testing.assert_array_equal(scan.stored, cube)
    np.testing.assert_allclose(scan.grid.spacing_mm, SPACING, rtol=1e-7, atol=0)


@pytest.mark.parametrize("name", NO_SIZE)
def test_a_voxel_size_that_the_file_lacks_has_no_default(samples: dict[str, Path], name: str) -> None:
    with pytest.raises(ScanError, match=r'voxel size: found .*--voxel "20 um"'):
        read(samples[name])


def test_a_given_voxel_size_wins_and_says_so(samples: dict[str, Path]) -> None:
    scan = read(samples["plain.mha"], voxel_mm=0.05)
    assert scan.grid.spacing_mm == (0.05, 0.05, 0.05)
    assert scan.source is not None
    assert "replaced the file's" in scan.source.notes[0]


def test_a_voxel_size_given_as_the_file_has_it_is_no_news(samples: dict[str, Path]) -> None:
    scan = read(samples["plain.mha"], voxel_mm=(0.04, 0.03, 0.020001))
    assert scan.source is not None
    assert scan.source.notes == ()


@pytest.mark.parametrize("size", [0, -0.02, float("nan"), float("inf"), (0.02, 0.02)])
def test_an_impossible_given_voxel_size_is_refused(samples: dict[str, Path], size: float) -> None:
    with pytest.raises(ScanError, match="voxel size"):
        read(samples["plain.mha"], voxel_mm=size)


def test_a_given_meaning_wins(samples: dict[str, Path]) -> None:
    assert read(samples["calibrated.isq"]).meaning is Meaning.DENSITY
    assert read(samples["calibrated.isq"], meaning=Meaning.RAW).meaning is Meaning.RAW


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("suffix", [".nii", ".mha", ".tif", ".nii.gz"])
def test_not_finite_voxels_are_counted_and_placed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: float, suffix: str
) -> None:
    array = np.ones((3, 4, 5), np.float32)
    array[1, 2, 3] = array[2, 0, 0] = bad
    volume = Volume(array, Grid(array.shape, SPACING), Meaning.RAW)
    with pytest.raises(ScanError, match=r"2 voxels that are not finite.*\(1, 2, 3\)"):
        write(volume, tmp_path / f"bad{suffix}")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(sys.modules["spondyl.volume.write"], "check_finite", lambda _: None)
    path = write(volume, tmp_path / f"bad{suffix}")
    with pytest.raises(ScanError, match=r"2 voxels that are not finite.*\(1, 2, 3\)"):
        read(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="No such file"):
        read(tmp_path / "none.nii")


def test_an_empty_file(tmp_path: Path) -> None:
    for suffix in FORMATS:
        path = tmp_path / f"a{suffix}"
        path.touch()
        with pytest.raises(ScanError, match="empty file"):
            read(path)


def test_a_folder_without_slices(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(ScanError, match="no slices among 1 files"):
        read(tmp_path)


def test_a_link_to_itself(tmp_path: Path) -> None:
    loop = tmp_path / "loop.nii"
    loop.symlink_to(loop)
    with pytest.raises(ScanError, match=r"loop\.nii"):
        read(loop)


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.nii")
    with pytest.raises(ScanError, match="device or pipe"):
        read(tmp_path / "pipe.nii")


def test_a_wrong_suffix_is_named(samples: dict[str, Path], tmp_path: Path) -> None:
    wrong = tmp_path / "scan.nii"
    wrong.write_bytes(samples["none.tif"].read_bytes())
    with pytest.raises(ScanError, match="name of a NIfTI file but the content of TIFF"):
        read(wrong)


def test_a_file_without_a_suffix_is_known_by_its_content(samples: dict[str, Path], tmp_path: Path) -> None:
    bare = tmp_path / "C0001234.ISQ;1"
    bare.write_bytes(samples["plain.isq"].read_bytes())
    assert read(bare).source is not None
    (tmp_path / "bare").write_bytes(samples["plain.nrrd"].read_bytes())
    scan = read(tmp_path / "bare")
    assert scan.source is not None
    assert scan.source.format == "NRRD"


@pytest.mark.parametrize("name", [n for n in NAMES if n not in {"slices", "series", "own.ome.zarr"}])
def test_a_truncated_file_is_refused(copied: Callable[[str], Path], name: str) -> None:
    path = copied(name)
    whole = path.read_bytes()
    # TIFF may keep tags that are of no use to us behind its voxels.
    for cut in (
        (1, 7, 250, len(whole) // 2, len(whole) - 1) if path.suffix != ".tif" else (250, len(whole) // 2)
    ):
        path.write_bytes(whole[:-cut])
        with pytest.raises(ScanError):
            read(path, voxel_mm=0.02)


@pytest.mark.parametrize(
    "name", ["none.tif", "lzw.tif", "deflate.tif", "packbits.tif", "imagej.tif", "own.tif"]
)
def test_a_truncated_tiff_never_loses_slices(
    copied: Callable[[str], Path], cube: np.ndarray, name: str
) -> None:
    path = copied(name)
    whole = path.read_bytes()
    for cut in range(1, len(whole), 5):
        path.write_bytes(whole[:-cut])
        try:
            scan = read(path, voxel_mm=0.02)
        except ScanError:
            continue
        np.testing.assert_array_equal(scan.stored, cube)


def test_a_reader_leaves_warnings_and_loggers_as_they_were(samples: dict[str, Path]) -> None:
    import logging

    logger = logging.getLogger("tifffile")
    read(samples["none.tif"], voxel_mm=0.02)
    assert not logger.disabled
