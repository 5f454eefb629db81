"""Healing on a CUDA device: the same course as on processors, and what it costs.

``python -m validation.device`` prints the rows alone, on a machine that has CuPy and little else.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import astuple
from importlib import import_module

from spondyl import cuda, healing
from spondyl.healing import HealingCourse
from spondyl.vertebra import Vertebra
from validation.healing import bone
from validation.row import Row, below

ARM, SEED = "differentiated", 1
SECONDS = 15.0
"""Eight weeks of an animal on voxels of 25 µm, on one H200."""

TOLD = (("new_bone_mm3", "new bone"), ("stiffness_N_per_mm", "stiffness"))


def device() -> Iterator[Row]:
    """Yield how a device agrees with processors and how long it takes; nothing without a device."""
    missing = cuda.available()
    if missing is not None:
        return
    cupy = import_module("cupy")
    name = cupy.cuda.runtime.getDeviceProperties(cupy.cuda.Device().id)["name"].decode()
    here, _ = _healed(bone(ARM, SEED, "50 um"), "cpu")
    found = {}
    for voxel in (50, 25):
        subject = f"{name}, {voxel} µm"
        filled = bone(ARM, SEED, f"{voxel} um")
        found[voxel], took = _healed(filled, "cuda")
        held = cupy.get_default_memory_pool().total_bytes() / 1024**3
        yield Row(subject, "memory of the device", "", f"{held:.3g} GB", "")
        if voxel == 25:
            yield below(subject, "eight weeks, solves of mechanics included", SECONDS, took, "s")
        else:
            yield Row(subject, "eight weeks, solves of mechanics included", "", f"{took:.3g} s", "")
    for what, title in TOLD:
        there, fine = (found[voxel].days[-1][what] for voxel in (50, 25))
        off = there / here.days[-1][what] - 1
        told = f"{there:.7g} against {here.days[-1][what]:.7g}"
        yield Row(
            name, f"{title}, week 8, 50 µm, against processors", "equal", told, "0.1 %", abs(off) < 1e-3
        )
        change = 100 * (there / fine - 1)
        told = f"{there:.4g} against {fine:.4g}: {change:+.1f} %"
        yield Row(name, f"{title}, week 8, 50 against 25 µm", "equal", told, "5 %", abs(change) < 5)


def _healed(filled: Vertebra, backend: str) -> tuple[HealingCourse, float]:
    """Return a course and how long it took, s, once everything is compiled."""
    healing.run(filled, weeks=2 / 7, follow_up=[2 / 7], seed=SEED, backend=backend)
    began = time.perf_counter()
    course = healing.run(filled, weeks=8, follow_up=[8], seed=SEED, backend=backend)
    return course, time.perf_counter() - began


if __name__ == "__main__":
    for row in device():
        print(*astuple(row), sep=" | ", flush=True)
