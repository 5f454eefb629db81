"""The step that tells soft tissue, bone and scaffold of one scan apart."""

from __future__ import annotations

from pathlib import Path

from spondyl.study.task import HEIGHT, Task, write_result

STEP = "phases"
VERSION = 1


def measure(task: Task, folder: Path) -> None:
    """Tell the phases of the scan of `task` apart and write the result and a picture into `folder`.

    Raises
    ------
    StudyError
        When the scan cannot be read or judged.
    """
    from dataclasses import replace

    from spondyl.assay.microct.overlay import overlay
    from spondyl.assay.microct.phases.phase_measurement import NAMES, measure_phases, rows
    from spondyl.study.defect_settings import phase_settings
    from spondyl.study.microct_settings import assay_settings, read_scan

    scan = read_scan(task.path, task.settings)
    settings = replace(assay_settings(task.settings, mask=task.mask), largest=False)
    chosen = phase_settings((task.more or {})["phases"])
    done = measure_phases(scan, settings, chosen, parameters=task.parameters, threads=1)
    write_result(
        task,
        folder,
        scan,
        rows=rows(done),
        pixels=overlay(scan, done.found.phase, NAMES, height=HEIGHT),
        concern=done.found.concern,
        remarks=done.found.remarks,
    )
