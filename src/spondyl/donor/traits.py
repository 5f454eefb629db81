"""What differs between donors, with age, health and method.

Yield, viability, colony formers, growth; how the cells answer to osteogenic medium, and what they secrete.

What age does is not agreed on. Cells of donors above 60 years lived, grew and differentiated worse than those
of donors below 30 (Choudhery 2014), and doubled more slowly (Gruber 2012); the share isolated was the same at
all ages (Wu 2013), cells of the same people seven to twelve years later did not differ (Kokai 2017), and 25
secreted factors were the same (Trotzier 2024). So each effect is drawn from a prior that is wide around none,
in proportion to age between a young and an old age where studies compared them. The same for disease: a
review found effects of diabetes and obesity, though not uniformly (Varghese 2017); the cells of
ovariectomised rats grew as those of others (Pei 2015).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.donor.draws import draw
from spondyl.donor.person import Donor, share_of_age_effect
from spondyl.quantity import Parameter, shipped

Array = NDArray[np.float64]

_NAMES = {
    "rat": ("rat_yield", "rat_doubling_time", "rat_exhaustion"),
    "human": ("human_yield", "human_doubling_time", "human_exhaustion"),
}


@dataclass(frozen=True, slots=True)
class Traits:
    """Traits of n donors of one kind, arrays of shape (n,).

    Parameters
    ----------
    yield_per_g : isolated nucleated cells per gram of fat.
    viability : living share of them.
    adherent_share : share of the living that settle on plastic and grow.
    clonogenic_share : share of the settled that found colonies before they have doubled.
    doubling_day : doubling time of young, uncrowded cells, day.
    exhaustion : cumulative doublings at which growth stops.
    detached_viability : living share after detaching from plastic.
    osteogenic_response : how strongly RUNX2 answers to osteogenic medium, over the usual donor's.
    secretion : what a cell gives off of VEGF and BMP-2, over the usual donor's.
    """

    yield_per_g: Array
    viability: Array
    adherent_share: Array
    clonogenic_share: Array
    doubling_day: Array
    exhaustion: Array
    detached_viability: Array
    osteogenic_response: Array
    secretion: Array

    @property
    def count(self) -> int:
        """Number of donors."""
        return int(self.yield_per_g.size)


def traits(
    who: Donor, *, seed: int, count: int = 1, parameters: Mapping[str, Parameter] | None = None
) -> Traits:
    """Draw `count` donors that are alike in all that is known of them.

    Each has traits of its own and a belief of its own about what age and health do: the effects are not
    known, so each donor lives in one of the worlds that the prior holds possible. The i-th donor is the same
    whatever the count.

    Parameters
    ----------
    who : the donor.
    seed : whole number; another seed gives other donors.
    count : donors to draw.
    parameters : numbers of the stage ``donor``; the shipped ones if None.
    """
    table = parameters or shipped()["donor"]
    names = _NAMES[who.species]

    def drawn(parameter: str, stream: str) -> Array:
        return draw(table[parameter], stream, seed, count)

    def effect(of: str) -> Array:
        """Return the logarithm of what age and health multiply a trait by."""
        aged = share_of_age_effect(who, table) * drawn("age_effect", f"age/{of}")
        return aged if who.health == "healthy" else aged + drawn("health_effect", f"{who.health}/{of}")

    cells = drawn(names[0], "yield") * np.exp(effect("yield"))
    if who.method == "mechanical":
        cells = cells * drawn("mechanical_yield", "mechanical")
    adherent = drawn("adherent_share", "adherent") * np.exp(effect("adherent"))
    clonogenic = drawn("clonogenic_share", "clonogenic") * np.exp(effect("clonogenic"))
    return Traits(
        yield_per_g=cells,
        viability=_odds_shifted(drawn("isolated_viability", "viability"), effect("viability")),
        adherent_share=np.minimum(adherent, 1.0),
        clonogenic_share=np.minimum(clonogenic, 1.0),
        doubling_day=drawn(names[1], "doubling") * np.exp(effect("doubling")),
        exhaustion=drawn(names[2], "exhaustion") * np.exp(effect("exhaustion")),
        detached_viability=drawn("detached_viability", "detached"),
        osteogenic_response=drawn("osteogenic_response", "osteogenic") * np.exp(effect("osteogenic")),
        secretion=drawn("secretion", "secretion") * np.exp(effect("secretion")),
    )


def _odds_shifted(share: Array, shift: Array) -> Array:
    """Return shares whose log odds are shifted, so that they stay between 0 and 1."""
    odds = share / (1 - share) * np.exp(shift)
    shifted: Array = odds / (1 + odds)
    return shifted
