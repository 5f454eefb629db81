"""Our files and ITK's, each read by the other: the same numbers at the same place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spondyl.volume import Grid, Meaning, Volume, read, write

ROTATED = Rotation.from_euler("zyx", [30, -50, 110], degrees=True).as_matrix()
LEFT_HANDED = np.diag([1.0, 1.0, -1.0]) @ ROTATED
SHAPE, SPACING, ORIGIN = (5, 6, 7), (0.04, 0.03, 0.02), (3.5, -20.25, 11.75)


def grid_of(matrix: np.ndarray) -> Grid:
    return Grid(SHAPE, SPACING, ORIGIN, tuple(tuple(row) for row in matrix.tolist()))


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz", ".mha"])
@pytest.mark.parametrize(
    "matrix", [np.eye(3), ROTATED, LEFT_HANDED], ids=["straight", "rotated", "left-handed"]
)
def test_itk_reads_ours(tmp_path: Path, cube: np.ndarray, suffix: str, matrix: np.ndarray) -> None:
    import SimpleITK

    grid = grid_of(matrix)
    path = write(Volume(cube, grid, Meaning.DENSITY), tmp_path / f"a{suffix}")
    image = SimpleITK.ReadImage(str(path))
    np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(image), cube)
    np.testing.assert_allclose(image.GetSpacing(), SPACING[::-1], rtol=1e-6, atol=0)
    # The place of one voxel off the diagonal tells origin, spacing, direction and order of axes together.
    k, j, i = 4, 1, 3
    ours = np.asarray(ORIGIN) + matrix @ (np.asarray(SPACING) * (k, j, i))
    np.testing.assert_allclose(image.TransformIndexToPhysicalPoint((i, j, k)), ours[::-1], rtol=0, atol=2e-6)


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz", ".mha", ".mhd", ".nrrd", ".nhdr"])
@pytest.mark.parametrize(
    "matrix", [np.eye(3), ROTATED, LEFT_HANDED], ids=["straight", "rotated", "left-handed"]
)
@pytest.mark.parametrize("packed", [False, True])
def test_ours_reads_itk(
    tmp_path: Path, cube: np.ndarray, suffix: str, matrix: np.ndarray, packed: bool
) -> None:
    import SimpleITK

    image = SimpleITK.GetImageFromArray(cube)
    image.SetSpacing(SPACING[::-1])
    image.SetOrigin(ORIGIN[::-1])
    image.SetDirection(matrix[::-1, ::-1].ravel().tolist())
    path = tmp_path / f"a{suffix}"
    SimpleITK.WriteImage(image, str(path), useCompression=packed)
    scan = read(path)
    np.testing.assert_array_equal(scan.stored, cube)
    np.testing.assert_allclose(scan.grid.spacing_mm, SPACING, rtol=1e-6, atol=0)
    np.testing.assert_allclose(scan.grid.origin_mm, ORIGIN, rtol=0, atol=1e-5)
    np.testing.assert_allclose(scan.grid.axes, matrix, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
@pytest.mark.parametrize("suffix", [".nii", ".mha"])
def test_every_type_means_the_same_to_itk(tmp_path: Path, suffix: str, kind: str) -> None:
    import SimpleITK

    array = np.arange(24).reshape(2, 3, 4).astype(kind)
    path = write(Volume(array, Grid(array.shape, (1, 1, 1)), Meaning.RAW), tmp_path / f"a{suffix}")
    theirs = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
    assert theirs.dtype == array.dtype
    np.testing.assert_array_equal(theirs, array)
