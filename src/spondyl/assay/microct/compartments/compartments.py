"""Cortex and trabecular compartment of a bone, as masks that can be looked at, edited and read again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.compartments.endosteal import trabecular, widths_mm
from spondyl.assay.microct.compartments.periosteal import gap_mm, periosteal, processes
from spondyl.assay.microct.compartments.settings import Contours
from spondyl.assay.microct.voi_mask import Mask
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Grid, Meaning, Scan, Volume

Bools = NDArray[np.bool_]

TRABECULAR, CORTEX, PROCESS = 1, 2, 3
NAMES = {TRABECULAR: "trabecular compartment", CORTEX: "cortex", PROCESS: "processes"}


@dataclass(frozen=True, slots=True, eq=False)
class Compartments:
    """Where each part of a bone lies.

    Parameters
    ----------
    labels : shape (z, y, x), uint8: 0 outside, 1 trabecular compartment, 2 cortex, 3 processes.
    grid : where the voxels lie.
    rule : how the masks were found, in words.
    """

    labels: NDArray[np.uint8]
    grid: Grid
    rule: str

    @property
    def trabecular(self) -> Bools:
        """Marrow and trabeculae inside the endosteal surface."""
        return np.asarray(self.labels == TRABECULAR)

    @property
    def cortex(self) -> Bools:
        """The wall between the endosteal and the periosteal surface, its pores filled."""
        return np.asarray(self.labels == CORTEX)

    @property
    def body(self) -> Bools:
        """Everything inside the periosteal surface but the processes."""
        return np.asarray((self.labels == TRABECULAR) | (self.labels == CORTEX))

    def volume(self) -> Volume:
        """Return the labels as a volume to write, paint over and read again."""
        return Volume(self.labels, self.grid, Meaning.LABELS)


def compartments(
    bone: Bools, grid: Grid, contours: Contours | None = None, *, hole: Bools | None = None
) -> Compartments:
    """Part a bone into cortex, trabecular compartment and processes.

    Parameters
    ----------
    bone : True in bone, shape ``grid.shape``.
    grid : where the voxels lie.
    contours : what was chosen; by default all lengths are found from the image.
    hole : voxels that belong to the bone although they may be empty, such as a drilled defect, so that the
        contours run across its mouth; they become part of the compartment around them.

    Raises
    ------
    MeasurementError
        If there is no bone, if the bone fills the field of view so that it has no outside, or if it encloses
        no marrow.

    Examples
    --------
    >>> tube = np.zeros((8, 20, 20), dtype=bool)
    >>> tube[:, 2:18, 2:18] = True
    >>> tube[:, 5:15, 5:15] = False
    >>> parts = compartments(tube, Grid(tube.shape, (0.1, 0.1, 0.1)))
    >>> int(parts.trabecular.sum()), int(parts.cortex.sum())
    (800, 1248)
    """
    contours = contours or Contours()
    _refuse_shape(bone, grid, "bone")
    if not bone.any():
        raise MeasurementError(Mistake("compartments", "no bone", "must hold at least one bone voxel"))
    if hole is not None:
        _refuse_shape(hole, grid, "hole")
    spacing = grid.spacing_mm
    gap = gap_mm(bone, spacing, contours)
    whole = periosteal(bone if hole is None else bone | hole, spacing, gap, contours.axis)
    if whole.all():
        given = "bone all over the field of view, without an outside"
        raise MeasurementError(
            Mistake("compartments", given, "the scan must show the outer surface of the bone")
        )
    apart = processes(whole, spacing, contours.shares()[1]) if contours.processes else np.zeros_like(whole)
    body = whole & ~apart
    pore, trabecula = widths_mm(bone, body, spacing, contours)
    inner = trabecular(bone, body, spacing, pore, trabecula, contours.axis)
    if not inner.any():
        given = "a bone that encloses no marrow"
        raise MeasurementError(Mistake("compartments", given, "check the threshold and the voxel size"))
    labels = np.where(inner, TRABECULAR, np.where(apart, PROCESS, np.where(body, CORTEX, 0)))
    return Compartments(labels.astype(np.uint8), grid, _rule(contours, gap, pore, trabecula))


def read_compartments(labels: Scan, grid: Grid) -> Compartments:
    """Return compartments that were drawn or corrected by hand.

    Parameters
    ----------
    labels : volume of the values 0 to 3, as :meth:`Compartments.volume` holds them.
    grid : grid of the scan they belong to.

    Raises
    ------
    MeasurementError
        If the labels lie on another grid, hold other values, or mark no cortex and no trabecular bone.
    """
    Mask(labels).inside(grid)
    where = f"compartments › {labels.name}"
    odd = [v for v in np.unique(labels.stored).tolist() if v not in (0, *NAMES)]
    if odd:
        known = ", ".join(f"{value} ({name})" for value, name in NAMES.items())
        raise MeasurementError(Mistake(where, f"the value {odd[0]:g}", f"must be 0 (outside), {known}"))
    held = np.asarray(labels.stored, dtype=np.uint8)
    if not ((held == TRABECULAR) | (held == CORTEX)).any():
        given = "neither cortex nor trabecular compartment"
        raise MeasurementError(Mistake(where, given, "must mark at least one of them, by 2 or 1"))
    return Compartments(held, grid, f"compartments as drawn in {labels.name}")


def _refuse_shape(mask: Bools, grid: Grid, what: str) -> None:
    if mask.shape != grid.shape:
        given = f"a mask of shape {mask.shape}"
        raise MeasurementError(Mistake(f"compartments › {what}", given, f"the scan has shape {grid.shape}"))


def _rule(contours: Contours, gap: float, pore: float, trabecula: float) -> str:
    how = "in three dimensions" if contours.axis is None else f"slice by slice across {'zyx'[contours.axis]}"
    apart = (
        f"; processes, parts thinner than {contours.shares()[1]:.3g} of the thickest, taken off"
        if contours.processes
        else ""
    )
    return (
        f"compartments {how}: periosteal surface by closing gaps up to {gap:.3g} mm and filling{apart}; "
        f"trabecular compartment by closing marrow, without pores narrower than {pore:.3g} mm, over bone "
        f"up to {trabecula:.3g} mm thick that has marrow on both sides; cortex is the rest"
    )
