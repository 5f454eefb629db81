"""Pictures as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spondyl import files


def write_tiff(channels: NDArray[np.uint16], pixel_um: float, path: Path, bits: int = 16) -> Path:
    """Write a picture as a TIFF of ImageJ with its pixel size, and return its path.

    Parameters
    ----------
    channels : shape (channels, rows, columns).
    pixel_um : edge of a pixel.
    path : of the file, which is replaced.
    bits : of the camera; 8 or fewer are written as bytes.
    """
    import tifffile

    values = channels.astype(np.uint8) if bits <= 8 else channels
    with files.appearing(path) as part:
        tifffile.imwrite(
            part,
            values,
            imagej=True,
            resolution=(1 / pixel_um, 1 / pixel_um),
            metadata={"axes": "CYX", "unit": "um"},
        )
    return path
