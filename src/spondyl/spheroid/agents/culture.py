"""What stands around the cells: their rates, the medium and the well."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from spondyl.errors import CultureError, Mistake, nearest_word
from spondyl.spheroid.radial.cells import Cells, Exchange

WELLS = ("open", "flat", "bowl")


@dataclass(frozen=True, slots=True)
class Culture:
    """Rates and surroundings of the cells; those of the radial mode, and the shape of the well.

    Parameters
    ----------
    cells : rates of uptake, energy, death and division, as the radial mode takes them; cells stop dividing by
        their neighbours here, and lactate is left out.
    place : diffusivities, the medium's resistance and amount, as the radial mode takes them.
    fresh_mM : glucose of fresh medium, mmol/L.
    renewed : share of the medium that is renewed on each of `renewal_days`.
    renewal_days : when.
    well : "open" (cells float), "flat" (a floor they do not stick to) or "bowl" (round bottom, likewise).
    bowl_mm : radius of the round bottom; by default that of a microwell 0.8 mm wide.

    Raises
    ------
    CultureError
        With every number that is not finite or out of its range.
    """

    cells: Cells
    place: Exchange
    fresh_mM: float  # noqa: N815  mM is the unit's name
    renewed: float = 0.0
    renewal_days: tuple[float, ...] = ()
    well: Literal["open", "flat", "bowl"] = "bowl"
    bowl_mm: float = 0.4

    def __post_init__(self) -> None:
        wrong = []
        if self.well not in WELLS:
            word = nearest_word(str(self.well), WELLS)
            wrong.append(Mistake("culture.well", repr(self.well), "must be open, flat or bowl", word))
        if not (math.isfinite(self.fresh_mM) and self.fresh_mM >= 0):
            wrong.append(
                Mistake("culture.fresh_mM", f"{self.fresh_mM:g}", "must be a finite number, zero or more")
            )
        if not 0 <= self.renewed <= 1:
            wrong.append(Mistake("culture.renewed", f"{self.renewed:g}", "must be a share from 0 to 1"))
        if not all(math.isfinite(day) and day >= 0 for day in self.renewal_days):
            given = ", ".join(f"{day:g}" for day in self.renewal_days)
            wrong.append(Mistake("culture.renewal_days", given, "must be finite days, none below zero"))
        if not (math.isfinite(self.bowl_mm) and self.bowl_mm > 0):
            wrong.append(
                Mistake("culture.bowl_mm", f"{self.bowl_mm:g}", "must be a finite length above zero")
            )
        for part in (self.cells, self.place):
            wrong += _numbers(part)
        if wrong:
            raise CultureError(wrong)

    @property
    def wall(self) -> tuple[float, float]:
        """Kind and radius of the well, as :mod:`spondyl.spheroid.agents.forces` reads them."""
        return float(WELLS.index(self.well)), self.bowl_mm


def _numbers(part: Cells | Exchange) -> list[Mistake]:
    wrong = []
    for name, given in part._asdict().items():
        for number in given if isinstance(given, tuple) else (given,):
            endless = name == "most_cells" and number == math.inf
            if not (endless or (math.isfinite(number) and number >= 0)):
                where = f"culture.{type(part).__name__.lower()}.{name}"
                wrong.append(Mistake(where, f"{number:g}", "must be a finite number, zero or more"))
    return wrong
