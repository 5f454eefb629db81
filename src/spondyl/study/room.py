"""Has the machine what a run needs: room on the disk, and the device that heals its animals."""

from __future__ import annotations

import shutil

from spondyl import cuda
from spondyl.errors import DesignError, Mistake
from spondyl.study.cache import Cache
from spondyl.study.design import Design
from spondyl.study.planning import Plan

PICTURE_BYTES = 300_000
"""Of the result of a step, its picture and its table, as pictures of scans of 1000 voxels edge are."""

VOXEL_BYTES = 1.2
"""Of a simulated scan in its packed file: whole numbers with noise."""

MARGIN_BYTES = 100_000_000
"""Left free for everything else."""


def needed_bytes(design: Design, planned: Plan, cache: Cache) -> float:
    """Return what a run writes at most, once into the cache and once into the results."""
    steps = sum(not cache.holds(task.step, key) for task, key in planned.tasks)
    made = sum(not cache.holds(one.step, key) for one, key in planned.simulations)
    return 2 * (PICTURE_BYTES * steps + made * _simulated_bytes(design))


def refuse_full_disk(design: Design, planned: Plan, cache: Cache) -> None:
    """Raise when the disk cannot take a run, before hours are lost.

    Raises
    ------
    DesignError
        With what is needed and what is free.
    """
    needed, free = needed_bytes(design, planned, cache), shutil.disk_usage(design.folder).free
    if needed and needed + MARGIN_BYTES > free:
        given = f"{free / 1e9:.2f} GB free on its disk"
        allowed = f"the run writes up to {needed / 1e9:.2f} GB; make room, or simulate coarser or less"
        raise DesignError(Mistake(str(design.folder), given, allowed))


def lacking_device(planned: Plan, cache: Cache) -> list[Mistake]:
    """Return the mistake of asking for a CUDA device where there is none; nothing, if no animal needs it."""
    to_make = (made for made, key in planned.simulations if not cache.holds(made.step, key))
    missing = cuda.available() if any(made.settings["backend"] == "cuda" for made in to_make) else None
    if missing is None:
        return []
    allowed = f'{cuda.NEEDED}, or set backend = "cpu"'
    return [Mistake("study.toml, simulation.backend", f"'cuda' with {missing}", allowed)]


def _simulated_bytes(design: Design) -> float:
    """Return the size of the raw files of one simulated animal."""
    from spondyl.quantity import convert

    table = design.file.simulation
    if table is None:
        return 0.0
    edge = convert(table.scan_voxel or table.voxel, "mm", where="study.toml, simulation.voxel", positive=True)
    box_mm3 = 7.5 * 5.5 * 6.0  # of a lumbar vertebra of a rat with its margin
    return len(table.weeks) * (VOXEL_BYTES * box_mm3 / edge**3 + PICTURE_BYTES)
