"""From a picture to the numbers of its spheroids."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.spheroids.micrograph import Micrograph
from spondyl.assay.spheroids.outline import contrast, spheroids
from spondyl.assay.spheroids.settings import Channels
from spondyl.assay.spheroids.zones import dark_core, dead_share
from spondyl.errors import MeasurementError, Mistake
from spondyl.quantity import Parameter, shipped

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Spheroid:
    """One spheroid.

    Parameters
    ----------
    x_um, y_um : of its centre, from the picture's upper left corner.
    diameter_um : of the circle of the same area.
    area_um2, perimeter_um : of its outline.
    circularity : 4π area over perimeter squared; 1 for a circle.
    aspect_ratio : longest over shortest axis of the ellipse of the same moments.
    solidity : area over that of its convex hull.
    necrotic_share, inhibited_share : radius of the core without living and without dividing cells over the
        spheroid's; None without the channel.
    dead_fraction : dead cells over all cells of the section; None without the channel.
    whole : False where the picture's edge cuts it; it then counts in no mean.
    remarks : what is doubtful.
    """

    x_um: float
    y_um: float
    diameter_um: float
    area_um2: float
    perimeter_um: float
    circularity: float
    aspect_ratio: float
    solidity: float
    necrotic_share: float | None
    inhibited_share: float | None
    dead_fraction: float | None
    whole: bool
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Spheroids:
    """All spheroids of a picture.

    Parameters
    ----------
    spheroids : from left to right.
    labels : where each lies, numbered from 1 in their order, (rows, columns).
    pixel_um : edge of a pixel.
    remarks : on the picture.
    """

    spheroids: tuple[Spheroid, ...]
    labels: NDArray[np.int32]
    pixel_um: float
    remarks: tuple[str, ...]

    @property
    def whole(self) -> tuple[Spheroid, ...]:
        """Those that the picture's edge does not cut."""
        return tuple(one for one in self.spheroids if one.whole)

    def as_json(self) -> dict[str, object]:
        """Return the measurement as plain numbers; means are over whole spheroids, and what is unknown has
        no key."""
        found: dict[str, object] = {"pixel_um": self.pixel_um, "count": len(self.whole)}
        for name in ("diameter_um", "circularity", "necrotic_share", "inhibited_share", "dead_fraction"):
            values = [value for one in self.whole if (value := getattr(one, name)) is not None]
            if values:
                found[name] = float(np.mean(values))
                if len(values) > 1:
                    found[f"{name.removesuffix('_um')}_sd{'_um' if name.endswith('_um') else ''}"] = float(
                        np.std(values, ddof=1)
                    )
        found["spheroids"] = [_plain(one) for one in self.spheroids]
        found["remarks"] = list(self.remarks)
        return found


def measure(
    picture: Micrograph, channels: Channels | None = None, parameters: Mapping[str, Parameter] | None = None
) -> Spheroids:
    """Measure every spheroid of a picture.

    Parameters
    ----------
    picture : of one well or section.
    channels : which channel shows what; the first one the outline if None.
    parameters : of the stage "assay/spheroids"; None for those that ship.

    Raises
    ------
    MeasurementError
        A channel that the picture lacks, or no spheroid.
    """
    table = shipped()["assay/spheroids"] if parameters is None else parameters
    asked = channels or Channels()
    asked.refuse_missing(len(picture.channels), picture.name)
    signed = contrast(picture.channels[asked.outline - 1])
    away = np.abs(signed)
    labels = spheroids(signed, picture.pixel_um, table)
    order = _from_left(labels)
    if not order:
        given = f"nothing of {table['smallest'].value:g} µm or more that stands out of the background"
        allowed = "another channel (--outline) or pixel size (--pixel) may be meant"
        raise MeasurementError(Mistake(picture.name, given, allowed))
    renamed = np.zeros(int(labels.max()) + 1, np.int32)
    renamed[order] = np.arange(1, len(order) + 1)
    labels = renamed[labels]
    found = tuple(_one(picture, away, labels == number, asked, table) for number in range(1, len(order) + 1))
    cut = sum(not one.whole for one in found)
    said = [*picture.notes]
    if cut:
        said.append(f"{cut} of {len(found)} spheroids are cut by the picture's edge and count in no mean")
    return Spheroids(found, labels, picture.pixel_um, tuple(said))


def _from_left(labels: NDArray[np.int32]) -> list[int]:
    from scipy import ndimage

    numbers = [int(n) for n in np.unique(labels) if n]
    if not numbers:
        return []
    centres = ndimage.center_of_mass(labels > 0, labels, numbers)
    return [number for _, number in sorted(zip([c[1] for c in centres], numbers, strict=True))]


