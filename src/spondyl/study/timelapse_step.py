"""The step that compares one scan with the baseline of its animal."""

from __future__ import annotations

from pathlib import Path

from spondyl.study.task import HEIGHT, Task, write_result

STEP = "timelapse"
VERSION = 1


def measure(task: Task, folder: Path) -> None:
    """Compare the scan of `task` with its baseline and write the result and a picture into `folder`.

    Raises
    ------
    StudyError
        When a scan cannot be read or measured, or is not of the bone of its baseline.
    """
    from dataclasses import replace

    from spondyl.assay.microct.overlay import overlay
    from spondyl.assay.microct.timelapse.comparison import compare
    from spondyl.assay.microct.timelapse.remodelling import NAMES
    from spondyl.assay.microct.timelapse.rows import concern, rows
    from spondyl.study.microct_settings import assay_settings, read_scan

    if task.baseline is None:
        raise ValueError("a time-lapse needs a baseline")
    first, second = (read_scan(path, task.settings) for path in (task.baseline, task.path))
    settings = replace(assay_settings(task.settings, mask=task.mask), largest=False)
    wide = (task.more or {})["timelapse"]["rotation"]
    done = compare(first, second, settings, days=task.days, widest_deg=wide, parameters=task.parameters)
    write_result(
        task,
        folder,
        second,
        rows=rows(done),
        pixels=overlay(done.registered, done.change.labels, NAMES, height=HEIGHT),
        concern=concern(done),
        remarks=done.remarks,
    )
