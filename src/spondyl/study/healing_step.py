"""The step that reads what the simulation itself knows of a week: origin of bone, cells, union, stiffness."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from spondyl.study.provenance import versions
from spondyl.study.task import PICTURE, RESULT, Task

STEP = "healing"
VERSION = 2

HOW = "known by the simulation"
"""Method of rows that no instrument measured."""


def measure(task: Task, folder: Path) -> None:
    """Copy what is known, and the picture beside it, into the result of `task`."""
    known = json.loads(task.path.read_text("utf-8"))
    shutil.copyfile(task.path.with_suffix(".png"), folder / PICTURE)
    result = {
        "rows": known["rows"],
        "concern": 0.0,
        "remarks": known["remarks"],
        "notes": [],
        "format": "simulation",
        **({"voxel_um": known["voxel_um"]} if "voxel_um" in known else {}),
        "content": task.content,
        "made_with": versions(),
    }
    (folder / RESULT).write_text(json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False), "utf-8")
