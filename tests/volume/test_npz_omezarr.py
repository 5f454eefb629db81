"""NumPy archives and OME-Zarr: what they must hold, and bombs that do not go off."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spondyl.errors import ScanError
from spondyl.volume import Grid, Meaning, Volume, read, write


class Trap:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.mark,)


def saved(path: Path, **arrays: object) -> Path:
    np.savez_compressed(path, **arrays)
    return path


@pytest.mark.parametrize("kind", ["?", "u1", "f4", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays(tmp_path: Path, cube: np.ndarray, kind: str, order: str) -> None:
    array = np.asarray(cube > 9 if kind == "?" else cube.astype(kind), order=order)
    scan = read(saved(tmp_path / "a.npz", volume=array, voxel_mm=(0.04, 0.03, 0.02)))
    np.testing.assert_array_equal(scan.stored, array)
    assert scan.stored.dtype == array.dtype.newbyteorder("=")
    assert scan.grid.spacing_mm == (0.04, 0.03, 0.02)


def test_objects_are_never_unpickled(tmp_path: Path, cube: np.ndarray) -> None:
    trap = np.empty((2, 2, 2), object)
    trap[:] = Trap(tmp_path / "mark")
    with pytest.raises(ScanError, match="one real number per voxel"):
        read(saved(tmp_path / "a.npz", volume=trap, voxel_mm=0.02))
    with pytest.raises(ScanError, match=r"one number, or three|does not allow"):
        read(saved(tmp_path / "b.npz", volume=cube, voxel_mm=trap[0, 0, :1]))
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"voxel_mm": 0.02}, "an array 'volume'"),
        ({"volume": np.ones((2, 3))}, "three axes"),
        ({"volume": np.ones((2, 0, 3)), "voxel_mm": 1}, "positive"),
        ({"volume": np.ones((2, 3, 4))}, "voxel_mm.*--voxel"),
        ({"volume": np.ones((2, 3, 4)), "voxel_mm": [1, 2]}, "one number, or three"),
        ({"volume": np.ones((2, 3, 4)), "voxel_mm": "20 um"}, "one number, or three"),
        ({"volume": np.ones((2, 3, 4)), "voxel_mm": 0.0}, "voxel size"),
        ({"volume": np.ones((2, 3, 4)), "voxel_mm": np.zeros(9999)}, "a large array"),
        ({"volume": np.ones((2, 3, 4), complex), "voxel_mm": 1}, "one real number"),
        ({"volume": np.array([[["a"]]]), "voxel_mm": 1}, "one real number"),
    ],
)
def test_archives_that_are_no_scan(tmp_path: Path, arrays: dict[str, object], message: str) -> None:
    with pytest.raises(ScanError, match=message):
        read(saved(tmp_path / "a.npz", **arrays))


def test_a_header_larger_than_its_bytes_is_refused_before_it_is_allocated(tmp_path: Path) -> None:
    claims = np.lib.format.header_data_from_array_1_0(np.empty(0, np.uint8)) | {"shape": (2**20,) * 3}
    with (tmp_path / "volume.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, claims)
        file.write(b"\0" * 1000)
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "volume.npy", "volume.npy")
    tracemalloc.start()
    try:
        with pytest.raises(ScanError, match="claims 1152921504606846976 bytes"):
            read(tmp_path / "a.npz", voxel_mm=0.02)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


@pytest.fixture
def zarr_folder(copied: Callable[[str], Path]) -> Path:
    return copied("own.ome.zarr")


def edited(path: Path, change: Callable[[dict], object]) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_zarr_is_ngff(tmp_path: Path, cube: np.ndarray) -> None:
    import zarr

    big = np.tile(cube, (30, 1, 1))  # more than one chunk
    volume = Volume(big, Grid(big.shape, (0.04, 0.03, 0.02), (1, 2, 3)), Meaning.RAW)
    path = write(volume, tmp_path / "a.ome.zarr")
    group = zarr.open_group(str(path), mode="r")
    image = group.attrs["multiscales"][0]
    assert [axis["name"] for axis in image["axes"]] == ["z", "y", "x"]
    assert {axis["unit"] for axis in image["axes"]} == {"millimeter"}
    assert image["datasets"][0]["coordinateTransformations"] == [
        {"type": "scale", "scale": [0.04, 0.03, 0.02]},
        {"type": "translation", "translation": [1, 2, 3]},
    ]
    np.testing.assert_array_equal(group[image["datasets"][0]["path"]][:], big)
    np.testing.assert_array_equal(read(path).stored, big)


def test_zarr_of_others_without_our_description(zarr_folder: Path, cube: np.ndarray) -> None:
    edited(zarr_folder / ".zattrs", lambda a: a.pop("spondyl"))
    scan = read(zarr_folder)
    np.testing.assert_array_equal(scan.stored, cube)
    assert scan.grid.spacing_mm == (0.04, 0.03, 0.02)
    edited(zarr_folder / ".zattrs", lambda a: a["multiscales"][0]["axes"][0].pop("unit"))
    with pytest.raises(ScanError, match="--voxel"):
        read(zarr_folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a.update(shape=[2**20] * 3), "it is not whole"),
        (lambda a: a.update(shape=[2**20] * 3, chunks=[2**20] * 3), "claims"),
        (lambda a: a.update(chunks=[2**20] * 3), "claims"),
        (lambda a: a.update(shape=[6, 6, 7]), "it is not whole"),
        (lambda a: a.update(shape=[5, 6, 0]), "positive"),
        (lambda a: a.update(chunks=[0, 6, 7]), "three axes"),
        (lambda a: a.update(shape=[5, 42], chunks=[5, 42]), "three axes"),
        (lambda a: a.update(dtype="|O"), "one real number"),
        (lambda a: a.update(compressor={"id": "blosc"}), "plain, zlib or gzip"),
        (lambda a: a.update(filters=[{"id": "pickle"}]), "plain, zlib or gzip"),
        (lambda a: a.pop("chunks"), "does not allow"),
    ],
)
def test_zarr_arrays_that_lie(zarr_folder: Path, change: Callable[[dict], object], message: str) -> None:
    edited(zarr_folder / "0" / ".zarray", change)
    with pytest.raises(ScanError, match=message):
        read(zarr_folder)


def test_zarr_level_outside_the_folder(zarr_folder: Path) -> None:
    for name in ("../own.ome.zarr/0", "/etc", "..", ""):
        edited(zarr_folder / ".zattrs", lambda a, n=name: a["multiscales"][0]["datasets"][0].update(path=n))
        with pytest.raises(ScanError, match="plain folder inside"):
            read(zarr_folder)


def test_zarr_with_a_chunk_missing(zarr_folder: Path) -> None:
    next(path for path in (zarr_folder / "0").rglob("0") if path.is_file()).unlink()
    with pytest.raises(ScanError, match="it is not whole"):
        read(zarr_folder)


def test_zarr_with_a_damaged_description(zarr_folder: Path) -> None:
    edited(zarr_folder / ".zattrs", lambda a: a["spondyl"].update(slope="steep"))
    with pytest.raises(ScanError, match="cannot use"):
        read(zarr_folder)


def test_zarr_3_is_named(tmp_path: Path) -> None:
    (tmp_path / "zarr.json").write_text("{}")
    with pytest.raises(ScanError, match="Zarr 3 folder"):
        read(tmp_path)