def _one(
    picture: Micrograph,
    away: NDArray[np.float32],
    mask: Mask,
    asked: Channels,
    table: Mapping[str, Parameter],
) -> Spheroid:
    from skimage.measure import regionprops

    edge = picture.pixel_um
    region = regionprops(mask.astype(np.uint8))[0]
    area = float(region.area)
    around, circular = outline_of(mask, table["cell"].value / edge)
    whole = not (mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())
    y, x = region.centroid
    return Spheroid(
        x_um=(x + 0.5) * edge,
        y_um=(y + 0.5) * edge,
        diameter_um=2 * math.sqrt(area / math.pi) * edge,
        area_um2=area * edge**2,
        perimeter_um=around * edge,
        circularity=circular,
        aspect_ratio=float(region.axis_major_length / max(region.axis_minor_length, 1e-9)),
        solidity=float(region.solidity),
        necrotic_share=_core(picture, asked.living, mask, table),
        inhibited_share=_core(picture, asked.cycling, mask, table),
        dead_fraction=_dead(picture, asked, mask, table),
        whole=whole,
        remarks=tuple(_doubts(picture, away, mask, asked, table, whole)),
    )


def outline_of(mask: Mask, cell: float) -> tuple[float, float]:
    """Return the length of an outline, pixels, and its circularity.

    The outline is drawn smooth over half a cell's diameter, so that single cells which stand out make it no
    longer. Smoothing draws convex outlines inwards: circularity is that of the drawn outline, length over its
    own area, and the length is that of an outline of its shape around the area of the mask.

    Parameters
    ----------
    mask : of a spheroid, without holes.
    cell : diameter of a cell, pixels.
    """
    from scipy import ndimage
    from skimage.measure import find_contours

    sigma = max(cell / 2, 1.0)
    padded = np.pad(mask, int(4 * sigma) + 1).astype(np.float64)
    lines: Sequence[NDArray[np.float64]] = find_contours(ndimage.gaussian_filter(padded, sigma), 0.5)
    y, x = (max(lines, key=len) if lines else np.argwhere(padded)).T
    length = float(np.hypot(np.diff(y), np.diff(x)).sum())
    drawn = 0.5 * abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])))
    if drawn == 0:
        return length, 0.0
    return length * math.sqrt(float(mask.sum()) / drawn), 4 * math.pi * drawn / length**2


def _core(
    picture: Micrograph, channel: int | None, mask: Mask, table: Mapping[str, Parameter]
) -> float | None:
    return None if channel is None else dark_core(picture.channels[channel - 1], mask, table)


def _dead(picture: Micrograph, asked: Channels, mask: Mask, table: Mapping[str, Parameter]) -> float | None:
    if asked.dead is None:
        return None
    size = table["cell"].value / picture.pixel_um
    living = None if asked.living is None else picture.channels[asked.living - 1]
    every = picture.channels[asked.outline - 1]
    return dead_share(picture.channels[asked.dead - 1], living, every, mask, size)


def _doubts(
    picture: Micrograph,
    away: NDArray[np.float32],
    mask: Mask,
    asked: Channels,
    table: Mapping[str, Parameter],
    whole: bool,
) -> list[str]:
    said = [] if whole else ["cut by the picture's edge"]
    if picture.largest is not None:
        full = float((picture.channels[asked.outline - 1][mask] >= picture.largest).mean())
        if full > table["full_pixels"].value:
            said.append(f"overexposed: {100 * full:.0f} % of its pixels are full")
    wide = _edge_width(away, mask) / (2 * math.sqrt(float(mask.sum()) / math.pi))
    if wide > table["blurred_edge"].value:
        said.append(f"out of focus: its outline is {100 * wide:.0f} % of the diameter wide")
    return said


def _edge_width(away: NDArray[np.float32], mask: Mask) -> float:
    """Return the pixels over which the contrast rises from a quarter to three quarters across the outline."""
    from scipy import ndimage

    signed = ndimage.distance_transform_edt(mask) - ndimage.distance_transform_edt(~mask)
    reach = int(0.5 * math.sqrt(float(mask.sum()) / math.pi))
    bins = np.arange(-reach, reach + 1)
    near = np.abs(signed) < reach
    place = np.digitize(signed[near], bins)
    total = np.bincount(place, away[near], minlength=len(bins) + 1)[1:-1]
    count = np.bincount(place, minlength=len(bins) + 1)[1:-1]
    profile = total / np.maximum(count, 1)
    low, high = float(profile[: reach // 2].mean()), float(profile.max())
    rise = (profile - low) / max(high - low, 1e-12)
    return float((rise > 0.75).argmax() - (rise > 0.25).argmax())


def _plain(one: Spheroid) -> dict[str, object]:
    given = asdict(one) | {"remarks": list(one.remarks)}
    return {name: value for name, value in given.items() if value is not None}
