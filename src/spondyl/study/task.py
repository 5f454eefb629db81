"""One step of a study: what is measured of one scan, and everything its result depends on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spondyl.quantity import Parameter
from spondyl.study.provenance import versions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from spondyl.assay.microct import Row
    from spondyl.volume import Scan

STAGE = "assay/microct"
RESULT, PICTURE = "result.json", "picture.png"
HEIGHT = 300
"""Pixels of the tallest slice of a tinted picture: tints need many colours, and a page holds many."""

OUTLINED, TINTED = 64, 256
"""Colours of a picture: a third of the bytes and no difference to the eye; tints of labels need more."""


@dataclass(frozen=True, slots=True)
class Task:
    """One step of one scan; small and picklable.

    Parameters
    ----------
    step : assay of the rows it gives, also the name of its part of the cache.
    version : of the step; raised whenever the same inputs would give other numbers.
    animal, group, week, label : which scan; `label` is the stem of its result files.
    path : file or folder to read.
    content : hash of what is there.
    settings : the ``[microct]`` table of the merged study file.
    parameters : numbers of the stage ``assay/microct``, the study's own in their place.
    mask : labels volume of the volume of interest, the compartments or the defect, when there is one.
    mask_content : its hash.
    more : further tables of the study file that this step takes, by name.
    baseline, baseline_content : scan it is compared with, and its hash.
    days : since the baseline.
    source : key of the simulation that leaves the file; empty for a file that is there.
    """

    step: str
    version: int
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
    more: Mapping[str, Any] | None = None
    baseline: Path | None = None
    baseline_content: str = ""
    days: float = 0.0
    source: str = ""

    @property
    def inputs(self) -> dict[str, Any]:
        """Everything the result depends on, ready to be hashed."""
        given = {
            "step": self.step,
            "version": self.version,
            "content": self.content,
            "settings": self.settings,
            "parameters": {name: asdict(parameter) for name, parameter in self.parameters.items()},
            "mask": self.mask_content,
        }
        if self.more is not None:
            given |= {"more": dict(self.more), "baseline": self.baseline_content, "days": self.days}
        return given


def write_result(
    task: Task,
    folder: Path,
    scan: Scan,
    *,
    rows: Sequence[Row],
    pixels: NDArray[np.uint8],
    concern: float,
    remarks: Sequence[str],
    colours: int = TINTED,
) -> None:
    """Write ``result.json`` and ``picture.png`` of a step into `folder`.

    Parameters
    ----------
    task : what was done.
    folder : of the step, empty.
    scan : that was measured.
    rows : what was found.
    pixels : the quality-control picture, shape (rows, columns, 3).
    concern : largest ratio of a quality figure to its limit.
    remarks : what to doubt.
    colours : of the picture.
    """
    from spondyl.assay.microct.morphometry import voxel_um

    save_result(
        task,
        folder,
        rows=rows,
        pixels=pixels,
        concern=concern,
        remarks=remarks,
        notes=scan.source.notes if scan.source else (),
        form=scan.source.format if scan.source else "",
        colours=colours,
        voxel_um=voxel_um(scan.grid),
        values=scan.meaning.value,
    )


def save_result(
    task: Task,
    folder: Path,
    *,
    rows: Sequence[Row],
    pixels: NDArray[np.uint8],
    form: str,
    concern: float = 0.0,
    remarks: Sequence[str] = (),
    notes: Sequence[str] = (),
    colours: int = OUTLINED,
    **facts: Any,
) -> None:
    """Write ``result.json`` and ``picture.png`` of a step of any file into `folder`.

    Parameters
    ----------
    task, folder, rows, pixels, concern, remarks, colours : as of :func:`write_result`.
    form : what the file is.
    notes : of its reader.
    facts : further ones, ready for JSON.
    """
    from PIL import Image

    Image.fromarray(pixels).quantize(colours).save(folder / PICTURE, optimize=True)
    result = {
        "rows": [list(row) for row in rows],
        "concern": concern,
        "remarks": list(remarks),
        "notes": list(notes),
        "format": form,
        **facts,
        "content": task.content,
        "made_with": versions(),
    }
    (folder / RESULT).write_text(json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False), "utf-8")
