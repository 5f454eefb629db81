"""Healing on grids of 100, 50 and 25 µm: new bone, stiffness, time and memory of one animal of two arms.

What was found is kept in ``build/healing-grids`` and read from there; ``SPONDYL_VALIDATION_FINEST=50`` leaves
finer grids out.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from spondyl import healing
from validation.healing import bone
from validation.row import Row, below

ARMS: Mapping[str, tuple[int, ...]] = {"β-TCP alone": (100, 50), "differentiated": (100, 50, 25)}
"""Edges of voxels, µm, by arm; one arm is enough to know what 25 µm cost."""

SEED = 1
FINEST = int(os.environ.get("SPONDYL_VALIDATION_FINEST", "25"))
KEPT = Path(__file__).resolve().parents[1] / "build" / "healing-grids"
SECONDS = {50: 90.0, 25: 900.0}
GIGABYTES = {50: 1.5, 25: 8.0}
TOLD = (("new_bone_mm3", "new bone"), ("stiffness_N_per_mm", "stiffness"))


class Healed(NamedTuple):
    """What one animal had at week 8, and what that cost: s of the clock and GB at the peak."""

    numbers: dict[str, float]
    seconds: float
    gigabytes: float


def grids() -> Iterator[Row]:
    """Yield time and memory of the finer grids, and how much results change from grid to grid."""
    for arm, voxels in ARMS.items():
        found = {voxel: _known(arm, voxel) for voxel in voxels if voxel >= FINEST}
        for voxel in sorted(found.keys() & SECONDS, reverse=True):
            subject, cost = f"{arm}, {voxel} µm", found[voxel]
            yield below(subject, "eight weeks, time with all processors", SECONDS[voxel], cost.seconds, "s")
            yield below(subject, "peak memory", GIGABYTES[voxel], cost.gigabytes, "GB")
        for name, what in TOLD:
            for coarse, fine in pairwise(found):
                before, after = (found[voxel].numbers[name] for voxel in (coarse, fine))
                change = 100 * (before / after - 1)
                check = f"{what}, week 8, voxels of {coarse} against {fine} µm"
                told = f"{before:.4g} against {after:.4g}: {change:+.1f} %"
                yield Row(arm, check, "equal", told, "5 %", abs(change) < 5)


def _known(arm: str, voxel: int) -> Healed:
    """Return what is kept, or find and keep it."""
    path = KEPT / f"{arm} {voxel}.json"
    if path.is_file():
        return Healed(**json.loads(path.read_text("utf-8")))
    found = _alone(arm, voxel)
    KEPT.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found._asdict()), "utf-8")
    return found


def _alone(arm: str, voxel: int) -> Healed:
    """Return what a process of its own finds: its peak of memory is that of this animal."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_heal, arm, voxel).result()


def _heal(arm: str, voxel: int) -> Healed:
    filled = bone(arm, SEED, f"{voxel} um")
    healing.run(filled, weeks=1 / 7, follow_up=[1 / 7], seed=SEED)  # compiles
    began = time.perf_counter()
    course = healing.run(filled, weeks=8, follow_up=[8], seed=SEED)
    took = time.perf_counter() - began
    return Healed({name: float(value) for name, value in course.days[-1].items()}, took, _peak())


def _peak() -> float:
    """Return the peak of the memory of this process, GB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024**2
