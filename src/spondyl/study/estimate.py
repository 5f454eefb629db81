"""How long a run will take, from a small volume measured on this machine now."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from spondyl.study.schema import MicroctSection

_EDGE = 96


def sample_cost(settings: MicroctSection, voxels: int) -> tuple[float, float]:
    """Return seconds of one core for `voxels` voxels, and bytes of disk per scan.

    A synthetic volume of 96³ voxels is measured with the same settings; time is scaled by volume. The
    volume of interest is left out, so the time is an upper estimate for a study that has one.
    """
    import numpy as np
    from scipy.ndimage import gaussian_filter

    from spondyl import volume
    from spondyl.quantity import shipped
    from spondyl.study.microct_step import STEP, VERSION, measure
    from spondyl.study.task import STAGE, Task

    noise = gaussian_filter(np.random.default_rng(0).standard_normal((_EDGE,) * 3), 3)
    bone = (noise > np.quantile(noise, 0.8)).astype(np.int16)
    table = settings.model_copy(
        update={"voi": None, "compartments": None, "threshold": "otsu", "voxel": None}
    ).model_dump(mode="json")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "sample.nii"
        grid = volume.Grid(bone.shape, (0.02, 0.02, 0.02))
        volume.write(volume.Volume(bone, grid, volume.Meaning.RAW), path)
        task = Task(STEP, VERSION, "sample", "", 0.0, "sample", path, "", table, shipped()[STAGE])
        measure(task, Path(name))  # imports and first-call costs are not counted
        began = time.perf_counter()
        measure(task, Path(name))
        seconds = time.perf_counter() - began
        written = sum((Path(name) / part).stat().st_size for part in ("result.json", "picture.png"))
    return seconds * voxels / _EDGE**3, float(written)
