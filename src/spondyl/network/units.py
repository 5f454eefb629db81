"""Units of an SBML model, in words, and what has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import libsbml

DAY_SECONDS = 86_400.0


def unit_words(model: libsbml.Model, unit: str) -> str:
    """Return the name that a unit definition gives itself, else its identifier, else the unit itself."""
    definition = model.getUnitDefinition(unit)
    return (definition.getName() or unit) if definition is not None else unit


def quantity_unit(model: libsbml.Model, element: Any, kind: str) -> str:
    """Return the unit of a species, a parameter or a compartment in words; empty where the file states
    none."""
    if kind == "stoichiometry":
        return "dimensionless"
    if kind in ("parameter", "compartment"):
        stated = element.getUnits() or (_size_unit(model, element) if kind == "compartment" else "")
        return unit_words(model, stated)
    substance = element.getSubstanceUnits() or _default(model, "substance")
    if not substance:
        return ""
    if element.getHasOnlySubstanceUnits():
        return unit_words(model, substance)
    size = quantity_unit(model, model.getCompartment(element.getCompartment()), "compartment")
    return f"{unit_words(model, substance)}/{size}" if size else ""


def _size_unit(model: libsbml.Model, element: libsbml.Compartment) -> str:
    dimensions = int(element.getSpatialDimensions())
    return _default(model, {3: "volume", 2: "area", 1: "length"}.get(dimensions, ""))


_LEVEL_2 = {"substance": "mole", "volume": "litre", "area": "m2", "length": "metre", "time": "second"}


def _default(model: libsbml.Model, what: str) -> str:
    """Return the model's unit of what states none of its own; Level 2 has built-in ones."""
    if model.getLevel() == 2:
        return what if model.getUnitDefinition(what) is not None else _LEVEL_2.get(what, "")
    getter = getattr(model, f"get{what.title()}Units", None)
    return str(getter()) if getter else ""


def time_unit(model: libsbml.Model) -> tuple[str, float | None]:
    """Return the unit of time in words and in days; empty and None where the file states none."""
    unit = _default(model, "time")
    if not unit:
        return "", None
    if unit in ("second", "dimensionless"):
        return unit, 1.0 / DAY_SECONDS if unit == "second" else None
    seconds = 1.0
    for part in model.getUnitDefinition(unit).getListOfUnits():
        seconds *= (part.getMultiplier() * 10.0 ** part.getScale()) ** part.getExponentAsDouble()
    return unit_words(model, unit), seconds / DAY_SECONDS
