"""The step that measures one micro-CT scan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from spondyl.quantity import Parameter
from spondyl.study.provenance import versions

STEP, STAGE = "microct", "assay/microct"
VERSION = 2
"""Raised whenever the same scan and settings would give other numbers."""

_COLOURS = 64  # a third of the bytes, and no difference to the eye
RESULT, PICTURE = "result.json", "picture.png"


@dataclass(frozen=True, slots=True)
class MicroctTask:
    """One scan to measure; small and picklable.

    Parameters
    ----------
    animal, group, week, label : which scan; `label` is the stem of its result files.
    path : file or folder to read.
    content : hash of what is there.
    reading : options of :func:`spondyl.volume.read`.
    settings : the ``[microct]`` table of the merged study file.
    parameters : numbers of the stage ``assay/microct``, the study's own in their place.
    mask : labels volume of the volume of interest, when there is one.
    mask_content : its hash.
    """

    animal: str
    group: str
    week: float
    label: str
    path: Path
    content: str
    settings: dict[str, Any]
    parameters: Mapping[str, Parameter]
    mask: Path | None = None
    mask_content: str = ""

    @property
    def inputs(self) -> dict[str, Any]:
        """Everything the result depends on, ready to be hashed."""
        return {
            "step": STEP,
            "version": VERSION,
            "content": self.content,
            "settings": self.settings,
            "parameters": {name: asdict(parameter) for name, parameter in self.parameters.items()},
            "mask": self.mask_content,
        }


def measure(task: MicroctTask, folder: Path) -> None:
    """Measure the scan of `task` and write ``result.json`` and ``picture.png`` into `folder`.

    Raises
    ------
    StudyError
        When the scan cannot be read or measured.
    """
    from PIL import Image

    from spondyl.assay import microct
    from spondyl.study.microct_settings import assay_settings, read_scan

    scan = read_scan(task.path, task.settings)
    settings = assay_settings(task.settings, mask=task.mask)
    segmentation = microct.segment(scan, settings)
    morphometry = microct.measure_segmentation(scan, segmentation, task.parameters, threads=1)
    quality = microct.quality(scan, segmentation)
    picture = Image.fromarray(microct.picture(scan, segmentation)).quantize(_COLOURS)
    picture.save(folder / PICTURE, optimize=True)
    result = {
        "rows": [list(row) for row in microct.rows(morphometry)],
        "concern": quality.concern,
        "remarks": list(quality.remarks),
        "notes": list(scan.source.notes) if scan.source else [],
        "format": scan.source.format if scan.source else "",
        "voxel_um": morphometry.voxel_um,
        "values": scan.meaning.value,
        "content": task.content,
        "made_with": versions(),
    }
    (folder / RESULT).write_text(json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False), "utf-8")
