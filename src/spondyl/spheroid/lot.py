"""Spheroids of one culture, all made alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class SpheroidLot:
    """Spheroids of one culture on one day.

    Profiles run from the middle outwards over the same shells; a lot of single cells has one shell.

    Parameters
    ----------
    species : of the cells.
    count : number of spheroids.
    cells_each : living cells in one.
    radius_um : mean outer radius.
    radius_sd_um : standard deviation of the radius between spheroids.
    day : since the cells were brought together.
    shell_um : outer radius of each shell, shape (shells,).
    viability : living share of the cells of each shell.
    oxygen_mM : in each shell.
    maturity : of each shell: 0 undifferentiated, 1 an osteoblast.
    expression : by gene, fold change of each shell against the monolayer of day 0.
    secretion : by factor ("VEGF", "BMP2"), pg per living cell and day.
    """

    species: str
    count: int
    cells_each: float
    radius_um: float
    radius_sd_um: float
    day: float
    shell_um: NDArray[np.float64]
    viability: NDArray[np.float64]
    oxygen_mM: NDArray[np.float64]  # noqa: N815  mM is the unit's name
    maturity: NDArray[np.float64]
    expression: Mapping[str, NDArray[np.float64]]
    secretion: Mapping[str, float]

    @property
    def living(self) -> NDArray[np.float64]:
        """Living cells of each shell, up to a factor: its volume (µm³ · 3/4π) times its viability."""
        inner = np.concatenate([[0.0], self.shell_um[:-1]])
        return np.asarray((self.shell_um**3 - inner**3) * self.viability)
