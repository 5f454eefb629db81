"""The step that measures one picture of the spheroids that an animal is given."""

from __future__ import annotations

from pathlib import Path

from spondyl.study.task import Task, save_result

STEP = "spheroids"
VERSION = 1


def measure(task: Task, folder: Path) -> None:
    """Measure the picture of `task` and write its result and the outlines into `folder`.

    Raises
    ------
    StudyError
        When the picture cannot be read, or shows no whole spheroid.
    """
    from spondyl.assay import spheroids
    from spondyl.assay.spheroids.drawing import outlines
    from spondyl.assay.spheroids.rows import rows
    from spondyl.errors import MeasurementError, Mistake
    from spondyl.study.chart import fitted
    from spondyl.study.record_settings import channels_of, pixel_of

    channels = channels_of(task.settings)
    picture = spheroids.read(task.path, pixel_of(task.settings, STEP))
    found = spheroids.measure(picture, channels, task.parameters)
    if not found.whole:
        allowed = "must show at least one that the edge does not cut"
        raise MeasurementError(Mistake(task.path.name, "no whole spheroid", allowed))
    doubts = [f"spheroid {n}: {said}" for n, one in enumerate(found.spheroids, 1) for said in one.remarks]
    save_result(
        task,
        folder,
        rows=rows(found),
        pixels=fitted(outlines(picture, found, channels.outline)),
        form="picture",
        remarks=[*found.remarks, *doubts],
    )
