"""The steps of a study, by the name of the assay whose rows they give."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from spondyl.study import defect_step, microct_step, phases_step, timelapse_step
from spondyl.study.task import Task

STEPS = (microct_step, phases_step, defect_step, timelapse_step)
VERSIONS: Mapping[str, int] = {step.STEP: step.VERSION for step in STEPS}


def measure(task: Task, folder: Path) -> None:
    """Do the step that `task` names; see its module.

    Raises
    ------
    StudyError
        When the scan cannot be read or measured.
    """
    next(step for step in STEPS if task.step == step.STEP).measure(task, folder)
