"""Reading SBML: what the file says is kept, and what cannot be read is told in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from sbml_models import EVERYTHING, rates_model
from spondyl.errors import NetworkError
from spondyl.network import batch, read
from spondyl.network.examples import DECAY


def refused(source: str | Path, **options: bool) -> str:
    with pytest.raises(NetworkError) as problem:
        read(source, **options)
    assert "Traceback" not in str(problem.value)
    return str(problem.value)


def test_units_names_and_roles_are_kept() -> None:
    net = read(DECAY)
    assert (net.name, net.time_unit, net.days_per_time) == ("Decay", "day", 1.0)
    assert (net.quantities["k"].unit, net.quantities["k"].value) == ("1/day", 0.5)
    assert (net.quantities["A"].unit, net.quantities["A"].set_by) == ("mole/litre", "rates")
    assert net.inputs == ("k", "cell")
    assert net.unitless == ()


def test_a_file_reads_as_its_text_does(tmp_path: Path) -> None:
    path = tmp_path / "decay.xml"
    path.write_text("\n" + DECAY, encoding="utf-8")
    assert read(path).system.nodes == read(DECAY).system.nodes
    assert read(str(path)).where == "decay.xml"


def test_species_of_every_kind_begin_as_the_file_says() -> None:
    net = read(EVERYTHING)
    start = dict(zip(net.species, batch(net).start()[0].tolist(), strict=True))
    saturation = 3 / 3.3
    assert start == {
        "A": 3.0,
        "B": 0.9 + saturation,
        "C": 2.0,
        "D": 0.25,
        "E": 1.5,
        "ruled": saturation,
        "growing": 1,
    }
    assert net.quantities["B"].as_amount
    assert not net.quantities["A"].as_amount


def test_annotations_are_kept(shared_data: Path) -> None:
    net = read(shared_data / "sbml" / "BIOMD0000000279.xml", unitless=True)
    assert "http://identifiers.org/biomodels.db/BIOMD0000000279" in net.sources
    assert "osteoclast" in net.notes.lower()


def test_what_has_no_unit_is_named() -> None:
    text = DECAY.replace(' units="per_day"', "")
    assert refused(text) == (
        "SBML text: found no unit for k; state them in the file, or read it with unitless=True to take its"
        " numbers as they stand."
    )
    assert read(text, unitless=True).unitless == ("k",)
    assert "no unit for time" in refused(DECAY.replace(' timeUnits="day"', ""))


MISTAKES = {
    "an empty file": ("", "nofile"),
    "not XML": ("<sbml", "not XML (line 1: unclosed token)"),
    "cut off": (DECAY[:1500], "not XML (line"),
    "another kind of XML": ("<html><body/></html>", "XML schema"),
    "an undeclared name": (DECAY.replace("<ci>k</ci>", "<ci>kk</ci>"), "'kk'"),
    "an unknown unit": (DECAY.replace('units="per_day"', 'units="per_dya"'), "per_dya"),
    "the same name twice": (DECAY.replace('species id="B"', 'species id="A"'), "'A'"),
    "no value": (DECAY.replace('value="0.5" ', ""), "'k': found no value"),
    "a text for a number": (DECAY.replace('value="0.5"', 'value="half"'), "must be a double"),
    "no model": (
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"/>',
        "model",
    ),
    "Level 1": (
        '<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"><model/></sbml>',
        "Level 1",
    ),
    "a delay": (rates_model({"x": (1.0, "delay(x, 1)")}), "a delay in the rate of 'x'"),
    "a required package": (
        DECAY.replace("<sbml ", '<sbml xmlns:multi="http://www.sbml.org/multi" multi:required="true" '),
        "the required SBML package 'multi'",
    ),
}


@pytest.mark.parametrize("mistake", [name for name in MISTAKES if MISTAKES[name][0]])
def test_a_mistake_is_told(mistake: str) -> None:
    text, told = MISTAKES[mistake]
    assert told in refused(text)


def test_rules_that_go_round_in_a_circle() -> None:
    text = rates_model({"x": (1.0, "a")}, rules={"a": "b + 1"}).replace("<rateRule", "<!-- --><rateRule")
    circle = rates_model({"x": (1.0, "a")}, rules={"a": "x", "b": "a"}).replace(
        "<ci> x </ci>", "<ci> b </ci>"
    )
    assert "'b'" in refused(text)
    assert refused(circle)


def test_missing_empty_and_binary_files(tmp_path: Path) -> None:
    assert "No such file" in refused(tmp_path / "none.xml")
    (tmp_path / "empty.xml").write_bytes(b"")
    assert "an empty file" in refused(tmp_path / "empty.xml")
    (tmp_path / "binary.xml").write_bytes(bytes(range(256)) * 8)
    assert refused(tmp_path / "binary.xml")
    (tmp_path / "huge.xml").write_bytes(b"<!-- -->" * 2_100_000)
    assert "more than 16 MB" in refused(tmp_path / "huge.xml")
    assert refused(tmp_path)


BOMB = """<?xml version="1.0"?><!DOCTYPE sbml [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><sbml>&c;</sbml>"""


def test_hostile_xml_is_refused_at_once() -> None:
    assert "a document type declaration (line 1)" in refused(BOMB)
    deep = DECAY.replace("<ci>k</ci>", "<apply><minus/>" * 50_000 + "<ci>k</ci>" + "</apply>" * 50_000)
    assert "elements within one another" in refused(deep)


def definition(name: str, body: str) -> str:
    return (
        f'<functionDefinition id="{name}"><math xmlns="http://www.w3.org/1998/Math/MathML"><lambda>'
        f"<bvar><ci>x</ci></bvar>{body}</lambda></math></functionDefinition>"
    )


def test_functions_that_multiply_into_a_bomb_are_refused() -> None:
    def twice(inner: str) -> str:
        calls = [
            f"<apply><ci>{inner}</ci><apply><plus/><ci>x</ci><cn>{n}</cn></apply></apply>" for n in (1, 3)
        ]
        return f"<apply><times/>{calls[0]}{calls[1]}</apply>"

    grown = [definition("f0", "<apply><sin/><apply><times/><ci>x</ci><ci>x</ci></apply></apply>")]
    grown += [definition(f"f{n}", twice(f"f{n - 1}")) for n in range(1, 40)]
    text = DECAY.replace(
        "<listOfCompartments>",
        f"<listOfFunctionDefinitions>{''.join(grown)}</listOfFunctionDefinitions><listOfCompartments>",
    )
    assert "operations" in refused(text.replace("<ci>k</ci>", "<apply><ci>f39</ci><ci>k</ci></apply>"))


def test_a_function_that_calls_itself() -> None:
    own = definition("f", "<apply><ci>f</ci><ci>x</ci></apply>")
    text = DECAY.replace(
        "<listOfCompartments>",
        f"<listOfFunctionDefinitions>{own}</listOfFunctionDefinitions><listOfCompartments>",
    )
    assert refused(text.replace("<ci>k</ci>", "<apply><ci>f</ci><ci>k</ci></apply>"))
