"""A network as its SBML file states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spondyl.errors import Mistake, NetworkError, nearest_word
from spondyl.network.system import System


@dataclass(frozen=True, slots=True)
class Quantity:
    """A species, a parameter, a compartment or a stoichiometry of the file.

    Parameters
    ----------
    name : its identifier in the formulas.
    title : what people call it; the identifier where the file gives no name.
    kind : "species", "parameter", "compartment" or "stoichiometry".
    value : at the beginning, as the file states it; None where the file leaves that to a formula.
    unit : in words ("mM", "day^-1"), empty where the file states none.
    set_by : "file" where it stays as given; else what changes it, "rates", "rule" or "events".
    as_amount : whether a species stands for an amount; else for a concentration.
    sources : MIRIAM identifiers (URIs) of what it is and where its number is from.
    notes : plain text of the file's notes on it.
    """

    name: str
    title: str
    kind: str
    value: float | None
    unit: str
    set_by: str
    as_amount: bool = False
    sources: tuple[str, ...] = ()
    notes: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A network of genes or signals, read from SBML by :func:`spondyl.network.read`.

    Parameters
    ----------
    name : of the model.
    sbml : the text it was read from.
    where : how mistakes name that text.
    quantities : by identifier, in the order of the file.
    time_unit : in words ("day"), empty where the file states none.
    days_per_time : length of one unit of time; None where the file states none.
    unitless : what the file gives no unit: "time" and identifiers.
    events : identifiers of the file's events.
    sources : MIRIAM identifiers of the model.
    notes : plain text of the file's notes on the model.
    system : the equations.
    """

    name: str
    sbml: str
    where: str
    quantities: Mapping[str, Quantity]
    time_unit: str
    days_per_time: float | None
    unitless: tuple[str, ...]
    events: tuple[str, ...]
    sources: tuple[str, ...]
    notes: str
    system: System

    @property
    def species(self) -> tuple[str, ...]:
        """What :meth:`Batch.integrate` follows: every species, then whatever else changes."""
        return self.system.followed

    @property
    def inputs(self) -> tuple[str, ...]:
        """What may be given from outside: every number that no formula and no rate sets."""
        return self.system.constants

    def index(self, name: str) -> int:
        """Return the place of a species among what is followed.

        Raises
        ------
        NetworkError
            There is no such species; the nearest right word is told.
        """
        if name not in self.species:
            raise NetworkError(self.unknown(name, self.species, "a species"))
        return self.species.index(name)

    def unknown(self, name: str, allowed: tuple[str, ...], what: str) -> Mistake:
        """Return the mistake of a name that is not among the allowed ones."""
        if name in self.quantities and name not in allowed:
            given = f"'{name}', which the network's own formulas set"
            return Mistake(self.where, given, f"must be {what} that stays as given")
        listed = ", ".join(allowed[:12]) + (", …" if len(allowed) > 12 else "")
        return Mistake(
            self.where, f"'{name}'", f"must be {what} of the network: {listed}", nearest_word(name, allowed)
        )
