"""A batch of cells, as isolated or as expanded."""

from __future__ import annotations

from dataclasses import dataclass


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
    passage : 0 before the first.
    day : since harvest.
    seed : of the donor whose cells they are.
    """

    species: str
    cells: float
    viability: float
    cfu_f: float
    population_doublings: float
    passage: int
    day: float
    seed: int
