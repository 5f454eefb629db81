"""The result of a step that measured a record and no scan."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spondyl.study.provenance import versions
from spondyl.study.task import OUTLINED, PICTURE, RESULT, Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from spondyl.assay.microct import Row


def write_record(
    task: Task,
    folder: Path,
    rows: Sequence[Row],
    pixels: NDArray[np.uint8],
    *,
    remarks: Sequence[str],
    form: str,
) -> None:
    """Write ``result.json`` and ``picture.png`` of a step into `folder`.

    Parameters
    ----------
    task : what was done.
    folder : of the step, empty.
    rows : what was found.
    pixels : the quality-control picture, shape (rows, columns, 3).
    remarks : what to doubt.
    form : what the file is.
    """
    from PIL import Image

    Image.fromarray(pixels).quantize(OUTLINED).save(folder / PICTURE, optimize=True)
    result = {
        "rows": [list(row) for row in rows],
        "concern": 0.0,
        "remarks": list(remarks),
        "notes": [],
        "format": form,
        "content": task.content,
        "made_with": versions(),
    }
    (folder / RESULT).write_text(json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False), "utf-8")
