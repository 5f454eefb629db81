"""TIFF: pages, stacks of slices, and the voxel sizes that count."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spondyl.errors import ScanError
from spondyl.volume import read


def tiff(path: Path, array: np.ndarray, **options: object) -> Path:
    import tifffile

    path.parent.mkdir(exist_ok=True)
    tifffile.imwrite(path, array, **{"photometric": "minisblack", **options})
    return path


@pytest.mark.parametrize(
    ("unit", "mm"), [("mm", 1.0), ("micron", 1e-3), ("um", 1e-3), ("\\u00B5m", 1e-3), ("cm", 10.0)]
)
def test_imagej_calibration(tmp_path: Path, cube: np.ndarray, unit: str, mm: float) -> None:
    path = tiff(
        tmp_path / "a.tif", cube.astype(np.uint16), imagej=True, resolution=(1 / 0.25, 1 / 0.5),
        metadata={"spacing": 2.0, "unit": unit, "axes": "ZYX"},
    )  # fmt: skip
    np.testing.assert_allclose(read(path).grid.spacing_mm, np.array([2, 0.5, 0.25]) * mm, rtol=1e-6, atol=0)


@pytest.mark.parametrize("unit", ["pixel", "", "s"])
def test_imagej_without_a_length(tmp_path: Path, cube: np.ndarray, unit: str) -> None:
    path = tiff(
        tmp_path / "a.tif", cube.astype(np.uint16), imagej=True, resolution=(4, 4),
        metadata={"spacing": 2.0, "unit": unit, "axes": "ZYX"},
    )  # fmt: skip
    with pytest.raises(ScanError, match="--voxel"):
        read(path)


def test_dots_per_inch_are_no_voxel_size(tmp_path: Path, cube: np.ndarray) -> None:
    path = tiff(tmp_path / "a.tif", cube, resolution=(300, 300), resolutionunit="INCH")
    with pytest.raises(ScanError, match="dots per inch"):
        read(path)


def test_ome_physical_sizes(tmp_path: Path, cube: np.ndarray) -> None:
    sizes = {f"PhysicalSize{axis}": size for axis, size in zip("ZYX", (4, 3, 2), strict=True)}
    path = tiff(tmp_path / "a.ome.tif", cube, ome=True, metadata={"axes": "ZYX", **sizes})
    np.testing.assert_allclose(read(path).grid.spacing_mm, (0.004, 0.003, 0.002), rtol=1e-12, atol=0)


@pytest.mark.parametrize("kind", ["u1", "u2", "i2", "u4", "f4", "f8", "?"])
def test_types(tmp_path: Path, cube: np.ndarray, kind: str) -> None:
    array = (cube > 9) if kind == "?" else cube.astype(kind)
    scan = read(tiff(tmp_path / "a.tif", array), voxel_mm=0.02)
    assert scan.stored.dtype == array.dtype
    np.testing.assert_array_equal(scan.stored, array)


def test_big_endian(tmp_path: Path, cube: np.ndarray) -> None:
    for compression in (None, "lzw"):
        path = tiff(tmp_path / "a.tif", cube, byteorder=">", compression=compression)
        np.testing.assert_array_equal(read(path, voxel_mm=0.02).stored, cube)


def test_colour_is_refused(tmp_path: Path) -> None:
    path = tiff(tmp_path / "a.tif", np.zeros((4, 5, 6, 3), np.uint8), photometric="rgb")
    with pytest.raises(ScanError, match="not colour"):
        read(path, voxel_mm=0.02)


@pytest.mark.parametrize("axes", ["ZCYX", "TZYX", "TCYX", "CYX", "TYX"])
def test_channels_and_time_points_are_refused(tmp_path: Path, axes: str) -> None:
    array = np.zeros((3, 2, 5, 6)[-len(axes) :], np.uint16)
    path = tiff(tmp_path / "a.tif", array, imagej=True, metadata={"axes": axes})
    with pytest.raises(ScanError, match="no channels"):
        read(path, voxel_mm=0.02)


def test_complex_is_refused(tmp_path: Path) -> None:
    path = tiff(tmp_path / "a.tif", np.zeros((3, 5, 6), np.complex64))
    with pytest.raises(ScanError, match="one real number"):
        read(path, voxel_mm=0.02)


def test_pages_of_different_size_are_refused(tmp_path: Path) -> None:
    import tifffile

    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for rows in (4, 5):
            file.write(np.zeros((rows, 6), np.uint8), photometric="minisblack")
    with pytest.raises(ScanError, match="2 images of different form"):
        read(tmp_path / "a.tif", voxel_mm=0.02)


def test_packings_without_a_bound_are_refused(tmp_path: Path, cube: np.ndarray) -> None:
    path = tiff(tmp_path / "a.tif", cube.astype(np.uint16), compression="zstd")
    with pytest.raises(ScanError, match="uncompressed, LZW, deflate or PackBits"):
        read(path, voxel_mm=0.02)


def test_inverted_grey_is_noted(tmp_path: Path, cube: np.ndarray) -> None:
    scan = read(tiff(tmp_path / "a.tif", cube.astype(np.uint8), photometric="miniswhite"), voxel_mm=0.02)
    assert scan.source is not None
    assert "zero as white" in scan.source.notes[0]


def test_a_page_that_claims_more_than_its_bytes(copied: Callable[[str], Path]) -> None:
    import tifffile

    path = copied("lzw.tif")
    for name in ("ImageLength", "ImageWidth"):
        with tifffile.TiffFile(path, mode="r+") as file:
            for page in file.pages:
                page.tags[name].overwrite(60000)
    with pytest.raises(ScanError):
        read(path, voxel_mm=0.02)


def test_damaged_lzw_is_left_to_a_decoder_that_survives_it(
    samples: dict[str, Path], cube: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    import imagecodecs

    def crash(*_: object, **__: object) -> None:
        raise SystemError("this decoder writes past its buffer on damaged bytes")

    monkeypatch.setattr(imagecodecs, "lzw_decode", crash)
    monkeypatch.setattr(imagecodecs._imcd, "lzw_decode", crash)
    np.testing.assert_array_equal(read(samples["lzw.tif"], voxel_mm=0.02).stored, cube)


def linked(path: Path, page: int, to: int | None) -> Path:
    """Let the chain of pages go from `page` to page `to`, or end there."""
    import tifffile

    with tifffile.TiffFile(path) as file:
        offsets = [p.offset for p in file.pages]
    content = bytearray(path.read_bytes())
    (entries,) = struct.unpack_from("<H", content, offsets[page])
    struct.pack_into("<L", content, offsets[page] + 2 + 12 * entries, 0 if to is None else offsets[to])
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", ["none.tif", "lzw.tif", "imagej.tif", "own.tif"])
@pytest.mark.parametrize("to", [0, 2])
def test_pages_in_a_circle(copied: Callable[[str], Path], name: str, to: int) -> None:
    with pytest.raises(ScanError, match="run in a circle"):
        read(linked(copied(name), 3, to), voxel_mm=0.02)


@pytest.mark.parametrize("name", ["imagej.tif", "own.tif"])
def test_pages_that_somebody_took_away(copied: Callable[[str], Path], name: str) -> None:
    with pytest.raises(ScanError, match=r"truncated|when Spondyl wrote them"):
        read(linked(copied(name), 3, None), voxel_mm=0.02)


@pytest.fixture
def stack(tmp_path: Path, cube: np.ndarray) -> Path:
    for k, plane in enumerate(cube):
        tiff(tmp_path / "stack" / f"rat3_{k + 8}.tif", plane)
    return tmp_path / "stack"


def test_slices_are_ordered_by_number(stack: Path, cube: np.ndarray) -> None:
    for name in ("notes.txt", "scan.log", "Thumbs.db", ".hidden.tif"):
        (stack / name).write_text("not a slice")
    np.testing.assert_array_equal(read(stack, voxel_mm=0.02).stored, cube)


def test_a_missing_slice_is_named(stack: Path) -> None:
    (stack / "rat3_10.tif").unlink()
    with pytest.raises(ScanError, match=r"slices 8 to 12 without number 10 \(1 missing\)"):
        read(stack, voxel_mm=0.02)


def test_a_slice_twice_is_named(stack: Path, cube: np.ndarray) -> None:
    tiff(stack / "rat3_010.tif", cube[0])
    with pytest.raises(ScanError, match="slice 10 twice"):
        read(stack, voxel_mm=0.02)


def test_two_series_in_one_folder(stack: Path, cube: np.ndarray) -> None:
    tiff(stack / "preview1.tif", cube[0])
    with pytest.raises(ScanError, match=r"2 series, preview1\.tif among them"):
        read(stack, voxel_mm=0.02)


def test_two_numbers_that_change(stack: Path, cube: np.ndarray) -> None:
    tiff(stack / "rat4_13.tif", cube[0])
    with pytest.raises(ScanError, match="2 changing numbers"):
        read(stack, voxel_mm=0.02)


@pytest.mark.parametrize("odd", [np.zeros((6, 8), np.int16), np.zeros((6, 7), np.uint8)])
def test_slices_of_different_form(stack: Path, odd: np.ndarray) -> None:
    tiff(stack / "rat3_13.tif", odd)
    with pytest.raises(ScanError, match=r"rat3_13\.tif: found .*all slices must be alike"):
        read(stack, voxel_mm=0.02)


def test_a_slice_with_pages(stack: Path, cube: np.ndarray) -> None:
    tiff(stack / "rat3_13.tif", cube)
    with pytest.raises(ScanError, match="5 pages"):
        read(stack, voxel_mm=0.02)


def test_a_damaged_slice_is_named(stack: Path) -> None:
    path = stack / "rat3_9.tif"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ScanError, match=r"rat3_9\.tif|corrupted"):
        read(stack, voxel_mm=0.02)


def test_a_folder_with_one_multi_page_file(tmp_path: Path, cube: np.ndarray) -> None:
    tiff(tmp_path / "one" / "a.tif", cube)
    np.testing.assert_array_equal(read(tmp_path / "one", voxel_mm=0.02).stored, cube)


def test_packed_slices(tmp_path: Path, cube: np.ndarray) -> None:
    for k, plane in enumerate(cube):
        tiff(tmp_path / "packed" / f"{k}.tif", plane, compression="lzw")
    np.testing.assert_array_equal(read(tmp_path / "packed", voxel_mm=0.02).stored, cube)
