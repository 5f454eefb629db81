"""Fat in, living cells out."""

from __future__ import annotations

from collections.abc import Mapping

from spondyl.donor.batch import CellBatch
from spondyl.donor.culture import isolated
from spondyl.donor.mistakes import tried, whole
from spondyl.donor.person import SPECIES, donor
from spondyl.donor.traits import traits
from spondyl.errors import DonorError, Mistake
from spondyl.quantity import Parameter, convert, convert_number, shipped

MOST_FAT = {"rat": "rat_most_fat", "human": "human_most_fat"}
LARGEST_SEED = 2**63 - 1


def harvest(
    species: str,
    age: str,
    fat: str,
    seed: int,
    *,
    sex: str | None = None,
    site: str | None = None,
    health: str = "healthy",
    method: str = "enzymatic",
    parameters: Mapping[str, Parameter] | None = None,
) -> CellBatch:
    """Take fat of one donor and isolate its cells.

    The donor is drawn: the same seed gives the same donor, also of another age, another health or with more
    fat. What age does is not known (published findings disagree), so each seed holds one belief about it.

    Parameters
    ----------
    species : "rat" or "human".
    age : e.g. "12 week" or "70 year".
    fat : mass, e.g. "1.5 g".
    seed : whole number.
    sex, site, health, method : see :class:`spondyl.donor.Donor`.
    parameters : numbers of the stage ``donor``; the shipped ones if None.

    Raises
    ------
    DonorError
        With every mistake.

    Examples
    --------
    >>> cells = harvest(species="rat", age="12 week", fat="1.5 g", seed=7)
    >>> cells.passage, cells.day
    (0, 0.0)
    """
    mistakes: list[Mistake] = []
    who = tried(
        lambda: donor(species, age, sex=sex, site=site, health=health, method=method, parameters=parameters),
        mistakes,
    )
    grams = tried(lambda: fat_g(fat, species, parameters), mistakes)
    mistakes += whole("seed", seed, 0, LARGEST_SEED, "the donor's number")
    if mistakes or who is None or grams is None:
        raise DonorError(mistakes)
    drawn = traits(who, seed=seed, parameters=parameters)
    cells = isolated(grams, drawn)
    return CellBatch(
        species=species,
        cells=float(cells.cells[0]),
        viability=float(cells.viability[0]),
        cfu_f=float(drawn.adherent_share[0] * drawn.clonogenic_share[0]),
        population_doublings=0.0,
        passage=0,
        day=0.0,
        seed=seed,
        donor=who,
        traits=drawn,
    )


def fat_g(fat: str, species: str, parameters: Mapping[str, Parameter] | None = None) -> float:
    """Return a mass of fat in g; refuse what no donor of the species has."""
    grams = convert(fat, "g", where="fat", positive=True)
    if species in SPECIES and grams > (most := most_fat_g(species, parameters)):
        raise DonorError(
            Mistake("fat", repr(fat), f"must not be above {most:g} g, the most that a {species} gives")
        )
    return grams


def most_fat_g(species: str, parameters: Mapping[str, Parameter] | None = None) -> float:
    """Return the most fat that a donor of a species gives, g."""
    most = (parameters or shipped()["donor"])[MOST_FAT[species]]
    return convert_number(most.value, most.unit, "g", where=most.name)
