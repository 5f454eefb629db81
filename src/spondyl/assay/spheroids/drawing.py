"""The outlines over the picture, to be looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.spheroids.measurement import Spheroids
from spondyl.assay.spheroids.micrograph import Micrograph

Pixels = NDArray[np.uint8]

INK, CUT = (255, 176, 0), (220, 60, 60)


def outlines(picture: Micrograph, found: Spheroids, channel: int = 1) -> Pixels:
    """Return the picture in grey with each spheroid's outline and number, shape (rows, columns, 3).

    Parameters
    ----------
    picture, found : what was measured.
    channel : shown, from 1.
    """
    from PIL import Image, ImageDraw
    from skimage.segmentation import find_boundaries

    values = picture.channels[channel - 1]
    low, high = np.quantile(values, [0.001, 0.999])
    grey = np.clip((values - low) / max(float(high - low), 1e-9) * 255, 0, 255).astype(np.uint8)
    image = np.repeat(grey[..., None], 3, axis=2)
    for number, one in enumerate(found.spheroids, 1):
        image[find_boundaries(found.labels == number, mode="inner")] = INK if one.whole else CUT
    sheet = Image.fromarray(image)
    draw = ImageDraw.Draw(sheet)
    for number, one in enumerate(found.spheroids, 1):
        draw.text((one.x_um / found.pixel_um, one.y_um / found.pixel_um), str(number), INK)
    return np.asarray(sheet)
