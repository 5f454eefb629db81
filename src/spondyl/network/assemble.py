"""From an SBML model to its equations."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from spondyl.errors import Mistake, NetworkError
from spondyl.network.expression import Graph
from spondyl.network.mathml import TIME, Formulas, Lookup
from spondyl.network.roles import Roles
from spondyl.network.system import Event, System

if TYPE_CHECKING:
    import libsbml


def assemble(model: libsbml.Model, roles: Roles, where: str) -> System:
    """Return the equations of a model.

    Raises
    ------
    NetworkError
        Formulas that go round in a circle or use what cannot be integrated; numbers that are missing.
    """
    made = _Assembly(model, roles, where)
    names = [name for name in roles.elements if roles.is_state(name)]
    held = [name for name in roles.elements if roles.stays(name) and not roles.is_state(name)]
    defaults = {name: made.number(name) for name in held if name not in roles.initial} | made.local_numbers()
    made.refuse_missing()
    initial = [made.at_start(name) for name in names]
    for name in held:
        made.before(name)  # what a formula sets once goes into made.frozen, what it rests on first
    followed = _followed(roles)
    events = tuple(made.event(event, names) for event in model.getListOfEvents())
    return System(
        rates=tuple(made.rate(name) for name in names),
        initial=tuple(initial),
        scales=tuple(made.volume(name) if roles.is_amount(name) else None for name in names),
        states=tuple(names),
        defaults=defaults,
        frozen=dict(made.frozen),
        followed=followed,
        values=tuple(made.now(name) for name in followed),
        events=events,
        nodes=tuple(made.graph.nodes),  # last: the formulas above make them
    )


def _followed(roles: Roles) -> tuple[str, ...]:
    species = [name for name, kind in roles.kinds.items() if kind == "species"]
    others = [name for name, kind in roles.kinds.items() if kind != "species" and not roles.stays(name)]
    return (*species, *others)


@dataclass(slots=True)
class _Assembly:
    model: libsbml.Model
    roles: Roles
    where: str
    graph: Graph = field(default_factory=Graph)
    formulas: Formulas = field(init=False)
    made: dict[tuple[str, str], int] = field(default_factory=dict)
    making: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    frozen: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        functions = {each.getId(): each for each in self.model.getListOfFunctionDefinitions()}
        self.formulas = Formulas(self.graph, functions, self.where, self.rate_of)

    # --- numbers of the file

    def number(self, name: str) -> float:
        """Return a quantity's own number, as its symbol means it; NaN, and remembered, where there is
        none."""
        value = self._stated(name)
        if value is None or math.isnan(value):
            self.missing.append(name)
            return math.nan
        return value

    def _stated(self, name: str) -> float | None:
        element, kind = self.roles.elements[name], self.roles.kinds[name]
        if kind == "stoichiometry":
            return float(element.getStoichiometry()) if element.isSetStoichiometry() else None
        if kind == "parameter":
            return float(element.getValue()) if element.isSetValue() else None
        if kind == "compartment":
            return float(element.getSize()) if element.isSetSize() else 1.0
        return self._species_number(element)

    def _species_number(self, element: libsbml.Species) -> float | None:
        size = self._stated(element.getCompartment())
        if size is None or math.isnan(size):
            size = 1.0
        as_amount = element.getHasOnlySubstanceUnits()
        if element.isSetInitialAmount():
            return float(element.getInitialAmount()) / (1.0 if as_amount else size)
        if element.isSetInitialConcentration():
            return float(element.getInitialConcentration()) * (size if as_amount else 1.0)
        return None

    def local_numbers(self) -> dict[str, float]:
        """Return the parameters that belong to one reaction, as ``reaction.parameter``."""
        numbers = {}
        for reaction in self.roles.reactions.values():
            for local in self._locals(reaction):
                name = f"{reaction.getId()}.{local.getId()}"
                numbers[name] = float(local.getValue()) if local.isSetValue() else math.nan
                if math.isnan(numbers[name]):
                    self.missing.append(name)
        return numbers

    @staticmethod
    def _locals(reaction: libsbml.Reaction) -> list[libsbml.Parameter]:
        law = reaction.getKineticLaw()
        return list(law.getListOfParameters()) + list(law.getListOfLocalParameters())

    def refuse_missing(self) -> None:
        """Raise when a number is missing that nothing else sets."""
        states = [name for name in self.roles.elements if self.roles.is_state(name)]
        for name in states:
            if name not in self.roles.initial:
                self.number(name)
        mistakes = [
            Mistake(
                f"{self.where} › '{name}'", "no value", "must have a value, a rule or an initial assignment"
            )
            for name in self.missing
        ]
        if mistakes:
            raise NetworkError(mistakes)

    # --- formulas

    def now(self, name: str) -> int:
        """Return the node of what an identifier means at any time."""
        return self._once(("now", name), lambda: self._now(name))

    def _now(self, name: str) -> int:
        roles = self.roles
        if name in roles.reactions:
            return self._law(name, self.now)
        if name in roles.assigned:
            return self.formulas.node(roles.assigned[name], self.now, f"the rule for '{name}'")
        own = self.graph.symbol(self._known(name))
        return self.graph.div(own, self.volume(name)) if roles.is_amount(name) else own

    def before(self, name: str) -> int:
        """Return the node of what an identifier means at the beginning."""
        return self._once(("before", name), lambda: self._before(name))

    def _before(self, name: str) -> int:
        roles = self.roles
        if name in roles.reactions:
            return self._law(name, self.before)
        if name in roles.assigned:
            return self.formulas.node(roles.assigned[name], self.before, f"the rule for '{name}'")
        if name in roles.initial:
            node = self.formulas.node(roles.initial[name], self.before, f"the beginning of '{name}'")
            if roles.is_state(name):
                return node
            self.frozen[name] = self._at_zero(node)
        if self._known(name) in roles.elements and roles.is_state(name):
            return self.graph.number(self.number(name))
        return self.graph.symbol(name)

    def at_start(self, name: str) -> int:
        """Return the node of a state at time zero."""
        node = self.before(name)
        if self.roles.is_amount(name):
            node = self.graph.mul(node, self.before(self.roles.elements[name].getCompartment()))
        return self._at_zero(node)

    def _at_zero(self, node: int) -> int:
        return self.graph.taken(self.graph.nodes, [node], {TIME: self.graph.number(0.0)})[0]

    def volume(self, name: str, lookup: Lookup | None = None) -> int:
        """Return the node of the compartment of a species."""
        return (lookup or self.now)(self.roles.elements[name].getCompartment())

    def rate(self, name: str, lookup: Lookup | None = None) -> int:
        """Return the node of a state's rate of change; of what `lookup` means, at any time if None."""
        roles, meant = self.roles, lookup or self.now
        if name in roles.rated:
            return self.formulas.node(roles.rated[name], meant, f"the rate of '{name}'")
        total = self.graph.number(0.0)
        for reaction, reference, sign in roles.changes.get(name, ()):
            flux = self.graph.mul(self._stoichiometry(reference, meant), meant(reaction))
            total = self.graph.add(total, self.graph.mul(self.graph.number(sign), flux))
        if name not in roles.changes:
            return total
        total = self.graph.mul(total, self._conversion(name, meant))
        as_amount = roles.elements[name].getHasOnlySubstanceUnits() or roles.is_amount(name)
        return total if as_amount else self.graph.div(total, self.volume(name, meant))

    def rate_of(self, name: str) -> int:
        """Return the node of how fast what an identifier means changes, where formulas ask for it (rateOf).

        Asked for on the way to a beginning, it is the rate at the beginning.
        """
        early = bool(self.making) and self.making[-1][0].startswith("before")
        meant = self.before if early else self.now
        return self._once(
            ("before rate" if early else "rate", name), lambda: self._rate_of(self._known(name), meant)
        )

    def _rate_of(self, name: str, meant: Lookup) -> int:
        roles, graph = self.roles, self.graph
        if not roles.is_state(name):  # what a rule sets has no rateOf in valid SBML
            return graph.number(0.0)
        own = self.rate(name, meant)
        if not roles.is_amount(name):
            return own
        # A concentration in a compartment that changes: (dn/dt - c dV/dt) / V.
        room = roles.elements[name].getCompartment()
        thinned = graph.mul(meant(name), self._rate_of(room, meant))
        return graph.div(graph.sub(own, thinned), meant(room))

    def _stoichiometry(self, reference: libsbml.SpeciesReference, lookup: Lookup) -> int:
        if reference.isSetId() and reference.getId() in self.roles.elements:
            return lookup(reference.getId())
        if reference.isSetStoichiometryMath():
            tree = reference.getStoichiometryMath().getMath()
            return self.formulas.node(tree, lookup, f"a stoichiometry of '{reference.getSpecies()}'")
        return self.graph.number(reference.getStoichiometry())

    def _conversion(self, name: str, lookup: Lookup) -> int:
        element = self.roles.elements[name]
        if element.isSetConversionFactor():
            return lookup(element.getConversionFactor())
        if self.model.isSetConversionFactor():
            return lookup(self.model.getConversionFactor())
        return self.graph.number(1.0)

    def _law(self, name: str, lookup: Lookup) -> int:
        reaction = self.roles.reactions[name]
        own = {local.getId() for local in self._locals(reaction)}

        def meant(word: str) -> int:
            return self.graph.symbol(f"{name}.{word}") if word in own else lookup(word)

        return self.formulas.node(reaction.getKineticLaw().getMath(), meant, f"reaction '{name}'")

    def event(self, event: libsbml.Event, states: list[str]) -> Event:
        """Return one event."""
        place = f"event '{event.getId()}'"
        sets = {each.getVariable(): each.getMath() for each in event.getListOfEventAssignments()}
        trigger = event.getTrigger()
        late = event.isSetDelay() or event.isSetPriority() or not trigger.getPersistent()
        values = []
        for name, tree in sets.items():
            node = self.formulas.node(tree, self.now, place)
            values.append(self.graph.mul(node, self.volume(name)) if self.roles.is_amount(name) else node)
        return Event(
            name=event.getId(),
            trigger=self.formulas.node(trigger.getMath(), self.now, place),
            initially=event.getLevel() == 2 or trigger.getInitialValue(),
            targets=tuple(states.index(name) for name in sets),
            values=tuple(values),
            simple=not late,
        )

    def _known(self, name: str) -> str:
        if name not in self.roles.elements:
            raise NetworkError(Mistake(self.where, f"'{name}' in a formula", "must be declared in the file"))
        return name

    def _once(self, key: tuple[str, str], make: Callable[[], int]) -> int:
        if key in self.made:
            return self.made[key]
        if key in self.making:
            circle = " → ".join([name for _, name in self.making[self.making.index(key) :]] + [key[1]])
            raise NetworkError(
                Mistake(self.where, f"a circle of formulas, {circle}", "must have a beginning")
            )
        self.making.append(key)
        self.made[key] = make()
        self.making.pop()
        return self.made[key]
