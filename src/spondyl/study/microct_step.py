"""The step that measures one micro-CT scan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spondyl.study.task import HEIGHT, OUTLINED, TINTED, Task, write_result

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from spondyl.assay.microct import Segmentation
    from spondyl.assay.microct.compartments import Compartments
    from spondyl.volume import Scan

STEP = "microct"
VERSION = 2
"""Raised whenever the same scan and settings would give other numbers."""

AUTO = "auto"


def measure(task: Task, folder: Path) -> None:
    """Measure the scan of `task` and write its result and picture into `folder`.

    Raises
    ------
    StudyError
        When the scan cannot be read or measured.
    """
    from spondyl.assay import microct
    from spondyl.study.microct_settings import assay_settings, read_scan

    scan = read_scan(task.path, task.settings)
    settings = assay_settings(task.settings, mask=task.mask)
    segmentation = microct.segment(scan, settings)
    parts = _compartments(task, segmentation)
    morphometry = microct.measure_segmentation(scan, segmentation, task.parameters, parts=parts, threads=1)
    quality = microct.quality(scan, segmentation)
    write_result(
        task,
        folder,
        scan,
        rows=microct.rows(morphometry),
        pixels=_picture(segmentation, parts),
        concern=quality.concern,
        remarks=quality.remarks,
        colours=OUTLINED if parts is None else TINTED,
    )


def _compartments(task: Task, segmentation: Segmentation) -> Compartments | None:
    from spondyl.assay.microct.compartments import compartments, read_compartments
    from spondyl.assay.microct.compartments.settings import Contours
    from spondyl.assay.microct.trabecular import refuse_open
    from spondyl.volume import read

    asked, scan = task.settings.get("compartments"), segmentation.field.scan
    if asked is None:
        return None
    if task.mask is not None:
        return read_compartments(read(task.mask), scan.grid)
    found = compartments(segmentation.bone, scan.grid, Contours.of(task.parameters), hole=_hole(task, scan))
    refuse_open(found, scan.name)
    return found


def _hole(task: Task, scan: Scan) -> NDArray[np.bool_] | None:
    """Return the planned defect in the scan, so that the contours of the bone run across its mouth."""
    from spondyl.assay.microct.defect_measurement import located
    from spondyl.study.defect_settings import defect_site
    from spondyl.study.microct_settings import read_scan

    if task.more is None:
        return None
    table = task.more["defect"]
    site = defect_site(table, animal=task.animal)
    baseline = None if task.baseline is None else read_scan(task.baseline, task.settings)
    _, here, _ = located(scan, site, baseline, widest_deg=table["rotation"], parameters=task.parameters)
    return here.in_scan(scan.grid)


def _picture(segmentation: Segmentation, parts: Compartments | None) -> NDArray[np.uint8]:
    """Return the outlines of the bone, and the compartments beneath where there are some."""
    from spondyl.assay.microct.compartments.compartments import NAMES
    from spondyl.assay.microct.overlay import overlay, stacked
    from spondyl.assay.microct.picture import picture
    from spondyl.assay.microct.trabecular import trabecular_part

    scan = segmentation.field.scan
    if parts is None:
        return picture(scan, segmentation)
    inner = trabecular_part(segmentation, parts)
    outlines = picture(scan, inner, height=HEIGHT)
    return stacked(outlines, overlay(scan, parts.labels, NAMES, height=HEIGHT))
