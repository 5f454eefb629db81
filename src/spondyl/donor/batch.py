"""A batch of cells, as isolated or as expanded."""

from __future__ import annotations

from dataclasses import dataclass, field

from spondyl.donor.person import Donor
from spondyl.donor.traits import Traits


@dataclass(frozen=True, slots=True)
class CellBatch:
    """Cells of one donor at one moment of their culture.

    Parameters
    ----------
    species : "rat" or "human".
    cells : number, living and dead.
    viability : share of them that live, 0 to 1.
    cfu_f : share of the living that found colonies (CFU-F), 0 to 1.
    population_doublings : cumulative, since isolation.
    passage : how often the cells were detached from plastic; 0 for freshly isolated ones.
    day : since harvest.
    seed : of the donor whose cells they are.
    donor : who gave them; None for cells of unknown origin, which cannot be expanded.
    traits : how they grow, drawn at harvest (arrays of one number); None likewise.
    """

    species: str
    cells: float
    viability: float
    cfu_f: float
    population_doublings: float
    passage: int
    day: float
    seed: int
    donor: Donor | None = None
    traits: Traits | None = field(default=None, compare=False, repr=False)

    @property
    def living(self) -> float:
        """Number of living cells."""
        return self.cells * self.viability

    def __str__(self) -> str:
        state = f"passage {self.passage}" if self.passage else "freshly isolated"
        return (
            f"{self.cells:.3g} {self.species} cells, {state}, day {self.day:.1f}, "
            f"{100 * self.viability:.0f} % living, {100 * self.cfu_f:.1f} % colony-forming, "
            f"{self.population_doublings:.1f} doublings"
        )
