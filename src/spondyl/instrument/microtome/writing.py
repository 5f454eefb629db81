"""Pictures of slides as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spondyl import files


def write_tiff(picture: NDArray[np.uint8], pixel_um: float, path: Path) -> Path:
    """Write a picture in colour as a TIFF with its resolution, and return its path.

    Parameters
    ----------
    picture : (rows, columns, 3).
    pixel_um : edge of a pixel.
    path : of the file, which is replaced.
    """
    import tifffile

    per_cm = 10_000 / pixel_um
    with files.appearing(path) as part:
        tifffile.imwrite(
            part, picture, photometric="rgb", resolution=(per_cm, per_cm), resolutionunit="CENTIMETER"
        )
    return path
