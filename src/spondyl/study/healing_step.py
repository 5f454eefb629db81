"""The step that reads what the simulation itself knows of a week: origin of bone, cells, union, stiffness."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from spondyl.study.provenance import versions
from spondyl.study.simulated import week_name
from spondyl.study.task import PICTURE, RESULT, Task

STEP = "healing"
VERSION = 2


def picture_name(week: float) -> str:
    """Return the file of the picture of a week in the folder of its simulation."""
    return f"{week_name(week)}_known.png"


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
