"""Text headers of MetaImage and NRRD: what they must say, and the tricks they may not play."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spondyl.errors import ScanError
from spondyl.volume import read

MHD = {
    "ObjectType": "Image",
    "NDims": "3",
    "BinaryData": "True",
    "DimSize": "4 3 2",
    "ElementType": "MET_UCHAR",
    "ElementSpacing": "0.02 0.03 0.04",
    "ElementDataFile": "a.raw",
}
NHDR = {
    "type": "uint8",
    "dimension": "3",
    "sizes": "4 3 2",
    "encoding": "raw",
    "spacings": "0.02 0.03 0.04",
    "data file": "a.raw",
}
VOXELS = bytes(range(24))
ESCAPES = (
    "../a.raw",
    "/etc/passwd",
    "sub/a.raw",
    "..",
    ".",
    "http://x/a.raw",
    "C:\\a.raw",
    "%03d.raw",
    "link.raw",
)


def mhd(folder: Path, data: bytes = VOXELS, **changes: str | None) -> Path:
    entries = {key: value for key, value in (MHD | changes).items() if value is not None}
    if "ElementDataFile" in entries:  # stays the last entry
        entries["ElementDataFile"] = entries.pop("ElementDataFile")
    path = folder / "a.mhd"
    path.write_text("".join(f"{key} = {value}\n" for key, value in entries.items()))
    (folder / "a.raw").write_bytes(data)
    return path


def nhdr(folder: Path, data: bytes = VOXELS, **changes: str | None) -> Path:
    entries = {**NHDR, **{key.replace("_", " "): value for key, value in changes.items()}}
    path = folder / "a.nhdr"
    lines = [f"{key}: {value}" for key, value in entries.items() if value is not None]
    path.write_text("\n".join(["NRRD0004", *lines, ""]))
    (folder / "a.raw").write_bytes(data)
    return path


@pytest.mark.parametrize("write", [mhd, nhdr])
def test_detached_voxels(tmp_path: Path, write: type) -> None:
    scan = read(write(tmp_path))
    np.testing.assert_array_equal(scan.stored.ravel(), np.arange(24))
    assert scan.grid.shape == (2, 3, 4)
    assert scan.grid.spacing_mm == (0.04, 0.03, 0.02)


@pytest.mark.parametrize("write", [mhd, nhdr])
@pytest.mark.parametrize("name", ESCAPES)
def test_a_data_file_outside_the_folder(tmp_path: Path, write: type, name: str) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "a.raw").write_bytes(VOXELS)
    (tmp_path / "inside" / "sub").mkdir()
    (tmp_path / "inside" / "sub" / "a.raw").write_bytes(VOXELS)
    (tmp_path / "inside" / "link.raw").symlink_to(tmp_path / "a.raw")
    key = "ElementDataFile" if write is mhd else "data_file"
    with pytest.raises(ScanError, match=r"same folder|out of the folder"):
        read(write(tmp_path / "inside", **{key: name}))


@pytest.mark.parametrize("write", [mhd, nhdr])
def test_a_data_file_that_is_missing_or_short(tmp_path: Path, write: type) -> None:
    path = write(tmp_path, VOXELS[:-1])
    with pytest.raises(ScanError, match="claims 24 bytes"):
        read(path)
    (tmp_path / "a.raw").unlink()
    with pytest.raises(ScanError, match="no such file"):
        read(path)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"DimSize": f"{2**20} {2**20} {2**20}"}, "claims 1152921504606846976 bytes"),
        ({"DimSize": "4 -3 2"}, "positive"),
        ({"DimSize": "4 0 2"}, "positive"),
        ({"DimSize": "4 3"}, "NDims 3 but"),
        ({"DimSize": "four 3 2"}, "whole numbers"),
        ({"DimSize": None}, "no entry dimsize"),
        ({"NDims": "4", "DimSize": "4 3 1 2"}, "three dimensions"),
        ({"ElementType": "MET_UCHAR_ARRAY"}, "one number per voxel"),
        ({"ElementNumberOfChannels": "3"}, "3 channels"),
        ({"ElementSpacing": None}, "no ElementSpacing.*--voxel"),
        ({"ElementSpacing": "0.02 0.03"}, "2 numbers for 3 dimensions"),
        ({"ElementSpacing": "0.02 0 0.03"}, "voxel size"),
        ({"ElementSpacing": "nan 1 1"}, "voxel size"),
        ({"TransformMatrix": "1 0 0 0 1 0"}, "must be 9"),
        ({"TransformMatrix": "0 0 0 0 0 0 0 0 0"}, "must have a length"),
        ({"Offset": "1 2"}, "must be 3"),
        ({"Offset": "1 2 nan"}, "origin"),
        ({"BinaryData": "False"}, "as text"),
        ({"HeaderSize": "-2"}, "HeaderSize"),
        ({"ElementDataFile": "LIST"}, "list of slice files"),
        ({"ElementDataFile": None}, "without its last entry"),
        ({"SpondylMeaning": "gold"}, "must be one of mg HA/cm3"),
    ],
)
def test_metaimage_headers_that_lie(tmp_path: Path, entries: dict[str, str | None], message: str) -> None:
    with pytest.raises(ScanError, match=message):
        read(mhd(tmp_path, **entries))


def test_metaimage_voxels_at_the_end_of_the_data_file(tmp_path: Path) -> None:
    scan = read(mhd(tmp_path, b"text before" + VOXELS, HeaderSize="-1"))
    np.testing.assert_array_equal(scan.stored.ravel(), np.arange(24))


def test_metaimage_big_endian(tmp_path: Path) -> None:
    data = np.arange(24, dtype=">i2").tobytes()
    scan = read(mhd(tmp_path, data, ElementType="MET_SHORT", BinaryDataByteOrderMSB="True"))
    np.testing.assert_array_equal(scan.stored.ravel(), np.arange(24))


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"sizes": f"{2**20} {2**20} {2**20}"}, "claims 1152921504606846976 bytes"),
        ({"sizes": "4 -3 2"}, "positive"),
        ({"sizes": "4 3"}, "dimension 3 but"),
        ({"dimension": "4", "sizes": "3 4 3 2"}, "three dimensions"),
        ({"sizes": None}, "no entry 'sizes'"),
        ({"type": "block"}, "one real number"),
        ({"type": "int16"}, "endian None"),
        ({"encoding": "bzip2"}, "must be raw or gzip"),
        ({"encoding": "ascii"}, "must be raw or gzip"),
        ({"spacings": None}, "--voxel"),
        ({"spacings": "0.02 nan 0.02"}, "voxel size"),
        ({"spacings": "0.02 -1 0.02"}, "voxel size"),
        ({"byte_skip": "-1"}, "byte skip -1"),
        ({"line_skip": "3"}, "line skip 3"),
        ({"space": "klein-bottle"}, "must be one of left-posterior-superior"),
        ({"space_directions": "(1,0,0) (1,0,0) (0,0,1)"}, "right angles"),
        ({"space_directions": "(1,0,0) none (0,0,1)"}, "2 space directions"),
        ({"space_origin": "(1,2)"}, "three numbers"),
        ({"units": '"s" "s" "s"'}, "unit of length"),
        ({"units": '"mm" "mm" "um"'}, "the same along all axes"),
    ],
)
def test_nrrd_headers_that_lie(tmp_path: Path, entries: dict[str, str | None], message: str) -> None:
    with pytest.raises(ScanError, match=message):
        read(nhdr(tmp_path, **entries))


def test_nrrd_units(tmp_path: Path) -> None:
    scan = read(nhdr(tmp_path, spacings="20 30 40", units='"um" "um" "um"'))
    np.testing.assert_allclose(scan.grid.spacing_mm, (0.04, 0.03, 0.02), rtol=1e-15, atol=0)


@pytest.mark.parametrize(
    ("space", "signs"),
    [("left-posterior-superior", (1, 1)), ("right-anterior-superior", (-1, -1)), ("LAS", (1, -1))],
)
def test_nrrd_spaces(tmp_path: Path, space: str, signs: tuple[int, int]) -> None:
    scan = read(
        nhdr(
            tmp_path, space=space, spacings=None, space_directions="(0.02,0,0) (0,0.03,0) (0,0,0.04)",
            space_origin="(1,2,3)",
        )
    )  # fmt: skip
    assert scan.grid.origin_mm == (3.0, 2.0 * signs[1], 1.0 * signs[0])
    np.testing.assert_array_equal(scan.grid.axes, np.diag([1, signs[1], signs[0]]))
    np.testing.assert_allclose(scan.grid.spacing_mm, (0.04, 0.03, 0.02), rtol=1e-15, atol=0)


def test_a_header_without_an_end_is_not_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a.nrrd").write_bytes(b"NRRD0004\n" + b"x" * 2**20)
    (tmp_path / "a.mha").write_bytes(b"ObjectType = " + b"x" * 2**20)
    for name in ("a.nrrd", "a.mha"):
        with pytest.raises(ScanError, match="truncated"):
            read(tmp_path / name)
