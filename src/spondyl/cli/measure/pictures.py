"""A picture beside the measurement of one file, written where nothing is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spondyl.cli.measure.plotting import existing
from spondyl.cli.show import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def refuse_picture(where: str, path: Path | None, files: Sequence[Path]) -> None:
    """Refuse, before anything is measured, a picture that is there, has another ending or stands for many
    files.

    Parameters
    ----------
    where : verb and option, for messages.
    path : of the picture; None for none.
    files : that are measured.

    Raises
    ------
    MeasurementError
        With every mistake.
    """
    from spondyl.errors import MeasurementError, Mistake

    if path is None:
        return
    wrong = existing(where, (path,))
    if len(files) > 1:
        wrong.append(Mistake(where, f"{len(files)} files", "can be drawn for one file at a time"))
    if path.suffix.lower() != ".png":
        wrong.append(Mistake(where, str(path), "the name must end in .png"))
    if wrong:
        raise MeasurementError(wrong)


def write_picture(pixels: NDArray[np.uint8], path: Path) -> None:
    """Write a picture as PNG, whole or not at all."""
    import io

    from PIL import Image

    from spondyl import files

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    files.write_bytes(path, buffer.getvalue())
    say(f"Wrote {path}")
