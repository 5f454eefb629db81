"""The osteogenic network written out as SBML Level 3, with units, sources and terms.

``python -m spondyl.spheroid.osteogenic.sbml`` writes the file that ships; a test holds it to the laws and
the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spondyl.quantity import Parameter, references
from spondyl.spheroid.osteogenic.laws import FUNCTIONS, INPUTS, LAWS, Law

if TYPE_CHECKING:
    import libsbml

FILE = Path(__file__).with_name("osteogenic.xml")

_UNITS = {
    "1": ("dimensionless", ()),
    "day": ("day", (("second", 1, 0, 86_400.0),)),
    "1/day": ("per_day", (("second", -1, 0, 86_400.0),)),
    "mmol/L": ("mmol_per_L", (("mole", 1, -3, 1.0), ("litre", -1, 0, 1.0))),
}
"""Unit of the table, its identifier in the file, and what it is made of: kind, exponent, scale,
multiplier."""


def written(table: Mapping[str, Parameter]) -> str:
    """Return the network as SBML with the numbers of a parameter table."""
    import libsbml

    document = libsbml.SBMLDocument(3, 2)
    model = document.createModel()
    model.setId("osteogenic_differentiation")
    model.setName("Osteogenic differentiation of adipose-derived stem cells")
    model.setMetaId("meta_model")
    model.setTimeUnits("day")
    for what in ("Substance", "Extent"):
        getattr(model, f"set{what}Units")("dimensionless")
    model.setVolumeUnits("dimensionless")
    _set_notes(model, "Levels are relative to the monolayer of day 0; see spondyl.spheroid.osteogenic.laws.")
    _add_units(model)
    _add_functions(model)
    compartment = _made(model.createCompartment(), "cell", "cell", "dimensionless")
    compartment.setSpatialDimensions(3)
    compartment.setSize(1.0)
    for law in LAWS:
        _add_level(model, law)
    for given in INPUTS:
        parameter = _made(model.createParameter(), given.name, given.meaning, _UNITS[given.unit][0])
        parameter.setValue(given.value)
    for name in sorted({name for law in LAWS for name in law.uses}):
        _add_parameter(model, table[name])
    return str(libsbml.writeSBMLToString(document))


def _made(element: Any, name: str, title: str, unit: str) -> Any:
    element.setId(name)
    element.setMetaId(f"meta_{name}")
    element.setName(title)
    element.setConstant(True)
    element.setUnits(unit)
    return element


def _add_units(model: libsbml.Model) -> None:
    import libsbml

    for words, (name, parts) in _UNITS.items():
        if not parts:
            continue
        definition = model.createUnitDefinition()
        definition.setId(name)
        definition.setName(words)
        for kind, exponent, scale, multiplier in parts:
            unit = definition.createUnit()
            unit.setKind(libsbml.UnitKind_forName(kind))
            unit.setExponent(exponent)
            unit.setScale(scale)
            unit.setMultiplier(multiplier)


def _add_functions(model: libsbml.Model) -> None:
    import libsbml

    for name, (arguments, body) in FUNCTIONS.items():
        function = model.createFunctionDefinition()
        function.setId(name)
        function.setMath(libsbml.parseL3Formula(f"lambda({', '.join(arguments)}, {body})"))


def _add_level(model: libsbml.Model, law: Law) -> None:
    import libsbml

    species = model.createSpecies()
    species.setId(law.name)
    species.setMetaId(f"meta_{law.name}")
    species.setName(law.title)
    species.setCompartment("cell")
    species.setSubstanceUnits("dimensionless")
    species.setInitialAmount(law.start)
    species.setHasOnlySubstanceUnits(True)
    species.setBoundaryCondition(False)
    species.setConstant(False)
    _annotate(species, libsbml.BQB_IS, law.meaning)
    rule = model.createRateRule()
    rule.setVariable(law.name)
    rule.setMath(libsbml.parseL3Formula(law.rate))


def _add_parameter(model: libsbml.Model, row: Parameter) -> None:
    import libsbml

    title = row.name.replace("_", " ")
    parameter = _made(model.createParameter(), row.name, title, _UNITS[row.unit][0])
    parameter.setValue(row.value)
    work = references().get(row.source)
    source = f" Source: {work.text}" if work else ""
    _set_notes(parameter, f"{row.meaning} ({row.kind}, {row.low:g} to {row.high:g}){source}")
    if work is not None and work.doi:
        _annotate(parameter, libsbml.BQB_IS_DESCRIBED_BY, (f"https://doi.org/{work.doi}",))


def _annotate(element: Any, qualifier: int, resources: tuple[str, ...]) -> None:
    import libsbml

    term = libsbml.CVTerm(libsbml.BIOLOGICAL_QUALIFIER)
    term.setBiologicalQualifierType(qualifier)
    for resource in resources:
        term.addResource(resource)
    element.addCVTerm(term)


def _set_notes(element: Any, text: str) -> None:
    from html import escape

    element.setNotes(f'<body xmlns="http://www.w3.org/1999/xhtml"><p>{escape(text)}</p></body>')


def main() -> None:
    """Write the file that ships."""
    from spondyl.files import write_text
    from spondyl.quantity import shipped

    write_text(FILE, written(shipped()["spheroid/osteogenic"]))


if __name__ == "__main__":
    main()
