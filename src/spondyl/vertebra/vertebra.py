"""A lumbar vertebra: where its bone is, how mineralised, what is what, and what was done to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, VertebraError
from spondyl.graft import Cavity
from spondyl.volume import Grid, Meaning, Scan

if TYPE_CHECKING:
    from spondyl.mechanics import Model

OUTSIDE, CORTEX, TRABECULAR, END_PLATE, CANAL, MARROW = range(6)
LABELS: Mapping[str, int] = MappingProxyType(
    {
        "outside": OUTSIDE,
        "cortex": CORTEX,
        "trabecular": TRABECULAR,
        "end-plate": END_PLATE,
        "canal": CANAL,
        "marrow": MARROW,
    }
)
"""What the numbers of :attr:`Vertebra.labels` mean."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Vertebra:
    """One vertebra of one animal at one moment.

    Parameters
    ----------
    grid : where the voxels lie; the middle of a made body is the world's zero.
    share : of each voxel that is bone, 0 to 1, float32 (z, y, x).
    tissue_density : mineral density of the bone in each voxel, mg HA/cm³ of tissue, float32.
    region : what each voxel belongs to, uint8: outside, cortex, trabecular compartment (bone and marrow),
        end-plate, canal, by the numbers of :data:`LABELS`.
    species, level, seed : whose bone it is; seed -1 for a scanned one.
    cavity : the defect, None before there is one.
    filling : what fills the defect, None before it is filled.
    notes : what was done, in order, and what automatic steps were unsure of.
    numbers : what was asked and drawn, by name with its unit, for tables.
    """

    grid: Grid
    share: NDArray[np.float32]
    tissue_density: NDArray[np.float32]
    region: NDArray[np.uint8]
    species: str
    level: str
    seed: int
    cavity: Cavity | None = None
    filling: Any = None
    notes: tuple[str, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        deep, wide, long = self.grid.shape
        edge = " × ".join(f"{1000 * step:g}" for step in sorted(set(self.grid.spacing_mm)))
        done = "".join(f"; {note}" for note in self.notes)
        return f"<Vertebra {self.species} {self.level}, {deep} × {wide} × {long} voxels of {edge} µm{done}>"

    def __post_init__(self) -> None:
        fields: dict[str, NDArray[Any]] = {
            "share": self.share,
            "tissue_density": self.tissue_density,
            "region": self.region,
        }
        wrong = [
            Mistake(f"vertebra › {name}", f"shape {array.shape}", f"its grid has shape {self.grid.shape}")
            for name, array in fields.items()
            if array.shape != self.grid.shape
        ]
        if self.cavity is not None and not self.cavity.grid.agrees_with(self.grid):
            given = f"shape {self.cavity.grid.shape}"
            wrong.append(Mistake("vertebra › cavity", given, f"the bone has shape {self.grid.shape}"))
        if wrong:
            raise VertebraError(wrong)

    @property
    def labels(self) -> NDArray[np.uint8]:
        """What each voxel is, uint8; a voxel of the trabecular compartment is marrow below half bone."""
        labels = self.region.copy()
        labels[(self.region == TRABECULAR) & (self.share < 0.5)] = MARROW
        return labels

    @property
    def bone_mm3(self) -> float:
        """Volume of bone, mm³."""
        return float(self.share.sum(dtype=np.float64)) * self.grid.voxel_mm3

    @property
    def bv_tv(self) -> float:
        """Bone volume fraction of the trabecular compartment, by shares."""
        inside = self.region == TRABECULAR
        return float(self.share[inside].mean(dtype=np.float64)) if inside.any() else 0.0

    @property
    def mineral_mg(self) -> float:
        """Mass of mineral, mg HA."""
        mass = np.vdot(self.share.ravel(), self.tissue_density.ravel())
        return float(mass) * self.grid.voxel_mm3 / 1000

    def density(self) -> Scan:
        """Return mineral per voxel as an ideal scanner without blur or noise would: mg HA/cm³."""
        return Scan(self.share * self.tissue_density, self.grid, Meaning.DENSITY)

    def segmentation(self) -> Scan:
        """Return the voxels that are at least half bone as a binary scan."""
        return Scan((self.share >= 0.5).astype(np.uint8), self.grid, Meaning.LABELS)

    def model(self, **asked: Any) -> Model:
        """Return the elastic model; see :func:`spondyl.vertebra.loading.model`."""
        from spondyl.vertebra.loading import model

        return model(self, **asked)

    def drill(self, **asked: Any) -> Vertebra:
        """Drill a hole; see :func:`spondyl.vertebra.drilling.drill`."""
        from spondyl.vertebra.drilling import drill

        return drill(self, **asked)

    def crush(self, **asked: Any) -> Vertebra:
        """Break it by compression; see :func:`spondyl.vertebra.crushing.crush`."""
        from spondyl.vertebra.crushing import crush

        return crush(self, **asked)

    def ovariectomise(self, **asked: Any) -> Vertebra:
        """Let it lose bone; see :func:`spondyl.vertebra.osteoporosis.ovariectomise`."""
        from spondyl.vertebra.osteoporosis import ovariectomise

        return ovariectomise(self, **asked)

    def fill(self, mix: Any, **asked: Any) -> Vertebra:
        """Fill the defect with a graft; see :func:`spondyl.vertebra.filling.fill`."""
        from spondyl.vertebra.filling import fill

        return fill(self, mix, **asked)
