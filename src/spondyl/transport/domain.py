"""The masked grid in which fields move."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import contiguous, floats, shape_of
from spondyl.errors import Mistake, TransportError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """Voxels that are open to what moves, prepared once for many steps.

    Nothing is in a voxel that is not open, and nothing passes its faces or the outer faces of the array.

    Parameters
    ----------
    open : which voxels are open, (z, y, x).
    spacing_mm : edges of a voxel, (dz, dy, dx), mm.
    room : share of an open voxel's volume that is open, above 0 and at most 1; None for all of it.

    Attributes
    ----------
    share : the room of open voxels, 0 elsewhere, (z, y, x).
    capacity : the room of open voxels, 1 elsewhere, (z, y, x).
    passing : share of the inner faces that is open, over the squared distance of voxels, along z, y and x,
        1/mm².
    volume_mm3 : of a voxel.

    Raises
    ------
    TransportError
        If an edge is not positive, or an array does not fit.

    Examples
    --------
    >>> Domain(np.ones((2, 3, 4), bool), (0.1, 0.1, 0.1)).shape
    (2, 3, 4)
    """

    open: Mask
    spacing_mm: tuple[float, float, float]
    room: Array | None = None
    share: Array = field(init=False, repr=False)
    capacity: Array = field(init=False, repr=False)
    _passing: list[Array] = field(init=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        mask = contiguous(self.open if hasattr(self.open, "dtype") else np.asarray(self.open))
        wrong = _mistakes(mask, self.spacing_mm, self.room)
        if wrong:
            raise TransportError(wrong)
        room = 1.0 if self.room is None else floats(self.room)
        object.__setattr__(self, "open", mask)
        object.__setattr__(self, "spacing_mm", tuple(float(edge) for edge in self.spacing_mm))
        object.__setattr__(self, "share", np.where(mask, room, 0.0))
        object.__setattr__(self, "capacity", np.where(mask, room, 1.0))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along z, y and x."""
        z, y, x = self.open.shape
        return z, y, x

    @property
    def passing(self) -> list[Array]:  # noqa: D102 - see the attributes; worked out when first asked for
        from spondyl.transport.faces import both_sides

        if not self._passing:
            for axis, edge in enumerate(self.spacing_mm):
                self._passing.append(np.minimum(*both_sides(self.share, axis)) / edge**2)
        return self._passing

    @property
    def volume_mm3(self) -> float:
        """Volume of a voxel."""
        z, y, x = self.spacing_mm
        return z * y * x


def _mistakes(mask: Mask, spacing: tuple[float, ...], room: Array | None) -> list[Mistake]:
    wrong = []
    if mask.ndim != 3 or mask.size == 0 or mask.dtype != np.bool_:
        given = f"shape {mask.shape} of {mask.dtype}"
        wrong.append(Mistake("domain › open", given, "must be a boolean array (z, y, x) with voxels"))
    if len(spacing) != 3 or not all(np.isfinite(edge) and edge > 0 for edge in spacing):
        wrong.append(Mistake("domain › spacing_mm", str(spacing), "must be three positive lengths"))
    if room is None:
        return wrong
    if shape_of(room) != mask.shape:
        wrong.append(Mistake("domain › room", f"shape {shape_of(room)}", f"must have shape {mask.shape}"))
    elif not wrong and not np.all((room[mask] > 0) & (room[mask] <= 1)):
        wrong.append(
            Mistake("domain › room", "a share outside (0, 1]", "must lie above 0 and at most at 1 where open")
        )
    return wrong
