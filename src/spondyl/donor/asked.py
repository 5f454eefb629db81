"""What a person asks of a plan, checked and with its donors simulated."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spondyl.donor.campaign import Campaign, campaign
from spondyl.donor.isolation import LARGEST_SEED, fat_g, most_fat_g
from spondyl.donor.mistakes import above_zero, tried, whole
from spondyl.donor.person import Donor, donor
from spondyl.donor.protocol import protocol
from spondyl.donor.traits import traits
from spondyl.errors import DonorError
from spondyl.quantity import Parameter, convert, shipped

PASSAGES, DONORS = 3, 4000
FEWEST, MOST_DONORS, MOST_PASSAGES = 100, 200_000, 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about fat and dose.

    Parameters
    ----------
    who : the donor.
    campaign : the simulated donors.
    fat_g : fat at hand, or None.
    dose : living cells wanted, or None.
    last : last day allowed; infinite without a limit.
    seed : of the simulation.
    table : numbers of the stage.
    """

    who: Donor
    campaign: Campaign
    fat_g: float | None
    dose: float | None
    last: float
    seed: int
    table: Mapping[str, Parameter]

    @property
    def most_fat(self) -> float:
        """Most fat that such a donor gives, g."""
        return most_fat_g(self.who.species, self.table)


def asked(
    species: str,
    age: str,
    *,
    fat: str | None,
    cells: float | None,
    passages: int = PASSAGES,
    days: str | None = None,
    donors: int = DONORS,
    seed: int = 1,
    parameters: Mapping[str, Parameter] | None = None,
    flask: str = "T75",
    flasks: int | None = None,
    seeding: str | None = None,
    confluence: float | None = None,
    **about: Any,
) -> Asked:
    """Check a question and simulate its donors; `about` are the words on the donor.

    Raises
    ------
    DonorError
        With every mistake.
    """
    wrong = whole("passages", passages, 1, MOST_PASSAGES, "the last passage")
    wrong += whole("donors", donors, FEWEST, MOST_DONORS, "the donors to simulate")
    wrong += whole("seed", seed, 0, LARGEST_SEED, "the number of the simulation")
    if cells is not None:
        wrong += above_zero("dose", cells, "the living cells wanted")
    last = (
        math.inf if days is None else tried(lambda: convert(days, "day", where="days", positive=True), wrong)
    )
    who = tried(lambda: donor(species, age, parameters=parameters, **about), wrong)
    grams = None if fat is None else tried(lambda: fat_g(fat, species, parameters), wrong)
    culture = {"flask": flask, "flasks": flasks, "seeding": seeding, "confluence": confluence}
    # A wrong species has been said already; the culture is checked with any.
    known = who.species if who else "rat"
    how = tried(lambda: protocol(known, **culture, parameters=parameters), wrong)  # type: ignore[arg-type]
    if wrong or who is None or how is None or last is None:
        raise DonorError(wrong)
    run = campaign(traits(who, seed=seed, count=donors, parameters=parameters), how, passages)
    return Asked(who, run, grams, cells, last, seed, parameters or shipped()["donor"])
