"""A cut through tissue before it is stained: which tissue each pixel is, where nuclei and osteoclasts lie.

A simulated voxel holds shares of tissues but not where they lie in it. The cut gives pixels to tissues by a
smooth random texture, as many to each as its share says; within a share bone, β-TCP and soft tissue lie
beside each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import InstrumentError, Mistake
from spondyl.healing.account import counted
from spondyl.healing.course import HealingCourse
from spondyl.healing.texture import parted, texture
from spondyl.quantity import Parameter, convert, convert_number, shipped
from spondyl.vertebra.streams import stream

Floats = NDArray[np.float64]
Labels = NDArray[np.int8]
Mask = NDArray[np.bool_]

TISSUES = ("void", "marrow", "soft", "cartilage", "bone", "osteoid", "new_bone", "scaffold")
"""Tissues of a cut, in the order in which they lie beside each other in a texture."""

SOLID = ("bone", "osteoid", "new_bone", "scaffold")

NUCLEI: Mapping[str, str] = {
    "marrow": "nuclei_marrow",
    "soft": "nuclei_soft",
    "cartilage": "nuclei_cartilage",
    "bone": "nuclei_bone",
    "new_bone": "nuclei_new_bone",
}
"""Tissue -> the number that says how many nuclei it shows."""

PLANES: Mapping[str, int] = {"axial": 0, "coronal": 1, "sagittal": 2}

MOST_PIXELS = 60_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """What a section holds.

    Parameters
    ----------
    labels : place of each pixel's tissue in :data:`TISSUES`, (rows, columns).
    pixel_um : edge of a pixel.
    osteoclasts : number of each pixel's osteoclast from 1, 0 where there is none.
    nuclei : where nuclei lie.
    """

    labels: Labels
    pixel_um: float
    osteoclasts: NDArray[np.int32]
    nuclei: Mask

    def share(self, *tissues: str) -> float:
        """Return the share of the picture that tissues take."""
        return float(np.isin(self.labels, [TISSUES.index(one) for one in tissues]).mean())


def of_course(
    course: HealingCourse,
    *,
    week: float,
    plane: Literal["axial", "coronal", "sagittal"] = "coronal",
    pixel: str | None = None,
    seed: int,
    parameters: Mapping[str, Parameter] | None = None,
) -> Cut:
    """Return a cut through the middle of a healing defect.

    Parameters
    ----------
    course : of healing; the week must be one of its follow-ups.
    week : when the animal is killed.
    plane : of the cut.
    pixel : edge of a pixel, such as "2 um"; that of the table if None.
    seed : of the texture, nuclei and osteoclasts.
    parameters : of the stage "instrument/microtome"; None for those that ship.

    Raises
    ------
    InstrumentError
        An unknown plane, or a picture that is too large.
    HealingError
        If the week is no follow-up.
    """
    table = shipped()["instrument/microtome"] if parameters is None else parameters
    if plane not in PLANES:
        raise InstrumentError(Mistake("microtome › plane", repr(plane), f"must be {', '.join(PLANES)}"))
    state, region = course.at(week=week).state, course.region
    axis = PLANES[plane]
    others = tuple(one for one in range(3) if one != axis)
    along = region.weight.sum(axis=others)
    middle = round(float((along * np.arange(len(along))).sum() / along.sum()))
    place = tuple(middle if one == axis else slice(None) for one in range(3))
    woven = state["woven_host"] + state["woven_graft"]
    mineral = np.minimum(state["mineral"], woven)
    fields = {
        "marrow": state["marrow"],
        "soft": state["granulation"] + state["fibrous"],
        "cartilage": state["cartilage"],
        "bone": state["lamellar"],
        "osteoid": woven - mineral,
        "new_bone": mineral,
        "scaffold": state["tcp"],
    }
    fields["void"] = np.clip(1 - sum(fields.values()), 0, 1)
    edges = [1000 * region.edges[one] for one in others]
    um = _pixel(pixel, table)
    shares = np.stack([_fine(fields[name][place], edges, um) for name in TISSUES])
    room = float(region.weight.sum()) * region.voxel_mm3
    clasts = counted(state, region, "osteoclast") / max(room, 1e-30)
    return _drawn(shares, um, seed, table, clasts)


def synthetic(
    shares: Mapping[str, float],
    *,
    pixels: int = 512,
    pixel: str | None = None,
    osteoclasts_per_mm3: float = 200.0,
    seed: int,
    parameters: Mapping[str, Parameter] | None = None,
) -> Cut:
    """Return a cut with given shares of tissues, to test an assay by.

    Parameters
    ----------
    shares : by tissue; what they leave of one is empty.
    pixels : of an edge.
    pixel : edge of a pixel; that of the table if None.
    osteoclasts_per_mm3 : in the tissue; they lie along surfaces.
    seed : of everything that is drawn.
    parameters : of the stage "instrument/microtome"; None for those that ship.

    Raises
    ------
    InstrumentError
        An unknown tissue, or shares that are more than one.
    """
    table = shipped()["instrument/microtome"] if parameters is None else parameters
    unknown = [name for name in shares if name not in TISSUES]
    total = sum(shares.values())
    if unknown or not 0 < total <= 1 + 1e-9 or min(shares.values()) < 0:
        given = f"tissue {unknown[0]!r}" if unknown else f"shares of {total:g} in all"
        raise InstrumentError(
            Mistake("microtome", given, f"must be shares of {', '.join(TISSUES)}, at most one")
        )
    every = {"void": 1 - total + shares.get("void", 0.0)} | {k: v for k, v in shares.items() if k != "void"}
    flat = np.array([every.get(name, 0.0) for name in TISSUES])
    whole = np.broadcast_to(flat[:, None, None], (len(TISSUES), pixels, pixels))
    return _drawn(whole, _pixel(pixel, table), seed, table, osteoclasts_per_mm3)


def _pixel(pixel: str | None, table: Mapping[str, Parameter]) -> float:
    if pixel is None:
        return table["pixel"].value
    return convert(pixel, "um", where="microtome › pixel", positive=True)


def _fine(values: Floats, edges: list[float], um: float) -> Floats:
    """Return a plane of voxels on pixels."""
    from scipy.ndimage import zoom

    by = tuple(edge / um for edge in edges)
    if np.prod([n * b for n, b in zip(values.shape, by, strict=True)]) > MOST_PIXELS:
        given = f"pixels of {um:g} µm"
        raise InstrumentError(
            Mistake("microtome › pixel", given, f"give more than {MOST_PIXELS}: take larger ones")
        )
    return np.asarray(zoom(values, by, order=1, grid_mode=True, mode="nearest"))


def _drawn(shares: Floats, um: float, seed: int, table: Mapping[str, Parameter], clasts: float) -> Cut:
    """Return a cut of shares on pixels, (tissues, rows, columns)."""
    draws = stream(seed, "microtome", "texture")
    tissue, inside = parted(shares, texture(draws, shares.shape[1:], _number(table, "grain", "um") / um))
    labels = np.where(inside, tissue, 0).astype(np.int8)
    draws = stream(seed, "microtome", "cells")
    osteoclasts = _osteoclasts(labels, um, clasts, draws, table)
    return Cut(labels, um, osteoclasts, _nuclei(labels, osteoclasts, um, draws, table))


def _osteoclasts(
    labels: Labels, um: float, per_mm3: float, draws: np.random.Generator, table: Mapping[str, Parameter]
) -> NDArray[np.int32]:
    """Return osteoclasts that sit on bone and scaffold, as many as the section's thickness cuts."""
    from scipy.ndimage import binary_erosion

    found = np.zeros(labels.shape, np.int32)
    radius = _number(table, "osteoclast", "um") / 2
    deep = _number(table, "thickness", "um") + 2 * radius
    area = float((labels > 0).sum()) * um**2
    count = int(draws.poisson(per_mm3 * 1e-9 * area * deep))
    solid = np.isin(labels, [TISSUES.index(one) for one in SOLID])
    edge = np.argwhere(solid & ~binary_erosion(solid, border_value=1))
    if not count or not len(edge):
        return found
    reach = int(np.ceil(1.3 * radius / um)) + 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1] * um
    taken: list[tuple[int, int]] = []
    for row, column in edge[draws.permutation(len(edge))]:
        if len(taken) == count:
            break
        if any(abs(row - a) + abs(column - b) < 4 * radius / um for a, b in taken):
            continue
        angle, long = draws.uniform(0, np.pi), draws.uniform(1.0, 1.3)
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        cell = (along / long) ** 2 + (across * long) ** 2 <= radius**2
        top, left = row - reach, column - reach
        if top < 0 or left < 0 or top + len(y) > labels.shape[0] or left + len(x) > labels.shape[1]:
            continue
        part = found[top : top + len(y), left : left + len(y)]
        free = cell & ~solid[top : top + len(y), left : left + len(y)]
        if free.sum() * um**2 < 0.4 * np.pi * radius**2:
            continue
        taken.append((int(row), int(column)))
        part[free] = len(taken)
    return found


def _nuclei(
    labels: Labels,
    osteoclasts: NDArray[np.int32],
    um: float,
    draws: np.random.Generator,
    table: Mapping[str, Parameter],
) -> Mask:
    """Return nuclei: many in marrow, fewer in soft tissue, single ones in bone, several in an osteoclast."""
    from scipy.ndimage import binary_dilation

    per_pixel = np.zeros(len(TISSUES))
    for tissue, number in NUCLEI.items():
        per_pixel[TISSUES.index(tissue)] = table[number].value * 1e-6 * um**2
    chance = per_pixel[labels] + (osteoclasts > 0) * table["nuclei_osteoclast"].value * 1e-6 * um**2
    seeds = draws.random(labels.shape) < chance
    radius = _number(table, "nucleus", "um") / 2 / um
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    return np.asarray(binary_dilation(seeds, x**2 + y**2 <= radius**2))


def _number(table: Mapping[str, Parameter], name: str, unit: str) -> float:
    return convert_number(table[name].value, table[name].unit, unit, where=f"instrument/microtome › {name}")
