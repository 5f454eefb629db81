"""Who gives the fat: species, age and what else is known of the donor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spondyl.donor.mistakes import tried, word
from spondyl.errors import DonorError, Mistake
from spondyl.quantity import Parameter, convert, convert_number, shipped

SPECIES = ("rat", "human")
SEXES = ("female", "male")
METHODS = ("enzymatic", "mechanical")
HEALTH = ("healthy", "osteoporotic", "diabetic", "obese")
SITES = {
    "rat": ("inguinal", "epididymal", "perirenal", "parametrial", "subcutaneous"),
    "human": ("abdomen", "flank", "thigh", "buttock", "knee", "arm", "breast"),
}
_AGES = {
    "rat": ("rat_young_age", "rat_old_age", "rat_lifespan"),
    "human": ("human_young_age", "human_old_age", "human_lifespan"),
}


@dataclass(frozen=True, slots=True)
class Donor:
    """A donor and the harvest of its fat.

    Parameters
    ----------
    species : "rat" or "human".
    age_day : age, day.
    age : the same as it was written, e.g. "12 week".
    sex, site : "female" or "male" and the depot, or None where they are not reported. Both are recorded and
        change no number: published findings on them disagree, and the spread of the yield covers them.
    health : "healthy", "osteoporotic" (also after ovariectomy), "diabetic" or "obese".
    method : of isolation, "enzymatic" or "mechanical".
    """

    species: str
    age_day: float
    age: str
    sex: str | None = None
    site: str | None = None
    health: str = "healthy"
    method: str = "enzymatic"


def donor(
    species: str,
    age: str,
    *,
    sex: str | None = None,
    site: str | None = None,
    health: str = "healthy",
    method: str = "enzymatic",
    parameters: Mapping[str, Parameter] | None = None,
) -> Donor:
    """Return a donor; the words are those of :class:`Donor`, `age` has a unit.

    Raises
    ------
    DonorError
        With every mistake: an unknown word, an age that is none or beyond the span of life.

    Examples
    --------
    >>> donor("rat", "12 week").age_day
    84.0
    """
    mistakes = word("species", species, SPECIES)
    age_day = tried(lambda: convert(age, "day", where="age", positive=True), mistakes)
    if not mistakes:
        table = parameters or shipped()["donor"]
        longest = _day(table[_AGES[species][2]])
        if age_day is not None and age_day > longest:
            years = f"{longest / 365.25:.0f} years"
            mistakes.append(Mistake("age", repr(age), f"is beyond the life of a {species}, about {years}"))
        mistakes += [] if site is None else word("site", site, SITES[species])
    mistakes += [] if sex is None else word("sex", sex, SEXES)
    mistakes += word("health", health, HEALTH) + word("method", method, METHODS)
    if mistakes or age_day is None:
        raise DonorError(mistakes)
    return Donor(species, age_day, str(age).strip(), sex, site, health, method)


def share_of_age_effect(who: Donor, table: Mapping[str, Parameter]) -> float:
    """Return how much of the age effect a donor has: 0 at the young age, 1 at the old, in proportion."""
    young, old = (_day(table[name]) for name in _AGES[who.species][:2])
    return (who.age_day - young) / (old - young)


def _day(parameter: Parameter) -> float:
    return convert_number(parameter.value, parameter.unit, "day", where=parameter.name)
