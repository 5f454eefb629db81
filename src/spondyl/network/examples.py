"""Networks small enough for docstrings."""

DECAY = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">
  <model id="decay" name="Decay" timeUnits="day" extentUnits="mole" substanceUnits="mole" volumeUnits="litre">
    <listOfUnitDefinitions>
      <unitDefinition id="day">
        <listOfUnits><unit kind="second" exponent="1" scale="0" multiplier="86400"/></listOfUnits>
      </unitDefinition>
      <unitDefinition id="per_day" name="1/day">
        <listOfUnits><unit kind="second" exponent="-1" scale="0" multiplier="86400"/></listOfUnits>
      </unitDefinition>
    </listOfUnitDefinitions>
    <listOfCompartments>
      <compartment id="cell" spatialDimensions="3" size="1" constant="true"/>
    </listOfCompartments>
    <listOfSpecies>
      <species id="A" compartment="cell" initialConcentration="2" hasOnlySubstanceUnits="false"
        boundaryCondition="false" constant="false"/>
      <species id="B" compartment="cell" initialConcentration="0" hasOnlySubstanceUnits="false"
        boundaryCondition="false" constant="false"/>
    </listOfSpecies>
    <listOfParameters><parameter id="k" value="0.5" units="per_day" constant="true"/></listOfParameters>
    <listOfReactions>
      <reaction id="turning" reversible="false">
        <listOfReactants><speciesReference species="A" stoichiometry="1" constant="true"/></listOfReactants>
        <listOfProducts><speciesReference species="B" stoichiometry="1" constant="true"/></listOfProducts>
        <kineticLaw>
          <math xmlns="http://www.w3.org/1998/Math/MathML">
            <apply><times/><ci>cell</ci><ci>k</ci><ci>A</ci></apply>
          </math>
        </kineticLaw>
      </reaction>
    </listOfReactions>
  </model>
</sbml>
"""
"""A turns into B with a rate of 0.5 a day."""
