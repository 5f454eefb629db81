"""What each quantity of an SBML model does: stays, follows a formula, or changes at a rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spondyl.errors import Mistake, NetworkError

if TYPE_CHECKING:
    import libsbml


@dataclass(frozen=True, slots=True)
class Roles:
    """A model's quantities and what sets them.

    Parameters
    ----------
    elements : libSBML's object of each quantity by identifier: species, parameters, compartments,
        stoichiometries.
    kinds : "species", "parameter", "compartment" or "stoichiometry" by identifier.
    assigned, rated, initial : formula of each assignment rule, rate rule and initial assignment by target.
    reactions : by identifier.
    changes : by species, the reactions that change it, each with its species reference and sign.
    by_events : what events set.
    """

    elements: Mapping[str, Any]
    kinds: Mapping[str, str]
    assigned: Mapping[str, libsbml.ASTNode]
    rated: Mapping[str, libsbml.ASTNode]
    initial: Mapping[str, libsbml.ASTNode]
    reactions: Mapping[str, libsbml.Reaction]
    changes: Mapping[str, tuple[tuple[str, libsbml.SpeciesReference, float], ...]]
    by_events: frozenset[str]

    def stays(self, name: str) -> bool:
        """Tell whether a quantity keeps the value that it has at the beginning."""
        set_elsewhere = name in self.assigned or name in self.rated or name in self.by_events
        return not set_elsewhere and name not in self.changes

    def volume_moves(self, name: str) -> bool:
        """Tell whether a species is followed as a concentration in a compartment that changes."""
        if self.kinds[name] != "species" or self.elements[name].getHasOnlySubstanceUnits():
            return False
        return not self.stays(self.elements[name].getCompartment())

    def is_state(self, name: str) -> bool:
        """Tell whether the integrator carries a quantity."""
        if name in self.assigned:
            return False
        return not self.stays(name) or self.volume_moves(name)

    def is_amount(self, name: str) -> bool:
        """Tell whether the integrator carries an amount where the formulas mean a concentration."""
        return self.volume_moves(name) and name not in self.rated and name not in self.assigned


def roles(model: libsbml.Model, where: str) -> Roles:
    """Sort out the quantities of a model.

    Raises
    ------
    NetworkError
        The model has what can be neither integrated nor simulated: algebraic rules, fast reactions, reactions
        without a kinetic law.
    """
    _refuse(model, where)
    lists = {
        "species": model.getListOfSpecies(),
        "parameter": model.getListOfParameters(),
        "compartment": model.getListOfCompartments(),
        "stoichiometry": [reference for reference in _references(model) if reference.isSetId()],
    }
    elements = {element.getId(): element for kind in lists.values() for element in kind}
    rules = list(model.getListOfRules())
    events = model.getListOfEvents()
    return Roles(
        elements=elements,
        kinds={element.getId(): kind for kind, found in lists.items() for element in found},
        assigned={rule.getVariable(): rule.getMath() for rule in rules if rule.isAssignment()},
        rated={rule.getVariable(): rule.getMath() for rule in rules if rule.isRate()},
        initial={each.getSymbol(): each.getMath() for each in model.getListOfInitialAssignments()},
        reactions={reaction.getId(): reaction for reaction in model.getListOfReactions()},
        changes=_changes(model),
        by_events=frozenset(
            each.getVariable() for event in events for each in event.getListOfEventAssignments()
        ),
    )


def _references(model: libsbml.Model) -> list[libsbml.SpeciesReference]:
    return [
        reference
        for reaction in model.getListOfReactions()
        for side in (reaction.getListOfReactants(), reaction.getListOfProducts())
        for reference in side
    ]


def _changes(model: libsbml.Model) -> dict[str, tuple[tuple[str, libsbml.SpeciesReference, float], ...]]:
    found: dict[str, tuple[tuple[str, libsbml.SpeciesReference, float], ...]] = {}
    for reaction in model.getListOfReactions():
        sides = ((-1.0, reaction.getListOfReactants()), (1.0, reaction.getListOfProducts()))
        for sign, references in sides:
            for reference in references:
                name = reference.getSpecies()
                species = model.getSpecies(name)
                if not species.getBoundaryCondition() and not species.getConstant():
                    found[name] = (*found.get(name, ()), (reaction.getId(), reference, sign))
    return found


def _refuse(model: libsbml.Model, where: str) -> None:
    mistakes = []
    if any(rule.isAlgebraic() for rule in model.getListOfRules()):
        mistakes.append(Mistake(where, "an algebraic rule", "must be solved for its variable"))
    for reaction in model.getListOfReactions():
        place = f"{where} › reaction '{reaction.getId()}'"
        if reaction.getLevel() == 2 and reaction.getFast():
            mistakes.append(Mistake(place, "a fast reaction", "must have a rate of its own"))
        if not reaction.isSetKineticLaw() or reaction.getKineticLaw().getMath() is None:
            mistakes.append(Mistake(place, "no kinetic law", "must have one"))
    if mistakes:
        raise NetworkError(mistakes)
