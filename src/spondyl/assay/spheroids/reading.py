"""Reading pictures of spheroids."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spondyl.assay.picture_files import read_picture
from spondyl.assay.spheroids.micrograph import Micrograph


def read(path: Path, pixel_um: float | None = None) -> Micrograph:
    """Read a picture; see :func:`spondyl.assay.picture_files.read_picture`.

    Parameters
    ----------
    path : TIFF (also OME and ImageJ), PNG or JPEG.
    pixel_um : edge of a pixel; comes before what the file says.

    Raises
    ------
    MeasurementError
        What the reader or :class:`Micrograph` refuses.
    """
    found = read_picture(path, pixel_um)
    return Micrograph(found.values.astype(np.float32), found.pixel_um, found.largest, path.name)
