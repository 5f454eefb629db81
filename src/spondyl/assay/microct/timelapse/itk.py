"""SimpleITK images of scans: points are (x, y, z) in mm from the outer corner of the array.

What the file says of the position of a scan is left aside, for an animal never lies twice in the same place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.timelapse.transform import Rigid, rigid
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Grid

REMEDY = "install it with: pip install 'spondyl[registration]'"


def simpleitk() -> Any:
    """Return the module SimpleITK.

    Raises
    ------
    MeasurementError
        If it is not installed; the sentence names the extra to install.
    """
    try:
        import SimpleITK
    except ImportError as absent:
        given = "no SimpleITK, which scans are registered with"
        raise MeasurementError(Mistake("time-lapse", given, REMEDY)) from absent
    return SimpleITK


@contextmanager
def one_thread() -> Iterator[None]:
    """Let ITK work with one thread: sums over several come out differently in the last digits.

    The number of threads of a registration method does not reach its metric, so the default of the process is
    changed and put back.
    """
    process = simpleitk().ProcessObject
    before = process.GetGlobalDefaultNumberOfThreads()
    process.SetGlobalDefaultNumberOfThreads(1)
    try:
        yield
    finally:
        process.SetGlobalDefaultNumberOfThreads(before)


def image(values: NDArray[np.generic], grid: Grid) -> Any:
    """Return values (z, y, x) as an image."""
    made = simpleitk().GetImageFromArray(values)
    spacing = [float(s) for s in grid.spacing_mm[::-1]]
    made.SetSpacing(spacing)
    made.SetOrigin([s / 2 for s in spacing])
    return made


def to_itk(motion: Rigid, centre_mm: tuple[float, float, float]) -> Any:
    """Return a motion as Euler angles about a centre (z, y, x)."""
    made = simpleitk().Euler3DTransform()
    made.SetCenter([float(c) for c in centre_mm[::-1]])
    made.SetMatrix(np.array(motion.rotation)[::-1, ::-1].ravel().tolist())
    moved = motion(centre_mm)
    made.SetTranslation([float(a - b) for a, b in zip(moved[::-1], centre_mm[::-1], strict=True)])
    return made


def from_itk(euler: Any) -> Rigid:
    """Return Euler angles as a motion; the inverse of :func:`to_itk`."""
    matrix = np.array(euler.GetMatrix()).reshape(3, 3)[::-1, ::-1]
    centre = np.array(euler.GetCenter())[::-1]
    shift = np.array(euler.GetTranslation())[::-1]
    return rigid(matrix, centre + shift - matrix @ centre)


def resampled(
    values: NDArray[np.generic], grid: Grid, motion: Rigid, onto: Grid, *, outside: float, cubic: bool = False
) -> NDArray[np.float32]:
    """Return a follow-up as it would lie on the grid of the baseline.

    Parameters
    ----------
    values : of the follow-up, on `grid`.
    motion : from the baseline to the follow-up.
    onto : grid of the baseline.
    outside : value of what the follow-up does not show.
    cubic : interpolate by cubic B-splines, which blur less; linearly otherwise.
    """
    sitk = simpleitk()
    task = sitk.ResampleImageFilter()
    task.SetNumberOfThreads(1)
    task.SetSize([int(n) for n in onto.shape[::-1]])
    task.SetOutputSpacing([float(s) for s in onto.spacing_mm[::-1]])
    task.SetOutputOrigin([s / 2 for s in onto.spacing_mm[::-1]])
    task.SetTransform(to_itk(motion, (0.0, 0.0, 0.0)))
    task.SetInterpolator(sitk.sitkBSpline if cubic else sitk.sitkLinear)
    task.SetDefaultPixelValue(float(outside))
    found = task.Execute(image(np.asarray(values, dtype=np.float32), grid))
    return np.asarray(sitk.GetArrayFromImage(found), dtype=np.float32)


def seen(grid: Grid, motion: Rigid, onto: Grid) -> NDArray[np.bool_]:
    """Return the voxels of the baseline whose centres the follow-up shows, shape ``onto.shape``.

    A centre must lie between the outermost voxel centres of the follow-up, where values can be interpolated.
    """
    inside = np.ones(onto.shape, dtype=np.bool_)
    axes = [(np.arange(n) + 0.5) * s for n, s in zip(onto.shape, onto.spacing_mm, strict=True)]
    z, y, x = np.meshgrid(*axes, indexing="ij", sparse=True)
    for row, shift, size, step in zip(
        motion.rotation, motion.shift_mm, grid.size_mm, grid.spacing_mm, strict=True
    ):
        place = row[0] * z + row[1] * y + row[2] * x + shift
        slack = 1e-6 * step
        inside &= (place >= step / 2 - slack) & (place <= size - step / 2 + slack)
    return inside
