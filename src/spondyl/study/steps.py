"""The steps of a study, by the name of the assay whose rows they give."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from spondyl.study import (
    compression_step,
    defect_step,
    graft_step,
    healing_step,
    histology_step,
    microct_step,
    phases_step,
    qpcr_step,
    spheroids_step,
    timelapse_step,
)
from spondyl.study.simulated import Simulation
from spondyl.study.task import Task

STEPS = (
    graft_step,
    healing_step,
    microct_step,
    phases_step,
    defect_step,
    timelapse_step,
    compression_step,
    qpcr_step,
    histology_step,
    spheroids_step,
)
VERSIONS: Mapping[str, int] = {step.STEP: step.VERSION for step in STEPS}


def measure(task: Task | Simulation, folder: Path) -> None:
    """Do the step that `task` names; see its module.

    Raises
    ------
    StudyError
        When the scan cannot be read or measured, or the animal not be simulated.
    """
    if isinstance(task, Simulation):
        from spondyl.study.simulating import simulate

        simulate(task, folder)
        return
    next(step for step in STEPS if task.step == step.STEP).measure(task, folder)
