"""Bone of the trabecular compartment alone, and the numbers of the cortex around it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.census import slab_thickness
from spondyl.assay.microct.compartments import Compartments, Cortex, cortex
from spondyl.assay.microct.compartments.compartments import CORTEX, TRABECULAR
from spondyl.assay.microct.compartments.cortex import by_spheres
from spondyl.assay.microct.histogram import BINS, Histogram, bin_counts
from spondyl.assay.microct.segmentation import Segmentation
from spondyl.assay.microct.voi_mask import Mask
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Meaning, Scan

Bools = NDArray[np.bool_]
Triple = tuple[float, float, float]

MOST_OPEN = 0.25
"""Share of the surface of the trabecular compartment that may lie at no cortex.

Vertebra-like phantoms, pedicles and all, show 0.04 at most; blocks of trabecular bone, which have no cortex,
0.46 and 0.62.
"""

CORTEX_RULE = (
    "cortex: mean over the slices across z that hold cortex and trabecular compartment; area of its bone "
    "without pores; porosity, the share of it that is not bone; thickness by maximal spheres in the cortex "
    "with its pores filled"
)


def trabecular_part(segmentation: Segmentation, parts: Compartments) -> Segmentation:
    """Return the bone of the trabecular compartment, with this compartment as volume of interest.

    Bone was sought, and its largest part kept, in the whole scan: a trabecula that hangs on the cortex alone
    stays. Beyond the compartment bone goes on, so that it is cut there and has no surface.

    Parameters
    ----------
    segmentation : of the whole scan.
    parts : compartments on its grid.

    Raises
    ------
    MeasurementError
        If the segmentation has a volume of interest of its own or another shape, or if the compartment is
        missing, without bone, or nothing but bone.
    """
    scan, inside = segmentation.field.scan, parts.trabecular
    where = f"{scan.name} › compartments"
    if segmentation.voi is not None:
        allowed = "the trabecular compartment is the volume of interest; leave one of the two out"
        raise MeasurementError(Mistake(where, "a volume of interest as well", allowed))
    if inside.shape != scan.grid.shape:
        given = f"compartments of shape {inside.shape}"
        raise MeasurementError(Mistake(where, given, f"the scan has shape {scan.grid.shape}"))
    bone = segmentation.bone & inside
    _refuse_trivial(bone, inside, where)
    drawn = Scan(inside.view(np.uint8), scan.grid, Meaning.LABELS)
    return replace(
        segmentation,
        settings=replace(segmentation.settings, voi=Mask(drawn)),
        bone=bone,
        voi=inside,
        histogram=_histogram(segmentation, inside),
    )


def refuse_open(parts: Compartments, name: str) -> None:
    """Refuse compartments found in what is no whole bone, by how open the trabecular compartment lies.

    Parameters
    ----------
    parts : as found, not as drawn: a person may draw the trabecular compartment off the cortex.
    name : of the scan.

    Raises
    ------
    MeasurementError
        If more than a quarter of the surface of the trabecular compartment, cut faces left aside, borders on
        no cortex.
    """
    share = _open_share(parts.labels)
    if share > MOST_OPEN:
        given = f"a bone whose inside lies open: {share:.0%} of its surface is not covered by cortex"
        allowed = (
            f"must be {MOST_OPEN:.0%} at most; the scan must show the outer surface of a whole bone, or its "
            "compartments must be drawn"
        )
        raise MeasurementError(Mistake(f"{name} › compartments", given, allowed))


def _open_share(labels: NDArray[np.uint8]) -> float:
    """Return the share of the voxel faces around the trabecular compartment that do not touch cortex."""
    faces = bare = 0
    for axis in range(3):
        along = np.moveaxis(labels, axis, 0)
        for one, other in ((along[:-1], along[1:]), (along[1:], along[:-1])):
            edge = other[(one == TRABECULAR) & (other != TRABECULAR)]
            faces += edge.size
            bare += int(np.count_nonzero(edge != CORTEX))
    return bare / faces if faces else 1.0


def measure_cortex(
    segmentation: Segmentation, parts: Compartments, *, thickness: bool, threads: int
) -> Cortex:
    """Return the numbers of the cortex.

    Parameters
    ----------
    segmentation : of the whole scan.
    parts : compartments on its grid.
    thickness : whether to measure its thickness, which takes most of the time; NaN otherwise.
    threads : threads used; changes no digit.
    """
    local = partial(by_spheres, threads=threads) if thickness else _unknown
    return cortex(segmentation.bone, parts, thickness_map=local)


def _unknown(mask: Bools, spacing_mm: Triple) -> NDArray[np.floating]:  # noqa: ARG001  as by_spheres
    return np.full(mask.shape, np.nan, dtype=np.float32)


def _histogram(segmentation: Segmentation, inside: Bools) -> Histogram:
    field, counted = segmentation.field, segmentation.census
    counts = np.zeros(BINS, dtype=np.int64)
    for start, stop in field.scan.slabs(slab_thickness(field.scan.grid.shape)):
        values = field.slab(start, stop)[inside[start:stop]]
        counts += bin_counts(values, counted.lowest, counted.highest)
    return Histogram(counted.lowest, counted.highest, counts)


def _refuse_trivial(bone: Bools, inside: Bools, where: str) -> None:
    tv, bv = int(np.count_nonzero(inside)), int(np.count_nonzero(bone))
    if tv == 0:
        allowed = "must mark one by 1 (trabecular compartment) for its bone to be measured"
        raise MeasurementError(Mistake(where, "no trabecular compartment", allowed))
    if bv in (0, tv):
        given = f"{'nothing but' if bv else 'no'} bone in the trabecular compartment"
        raise MeasurementError(Mistake(where, given, "check the threshold and look at the compartments"))
