"""rateOf and factorials: formulas that ask how fast something else changes, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from sbml_models import rates_model
from spondyl.errors import NetworkError
from spondyl.network import batch, read, simulate

TIMES = np.linspace(0.0, 3.0, 7)

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
GROWING = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">
 <model id="growing" timeUnits="second" extentUnits="mole" substanceUnits="mole" volumeUnits="litre">
  <listOfCompartments>
   <compartment id="room" size="2" spatialDimensions="3" units="litre" constant="false"/>
  </listOfCompartments>
  <listOfSpecies>
   <species id="c" compartment="room" initialAmount="3" hasOnlySubstanceUnits="false"
    boundaryCondition="false" constant="false"/>
  </listOfSpecies>
  <listOfParameters>
   <parameter id="y" value="0" constant="false"/>
   <parameter id="first" constant="true"/>
   <parameter id="grow" value="0.5" constant="true"/>
   <parameter id="k" value="0.25" constant="true"/>
  </listOfParameters>
  <listOfInitialAssignments>
   <initialAssignment symbol="first"><math xmlns="http://www.w3.org/1998/Math/MathML">
    <apply><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/rateOf"> rateOf </csymbol>
     <ci> c </ci></apply></math></initialAssignment>
  </listOfInitialAssignments>
  <listOfRules>
   <rateRule variable="room"><math xmlns="http://www.w3.org/1998/Math/MathML">
    <ci> grow </ci></math></rateRule>
   <rateRule variable="y"><math xmlns="http://www.w3.org/1998/Math/MathML">
    <apply><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/rateOf"> rateOf </csymbol>
     <ci> c </ci></apply></math></rateRule>
  </listOfRules>
  <listOfReactions>
   <reaction id="loss" reversible="false">
    <listOfReactants><speciesReference species="c" stoichiometry="1" constant="true"/></listOfReactants>
    <kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">
     <apply><times/><ci> k </ci><ci> c </ci><ci> room </ci></apply></math></kineticLaw>
   </reaction>
  </listOfReactions>
 </model>
</sbml>"""


def test_a_rate_that_follows_another() -> None:
    text = rates_model({"x": (3.0, "-0.7 * x"), "y": (1.0, "2 * rateOf(x)")})
    found = batch(read(text, unitless=True)).integrate(TIMES, rtol=1e-10)[:, 0]
    x = 3 * np.exp(-0.7 * TIMES)
    np.testing.assert_allclose(found, np.stack([x, 1 + 2 * (x - 3)], axis=1), rtol=1e-8)


def test_a_rule_may_ask_for_a_rate() -> None:
    text = rates_model(
        {"x": (3.0, "-0.7 * x"), "y": (0.0, "slope")}, rules={"slope": "rateOf(x) + rateOf(k)"}
    )
    text = text.replace(
        "<listOfParameters>", '<listOfParameters><parameter id="k" value="1" constant="true"/>'
    )
    found = batch(read(text, unitless=True)).integrate(TIMES, rtol=1e-10)[:, 0, 1]
    np.testing.assert_allclose(found, 3 * np.exp(-0.7 * TIMES) - 3, rtol=1e-8, atol=1e-10)


def test_a_concentration_thins_where_its_room_grows() -> None:
    net = read(GROWING, unitless=True)
    found = batch(net).integrate(TIMES, rtol=1e-10)[:, 0]
    c = 3 * np.exp(-0.25 * TIMES) / (2 + 0.5 * TIMES)
    names = net.species
    np.testing.assert_allclose(found[:, names.index("c")], c, rtol=1e-8)
    np.testing.assert_allclose(found[:, names.index("y")], c - 1.5, rtol=1e-8, atol=1e-10)


def test_a_beginning_may_ask_for_the_first_rate() -> None:
    before, rate = GROWING.split('<rateRule variable="y">')
    of_y, after = rate.split("</rateRule>", 1)
    text = before + '<rateRule variable="y">' + MATH + "<ci> first </ci></math></rateRule>" + after
    assert "rateOf" in of_y
    net = read(text, unitless=True)
    found = batch(net).integrate(TIMES, rtol=1e-10)[:, 0, net.species.index("y")]
    np.testing.assert_allclose(found, (-0.25 * 1.5 - 1.5 / 2 * 0.5) * TIMES, rtol=1e-8, atol=1e-12)


def test_rates_that_ask_for_each_other_go_in_a_circle() -> None:
    text = rates_model({"x": (1.0, "rateOf(y)"), "y": (0.0, "rateOf(x)")})
    with pytest.raises(NetworkError, match="cycle"):
        read(text, unitless=True)


def test_libroadrunner_agrees() -> None:
    pytest.importorskip("roadrunner", reason="libroadrunner is not installed: pip install 'spondyl[sbml]'")
    text = rates_model({"x": (3.0, "-0.7 * x"), "y": (1.0, "2 * rateOf(x)")})
    net = read(text, unitless=True)
    theirs = simulate(net, TIMES, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(batch(net).integrate(TIMES, rtol=1e-9)[:, 0], theirs, rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (rates_model({"x": (1.0, "rateOf(x)")}), "refers to itself"),
        (rates_model({"x": (1.0, "factorial(x)")}), "a factorial"),
        (rates_model({"x": (1.0, "factorial(2.5)")}), "a factorial"),
    ],
)
def test_what_has_no_answer_is_told(text: str, told: str) -> None:
    with pytest.raises(NetworkError, match=told):
        read(text, unitless=True)


def test_a_factorial_of_a_known_number() -> None:
    found = batch(read(rates_model({"x": (0.0, "factorial(5)")}), unitless=True)).integrate([0.0, 1.0])
    assert found[1, 0, 0] == pytest.approx(120.0)
