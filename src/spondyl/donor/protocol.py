"""How cells are cultured: flasks, densities, medium."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from spondyl.donor.mistakes import tried, whole, word
from spondyl.donor.person import SPECIES
from spondyl.errors import DonorError, Mistake
from spondyl.quantity import Parameter, convert, shipped

_FLASK = re.compile(r"T-?(\d{1,4})", re.IGNORECASE)
_PLATING = {"rat": "rat_plating_density", "human": "human_plating_density"}
MOST_FLASKS = 100_000


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way to expand cells; densities in cells/cm², times in days.

    Parameters
    ----------
    flask_cm2 : area of one flask.
    flasks : how many are at hand for a passage; None for as many as it takes.
    plating : isolated nucleated cells on a cm² of the primary culture.
    seeding : living cells on a cm² of every later passage.
    settling : share of the seeded that settle.
    confluence : share of the capacity at which a passage ends.
    capacity : cells on a full cm².
    sharpness : how suddenly growth stops at exhaustion.
    pause : from seeding to the first division.
    longest : a passage ends by then, confluent or not.
    recovery : share of the cells that detaching recovers.
    medium_ml_cm2, medium_interval : medium on a cm², and days between two changes.
    """

    flask_cm2: float
    flasks: int | None
    plating: float
    seeding: float
    settling: float
    confluence: float
    capacity: float
    sharpness: float
    pause: float
    longest: float
    recovery: float
    medium_ml_cm2: float
    medium_interval: float

    @property
    def most_area(self) -> float:
        """Area of all flasks at hand, cm²; infinite where they are not limited."""
        return float("inf") if self.flasks is None else self.flasks * self.flask_cm2

    @property
    def full(self) -> float:
        """Density at which a passage ends, cells/cm²."""
        return self.confluence * self.capacity


def protocol(
    species: str,
    *,
    flask: str = "T75",
    flasks: int | None = None,
    seeding: str | None = None,
    confluence: float | None = None,
    parameters: Mapping[str, Parameter] | None = None,
) -> Protocol:
    """Return the usual protocol of a species with the changes asked for.

    Parameters
    ----------
    species : "rat" or "human"; the primary culture is plated differently.
    flask : name with the area in cm², e.g. "T75".
    flasks : number at hand for one passage; None for as many as it takes.
    seeding : density after the primary culture, e.g. "3000 cells/cm2".
    confluence : share of the capacity at which a passage ends.
    parameters : numbers of the stage ``donor``; the shipped ones if None.

    Raises
    ------
    DonorError
        With every mistake.

    Examples
    --------
    >>> protocol("rat", flask="T175", flasks=4).most_area
    700.0
    """
    table = parameters or shipped()["donor"]
    mistakes = word("species", species, SPECIES)
    named = _FLASK.fullmatch(str(flask).strip())
    if named is None or int(named.group(1)) == 0:
        mistakes.append(
            Mistake("flask", repr(flask), "must be T and an area in cm², such as 'T75' or 'T175'")
        )
    if flasks is not None:
        mistakes += whole("flasks", flasks, 1, MOST_FLASKS, "the flasks at hand for one passage")
    full = table["confluence"].value if confluence is None else confluence
    if not 0.05 <= full <= 0.99:
        mistakes.append(Mistake("confluence", f"{full}", "must be a share from 0.05 to 0.99 (0.8 is 80 %)"))
    density = None
    if seeding is not None:
        density = tried(lambda: convert(seeding, "cell/cm^2", where="seeding", positive=True), mistakes)
    if density is None:
        density = table["seeding_density"].value
    capacity = table["capacity"].value
    if not mistakes and density * table["settling"].value >= full * capacity:
        allowed = (
            f"must be below {full * capacity / table['settling'].value:.4g} cells/cm², a confluent flask"
        )
        mistakes.append(Mistake("seeding", f"{density:g} cells/cm²", allowed))
    if mistakes or named is None:
        raise DonorError(mistakes)
    return _made(table, float(named.group(1)), flasks, species, density, full)


def _made(
    table: Mapping[str, Parameter], area: float, flasks: int | None, species: str, seeding: float, full: float
) -> Protocol:
    return Protocol(
        flask_cm2=area,
        flasks=flasks,
        plating=table[_PLATING[species]].value,
        seeding=seeding,
        settling=table["settling"].value,
        confluence=full,
        capacity=table["capacity"].value,
        sharpness=table["exhaustion_sharpness"].value,
        pause=table["pause"].value,
        longest=table["longest_passage"].value,
        recovery=table["recovery"].value,
        medium_ml_cm2=table["medium_depth"].value,
        medium_interval=table["medium_interval"].value,
    )
