"""Small files of every format, made by other programs' libraries where there are any."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

SHAPE = (5, 6, 7)
SPACING = (0.04, 0.03, 0.02)


@pytest.fixture(scope="session")
def cube() -> np.ndarray:
    """A volume without any symmetry, int16."""
    return np.random.default_rng(7).integers(-3, 4000, SHAPE, dtype=np.int16)


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory, cube: np.ndarray) -> dict[str, Path]:
    """One file or folder per format and packing; all hold `cube` (masks: ``cube > 2000``)."""
    folder = tmp_path_factory.mktemp("samples")
    made: dict[str, Path] = {}
    for make in (_itk, _tiffs, _dicom, _scanco, _archives):
        made |= make(folder, cube)
    return made


def _itk(folder: Path, cube: np.ndarray) -> dict[str, Path]:
    import SimpleITK

    image = SimpleITK.GetImageFromArray(cube)
    image.SetSpacing(SPACING[::-1])
    image.SetOrigin((1.0, -2.0, 3.0))
    made = {}
    for name, packed in (
        ("plain.nii", False),
        ("packed.nii.gz", True),
        ("plain.mha", False),
        ("packed.mha", True),
        ("plain.nrrd", False),
        ("packed.nrrd", True),
    ):
        SimpleITK.WriteImage(image, folder / name, useCompression=packed)
        made[name] = folder / name
    return made


def _tiffs(folder: Path, cube: np.ndarray) -> dict[str, Path]:
    import tifffile

    made = {}
    for name in ("none", "lzw", "deflate", "packbits"):
        made[f"{name}.tif"] = folder / f"{name}.tif"
        compression = None if name == "none" else name
        tifffile.imwrite(made[f"{name}.tif"], cube, compression=compression, photometric="minisblack")
    made["imagej.tif"] = folder / "imagej.tif"
    tifffile.imwrite(
        made["imagej.tif"], cube.astype(np.float32), imagej=True, resolution=(1 / SPACING[2], 1 / SPACING[1]),
        metadata={"spacing": SPACING[0], "unit": "mm", "axes": "ZYX"},
    )  # fmt: skip
    made["slices"] = folder / "slices"
    made["slices"].mkdir()
    for k, plane in enumerate(cube):
        tifffile.imwrite(made["slices"] / f"slice{k + 8}.tif", plane, photometric="minisblack")
    return made


def _dicom(folder: Path, cube: np.ndarray) -> dict[str, Path]:
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    series = folder / "series"
    series.mkdir()
    for k, plane in enumerate(cube):
        head = Dataset()
        head.file_meta = FileMetaDataset()
        head.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        head.file_meta.MediaStorageSOPClassUID = head.SOPClassUID = CTImageStorage
        head.file_meta.MediaStorageSOPInstanceUID = head.SOPInstanceUID = f"1.2.3.{k + 1}"
        head.SeriesInstanceUID, head.Modality = "1.2.3", "CT"
        head.Rows, head.Columns = plane.shape
        head.PixelSpacing = [SPACING[1], SPACING[2]]
        head.SliceThickness = 9
        head.ImagePositionPatient = [1, -2, round(3 + k * SPACING[0], 6)]
        head.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        head.BitsAllocated = head.BitsStored = 16
        head.HighBit, head.PixelRepresentation, head.SamplesPerPixel = 15, 1, 1
        head.PhotometricInterpretation = "MONOCHROME2"
        head.RescaleSlope, head.RescaleIntercept, head.RescaleType = "2", "-100", "mgHA/ccm"
        head.PixelData = plane.tobytes()
        # File names that sort against the positions.
        head.save_as(series / f"IM{len(cube) - k}", enforce_file_format=True)
    return {"series": series}


def isq_bytes(
    cube: np.ndarray, *, scaling: int = 4096, calibrated: tuple[float, float] | None = None
) -> bytes:
    """Compose a Scanco ISQ by the published layout of its header."""
    head = bytearray(512)
    head[:16] = b"CTDATA-HEADER_V1"
    z, y, x = cube.shape
    microns = [round(n * s * 1000) for n, s in zip(cube.shape, SPACING, strict=True)]
    struct.pack_into("<3i", head, 16, 3, cube.nbytes, -(-cube.nbytes // 512))
    struct.pack_into("<6i", head, 44, x, y, z, *microns[::-1])
    struct.pack_into("<i", head, 88, scaling)
    head[128:135] = "Müller ".encode("latin-1")
    extended = b""
    if calibrated:
        directory = bytearray(512)
        directory[8:24], directory[24] = b"Calibration     ", 2
        block = bytearray(1024)
        block[648:657] = b"mg HA/ccm"
        block[664:680] = vax_bytes(calibrated[0]) + vax_bytes(calibrated[1])
        multi = bytearray(512)
        multi[8:24] = b"MultiHeader     "
        extended = bytes(multi + directory + block)
        struct.pack_into("<i", head, 508, len(extended) // 512)
    return bytes(head) + extended + cube.astype("<i2").tobytes()


def vax_bytes(number: float) -> bytes:
    """Encode a double as OpenVMS would."""
    plain = struct.pack("<d", number * 4)
    return plain[6:8] + plain[4:6] + plain[2:4] + plain[0:2]


def _scanco(folder: Path, cube: np.ndarray) -> dict[str, Path]:
    import py_aimio

    (folder / "plain.isq").write_bytes(isq_bytes(cube))
    (folder / "calibrated.isq").write_bytes(isq_bytes(cube, calibrated=(1600.0, -200.0)))
    log = (
        "! Processing Log\nMu_Scaling                    8192\n"
        "Density: unit                 mg HA/ccm\nDensity: slope                1.60351904e+03\n"
        "Density: intercept            -3.91209015e+02\nHU: mu water                  0.24090\n"
    )
    mask = (cube > 2000).astype(np.int8) * 127
    for name, array in (("short.aim", cube), ("float.aim", cube.astype(np.float32)), ("runs.aim", mask)):
        meta = {"dimensions": cube.shape[::-1], "element_size": SPACING[::-1], "processing_log": log}
        py_aimio.write_aim(str(folder / name), array, meta)
    return {
        p.name: p
        for p in (folder / n for n in ("plain.isq", "calibrated.isq", "short.aim", "float.aim", "runs.aim"))
    }


def _archives(folder: Path, cube: np.ndarray) -> dict[str, Path]:
    from spondyl.volume import Grid, Meaning, Volume, write

    np.savez(folder / "plain.npz", volume=cube, voxel_mm=np.array(SPACING))
    np.savez_compressed(folder / "packed.npz", volume=cube, voxel_mm=np.array(SPACING))
    volume = Volume(cube, Grid(SHAPE, SPACING), Meaning.RAW)
    made = {n: folder / n for n in ("plain.npz", "packed.npz", "own.tif", "own.ome.zarr", "own.nii")}
    for name in ("own.tif", "own.ome.zarr", "own.nii"):
        write(volume, made[name])
    return made


@pytest.fixture
def copied(samples: dict[str, Path], tmp_path: Path):
    """Copy a sample to a place where it may be damaged."""

    def copy(name: str) -> Path:
        source, target = samples[name], tmp_path / name
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)
        return target

    return copy
