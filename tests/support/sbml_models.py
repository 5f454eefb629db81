"""SBML made from formulas, for tests of networks."""

from __future__ import annotations

from collections.abc import Mapping

import libsbml

Rates = Mapping[str, tuple[float, str]]


def rates_model(
    rates: Rates,
    constants: Mapping[str, float] | None = None,
    rules: Mapping[str, str] | None = None,
    events: Mapping[str, tuple[str, Mapping[str, str]]] | None = None,
    initially: bool = False,
) -> str:
    """A Level 3 model of parameters: beginnings and rates, constants, rules, events (trigger, changes)."""
    document = libsbml.SBMLDocument(3, 2)
    model = document.createModel()
    model.setId("test")
    model.setTimeUnits("second")
    changed = {name for _, changes in (events or {}).values() for name in changes}
    numbers = {name: value for name, (value, _) in rates.items()} | dict(constants or {})
    for name, value in numbers.items():
        parameter(model, name, value, constant=name not in rates and name not in changed)
    for name, (_, formula) in rates.items():
        rule = model.createRateRule()
        rule.setVariable(name)
        rule.setMath(math(formula))
    for name, formula in (rules or {}).items():
        parameter(model, name, None, constant=False)
        rule = model.createAssignmentRule()
        rule.setVariable(name)
        rule.setMath(math(formula))
    for name, (condition, changes) in (events or {}).items():
        event = model.createEvent()
        event.setId(name)
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setInitialValue(initially)
        trigger.setPersistent(True)
        trigger.setMath(math(condition))
        for target, formula in changes.items():
            change = event.createEventAssignment()
            change.setVariable(target)
            change.setMath(math(formula))
    return str(libsbml.writeSBMLToString(document))


def parameter(model: libsbml.Model, name: str, value: float | None, *, constant: bool) -> None:
    made = model.createParameter()
    made.setId(name)
    made.setUnits("dimensionless")
    made.setConstant(constant)
    if value is not None:
        made.setValue(value)


def math(formula: str) -> libsbml.ASTNode:
    tree = libsbml.parseL3Formula(formula)
    assert tree is not None, libsbml.getLastParseL3Error()
    return tree


EVERYTHING = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">
 <model id="everything" timeUnits="second" substanceUnits="mole" extentUnits="mole" volumeUnits="litre">
  <listOfFunctionDefinitions>
   <functionDefinition id="mm"><math xmlns="http://www.w3.org/1998/Math/MathML">
    <lambda><bvar><ci>s</ci></bvar><bvar><ci>k</ci></bvar>
     <apply><divide/><ci>s</ci><apply><plus/><ci>s</ci><ci>k</ci></apply></apply></lambda></math>
   </functionDefinition>
  </listOfFunctionDefinitions>
  <listOfCompartments>
   <compartment id="big" size="2" spatialDimensions="3" constant="true"/>
   <compartment id="small" size="0.5" spatialDimensions="3" constant="true"/>
   <compartment id="growing" size="1" spatialDimensions="3" constant="false"/>
  </listOfCompartments>
  <listOfSpecies>
   <species id="A" compartment="big" initialConcentration="3" substanceUnits="mole"
    hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/>
   <species id="B" compartment="small" initialAmount="1" substanceUnits="mole"
    hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/>
   <species id="C" compartment="growing" initialAmount="2" substanceUnits="mole"
    hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false" conversionFactor="twice"/>
   <species id="D" compartment="big" initialConcentration="0.25" substanceUnits="mole"
    hasOnlySubstanceUnits="false" boundaryCondition="true" constant="false"/>
   <species id="E" compartment="growing" initialConcentration="1.5" substanceUnits="mole"
    hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/>
  </listOfSpecies>
  <listOfParameters>
   <parameter id="k" value="0.3" units="dimensionless" constant="true"/>
   <parameter id="half" units="dimensionless" constant="true"/>
   <parameter id="twice" value="2" units="dimensionless" constant="true"/>
   <parameter id="ruled" units="dimensionless" constant="false"/>
  </listOfParameters>
  <listOfInitialAssignments>
   <initialAssignment symbol="half"><math xmlns="http://www.w3.org/1998/Math/MathML">
    <apply><times/><ci>k</ci><ci>A</ci></apply></math></initialAssignment>
   <initialAssignment symbol="B"><math xmlns="http://www.w3.org/1998/Math/MathML">
    <apply><plus/><ci>half</ci><ci>ruled</ci></apply></math></initialAssignment>
  </listOfInitialAssignments>
  <listOfRules>
   <assignmentRule variable="ruled"><math xmlns="http://www.w3.org/1998/Math/MathML">
    <piecewise>
     <piece><cn>0.2</cn><apply><lt/><ci>A</ci><cn>1.5</cn></apply></piece>
     <otherwise><apply><ci>mm</ci><ci>A</ci><ci>k</ci></apply></otherwise>
    </piecewise></math></assignmentRule>
   <rateRule variable="growing"><math xmlns="http://www.w3.org/1998/Math/MathML">
    <apply><times/><cn>0.1</cn><ci>growing</ci></apply></math></rateRule>
   <rateRule variable="D"><math xmlns="http://www.w3.org/1998/Math/MathML">
    <apply><minus/><apply><sin/>
     <csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol></apply>
     <ci>D</ci></apply></math></rateRule>
  </listOfRules>
  <listOfReactions>
   <reaction id="R1" reversible="false">
    <listOfReactants><speciesReference species="A" stoichiometry="2" constant="true"/></listOfReactants>
    <listOfProducts>
     <speciesReference species="B" stoichiometry="1" constant="true"/>
     <speciesReference id="yield" species="C" stoichiometry="0.7" constant="true"/>
    </listOfProducts>
    <listOfModifiers><modifierSpeciesReference species="D"/></listOfModifiers>
    <kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">
     <apply><times/><ci>big</ci><ci>k</ci>
      <apply><ci>mm</ci><ci>A</ci><ci>half</ci></apply><apply><plus/><cn>1</cn><ci>D</ci></apply></apply></math>
     <listOfLocalParameters><localParameter id="k" value="0.5" units="dimensionless"/></listOfLocalParameters>
    </kineticLaw>
   </reaction>
   <reaction id="R2" reversible="true">
    <listOfReactants><speciesReference species="B" stoichiometry="1" constant="true"/></listOfReactants>
    <listOfProducts><speciesReference species="E" stoichiometry="1" constant="true"/></listOfProducts>
    <kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">
     <apply><minus/><apply><times/><ci>k</ci><ci>B</ci><ci>yield</ci></apply>
      <apply><times/><cn>0.2</cn><ci>R1</ci><ci>E</ci></apply></apply></math></kineticLaw>
   </reaction>
  </listOfReactions>
 </model>
</sbml>
"""
"""Most of what SBML can say: volumes that differ and grow, amounts, shadowed names, rules, pieces."""
