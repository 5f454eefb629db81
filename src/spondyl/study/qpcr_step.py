"""The step that measures one animal's wells on a plate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spondyl.study.task import Task, save_result

if TYPE_CHECKING:
    from spondyl.assay.qpcr import CtPlate

STEP = "qpcr"
VERSION = 1


def measure(task: Task, folder: Path) -> None:
    """Measure the wells of the animal of `task` and write its result and its levels into `folder`.

    Raises
    ------
    StudyError
        When the plate cannot be read, a reference gene was not detected, or none of the study's genes was.
    """
    from spondyl.assay import qpcr
    from spondyl.errors import MeasurementError, Mistake
    from spondyl.study.chart import bars
    from spondyl.study.record_settings import plate_settings

    plate = qpcr.read(task.path)
    sample = _sample(plate, task)
    found = qpcr.own(plate, sample, plate_settings(task.settings, sample), task.parameters)
    asked = [gene for gene in task.settings["genes"] if gene in found.log2]
    if not asked:
        genes = ", ".join(task.settings["genes"])
        given = f"none of {genes} detected in {sample}"
        raise MeasurementError(Mistake(task.path.name, given, "correct qpcr.genes, or leave the animal out"))
    lost = [f"{gene}: not detected" for gene in task.settings["genes"] if gene not in found.log2]
    pixels = bars({gene: found.log2[gene] for gene in asked}, "log2 of the level over the references")
    save_result(
        task,
        folder,
        rows=qpcr.own_rows(found, asked),
        pixels=pixels,
        form="plate",
        remarks=[*found.remarks, *lost],
    )


def _sample(plate: CtPlate, task: Task) -> str:
    """Return the animal's name on the plate; a simulated animal is the only sample on its own."""
    if not task.source:
        return task.animal
    return next(s for s, kind in zip(plate.sample, plate.kind, strict=True) if kind == "unkn")
