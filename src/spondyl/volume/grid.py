"""Where the voxels of a volume lie in space."""

from __future__ import annotations

import math
from dataclasses import dataclass

from spondyl.errors import Mistake, ScanError

Triple = tuple[float, float, float]
Axes = tuple[Triple, Triple, Triple]

ALIGNED: Axes = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Grid:
    """A regular voxel grid. Every triple is ordered (z, y, x), as the arrays are.

    The centre of voxel ``(k, j, i)`` lies at ``origin_mm + axes @ (spacing_mm * (k, j, i))``.

    Parameters
    ----------
    shape : number of voxels (z, y, x).
    spacing_mm : voxel edge lengths, mm.
    origin_mm : centre of the first voxel, mm, in the world frame of DICOM and ITK (left, posterior,
        superior), its components ordered (z, y, x).
    axes : direction cosines; ``axes[i][j]`` is the component along world axis i of array axis j.

    Raises
    ------
    ScanError
        If a dimension is not positive, or a length is not finite and positive.

    Examples
    --------
    >>> Grid((4, 4, 2), (0.5, 0.5, 0.5)).size_mm
    (2.0, 2.0, 1.0)
    """

    shape: tuple[int, int, int]
    spacing_mm: Triple
    origin_mm: Triple = (0.0, 0.0, 0.0)
    axes: Axes = ALIGNED

    def __post_init__(self) -> None:
        wrong = []
        if min(self.shape) < 1:
            wrong.append(Mistake("grid shape", str(self.shape), "must be three positive whole numbers"))
        if not all(math.isfinite(s) and s > 0 for s in self.spacing_mm):
            wrong.append(Mistake("voxel size", f"{self.spacing_mm} mm", "must be three lengths above zero"))
        if not all(math.isfinite(o) for o in self.origin_mm):
            wrong.append(Mistake("grid origin", f"{self.origin_mm} mm", "must be three finite lengths"))
        if not all(math.isfinite(c) for row in self.axes for c in row):
            wrong.append(Mistake("grid axes", str(self.axes), "must be finite direction cosines"))
        if wrong:
            raise ScanError(wrong)

    @property
    def voxels(self) -> int:
        """Number of voxels."""
        return math.prod(self.shape)

    @property
    def voxel_mm3(self) -> float:
        """Volume of one voxel, mm³."""
        return math.prod(self.spacing_mm)

    @property
    def size_mm(self) -> Triple:
        """Edge lengths of the whole array, mm (z, y, x)."""
        z, y, x = (n * s for n, s in zip(self.shape, self.spacing_mm, strict=True))
        return (z, y, x)

    def agrees_with(self, other: Grid, *, rtol: float = 1e-3) -> bool:
        """Tell whether two grids have the same shape and the same voxel size."""
        return self.shape == other.shape and all(
            math.isclose(a, b, rel_tol=rtol) for a, b in zip(self.spacing_mm, other.spacing_mm, strict=True)
        )
