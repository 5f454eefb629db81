"""The step that measures one record of a testing machine."""

from __future__ import annotations

from pathlib import Path

from spondyl.study.task import Task, save_result

STEP = "compression"
VERSION = 1


def measure(task: Task, folder: Path) -> None:
    """Measure the record of `task` and write its result and its curve into `folder`.

    Raises
    ------
    StudyError
        When the record cannot be read or measured.
    """
    from spondyl.assay.compression import measure as measured
    from spondyl.assay.compression import read, rows, specimen_displacement
    from spondyl.study.chart import Mark, chart
    from spondyl.study.record_settings import curve_settings

    settings, stated = curve_settings(task.settings)
    curve = read(task.path, stated)
    found = measured(curve, settings, task.parameters)
    x = specimen_displacement(curve, settings) - found.toe_mm
    marks = [Mark("ultimate", found.ultimate_displacement_mm, found.ultimate_load_N)]
    if found.yield_load_N is not None and found.yield_displacement_mm is not None:
        marks.insert(0, Mark("yield", found.yield_displacement_mm, found.yield_load_N))
    slope = found.ultimate_load_N / found.stiffness_N_per_mm
    pixels = chart(
        x,
        curve.load_N,
        across="displacement, mm",
        up="load, N",
        marks=marks,
        line=((0.0, 0.0), (slope, found.ultimate_load_N)),
    )
    # A record's notes are among its measurement's remarks.
    save_result(
        task,
        folder,
        rows=rows(found, task.parameters),
        pixels=pixels,
        form="record",
        remarks=found.remarks,
    )
