"""The course of healing as one four-dimensional file, which any viewer of medical images plays as a film."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spondyl import files
from spondyl.errors import HealingError, Mistake
from spondyl.healing.course import HealingCourse
from spondyl.healing.state import TISSUES, State
from spondyl.volume.frame import affine_ras

LABELS = {name: number for number, name in enumerate(TISSUES, 1)}
"""Tissue → its number in the file; 0 lies outside the region."""


def leading(state: State) -> NDArray[np.uint8]:
    """Return the number of the tissue that takes most of each voxel, (z, y, x), 0 where there is none."""
    shares = np.stack([state[name] for name in TISSUES])
    return np.where(shares.sum(axis=0) > 0, shares.argmax(axis=0) + 1, 0).astype(np.uint8)


def write_series(course: HealingCourse, path: Path | str) -> Path:
    """Write the leading tissue of every follow-up as a NIfTI of (x, y, z, time) and return its path.

    Voxels are in mm, time in seconds (NIfTI has no days) at even steps; the days stand in the description.

    Raises
    ------
    HealingError
        If the name does not end with .nii or .nii.gz, or there are fewer than two follow-ups, or they are not
        evenly spaced.
    """
    import nibabel

    path = Path(path)
    if not path.name.endswith((".nii", ".nii.gz")):
        raise HealingError(Mistake("healing series", path.name, "must end with .nii or .nii.gz"))
    days = sorted(course.states)
    steps = np.diff(days)
    if steps.size == 0 or not np.allclose(steps, steps[0]):
        given = "follow-ups on days " + ", ".join(f"{day:g}" for day in days)
        allowed = "must be two or more, evenly spaced: give healing.run follow_up=range(9) or alike"
        raise HealingError(Mistake("healing series", given, allowed))
    frames = np.stack([leading(course.states[day]).transpose(2, 1, 0) for day in days], axis=-1)
    affine = affine_ras(course.region.part)
    image = nibabel.Nifti1Image(frames, affine)
    image.header.set_xyzt_units("mm", "sec")
    image.header["pixdim"][4] = float(steps[0]) * 86400
    image.header["descrip"] = f"day {days[0]:g} to {days[-1]:g} by {steps[0]:g}".encode()
    with files.appearing(path) as part:
        nibabel.save(image, part)
    return path
