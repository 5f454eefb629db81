"""The step that measures what fills the defect of one scan."""

from __future__ import annotations

from pathlib import Path

from spondyl.study.task import HEIGHT, Task, write_result

STEP = "defect"
VERSION = 1


def measure(task: Task, folder: Path) -> None:
    """Measure the defect in the scan of `task` and write its result and picture into `folder`.

    Raises
    ------
    StudyError
        When a scan cannot be read or measured, or is not of the bone of its baseline.
    """
    from dataclasses import replace

    from spondyl.assay.microct.defect_measurement import NO_BASELINE, NO_PHASES, measure_defect
    from spondyl.assay.microct.filling_rows import concern, rows
    from spondyl.assay.microct.overlay import overlay
    from spondyl.study.defect_settings import defect_site, phase_settings
    from spondyl.study.microct_settings import assay_settings, read_scan

    more = task.more or {}
    table = more["defect"]
    scan = read_scan(task.path, task.settings)
    done = measure_defect(
        scan,
        defect_site(table, task.mask, animal=task.animal),
        replace(assay_settings({**task.settings, "voi": None}), largest=False),
        baseline=None if task.baseline is None else read_scan(task.baseline, task.settings),
        phases=phase_settings(more["phases"]) if table["phases"] else None,
        parameters=task.parameters,
        widest_deg=table["rotation"],
        aligned=bool(task.source),
        threads=1,
    )
    write_result(
        task,
        folder,
        scan,
        rows=rows(done),
        pixels=overlay(done.shown, done.labels, done.names, corner=done.corner, height=HEIGHT),
        concern=concern(done),
        # What holds for all scans alike stands in the methods.
        remarks=[remark for remark in done.remarks if remark not in (NO_BASELINE, NO_PHASES)],
    )
