"""The step that measures one stained section."""

from __future__ import annotations

from pathlib import Path

from spondyl.study.task import TINTED, Task, save_result

STEP = "histology"
VERSION = 1


def measure(task: Task, folder: Path) -> None:
    """Measure the section of `task` and write its result and its tissues into `folder`.

    Raises
    ------
    StudyError
        When the picture cannot be read or measured.
    """
    from spondyl.assay import histology
    from spondyl.assay.histology.overlay import overlay
    from spondyl.assay.histology.rows import rows
    from spondyl.study.chart import fitted
    from spondyl.study.record_settings import pixel_of

    section = histology.read(task.path, pixel_of(task.settings, STEP))
    found = histology.measure(section, task.settings["stain"], task.parameters)
    save_result(
        task,
        folder,
        rows=rows(found),
        pixels=fitted(overlay(section, found)),
        form="section",
        remarks=found.remarks,
        colours=TINTED,
    )
