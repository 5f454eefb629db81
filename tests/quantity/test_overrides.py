"""A study's own numbers take the place of the shipped ones, within their range or with a passport."""

from __future__ import annotations

import pytest

from spondyl.errors import ParameterError
from spondyl.quantity import Kind, load_table, overrides, shipped, tables_below

SHIPPED = """
[gap]
value = 25.0
unit = "um"
low = 5.0
high = 200.0
meaning = "Distance between granules."
source = "bouxsein2010"
kind = "measured"
distribution = "normal"
spread = 3.0

[porosity]
value = 0.4
unit = "1"
low = 0.1
high = 0.9
meaning = "Share of pores."
source = "bouxsein2010"
kind = "measured"
distribution = "beta"
spread = 0.2
"""
PASSPORT = """
[gap]
value = 0.3
unit = "mm"
low = 0.1
high = 0.5
meaning = "Measured on our granules."
source = "ours2025"
kind = "measured"
distribution = "normal"
spread = 0.05
"""
OURS = "@misc{ours2025, author = {Doe, Jane}, title = {Granules}, year = 2025, howpublished = {Lab book 7}}"


@pytest.fixture
def stage():
    return {"graft/mixing": load_table(SHIPPED, stage="graft/mixing", references=["bouxsein2010"])}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "parameters" / "graft").mkdir(parents=True)
    return tmp_path / "parameters"


def write(folder, text):
    (folder / "graft" / "mixing.toml").write_text(text, encoding="utf-8")


def mistakes(folder, stage):
    with pytest.raises(ParameterError) as caught:
        overrides(folder, stage)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_without_own_numbers_the_shipped_ones_stay(folder, stage):
    assert overrides(folder, stage) == stage
    assert overrides(folder / "none", stage) == stage


def test_a_bare_value_is_converted_and_counts_as_assumed(folder, stage):
    write(folder, 'gap = "0.03 mm"\nporosity = 0.5')
    own = overrides(folder, stage)["graft/mixing"]
    assert own["gap"].value == 30.0
    assert own["gap"].kind is Kind.ASSUMED
    assert own["gap"].source == ""
    assert "assumed by the study" in own["gap"].meaning
    assert (own["gap"].low, own["gap"].high, own["gap"].spread) == (5.0, 200.0, 3.0)
    assert own["porosity"].value == 0.5
    assert stage["graft/mixing"]["gap"].value == 25.0


def test_a_full_passport_brings_range_and_source_in_the_shipped_unit(folder, stage):
    write(folder, PASSPORT)
    (folder / "references.bib").write_text(OURS, encoding="utf-8")
    own = overrides(folder, stage)["graft/mixing"]
    gap = own["gap"]
    assert (gap.value, gap.low, gap.high, gap.spread, gap.unit) == (300.0, 100.0, 500.0, 50.0, "um")
    assert (gap.source, gap.kind, gap.stage) == ("ours2025", Kind.MEASURED, "graft/mixing")
    assert own["porosity"] == stage["graft/mixing"]["porosity"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('gap = "300 um"', ["mixing.toml › gap (line 1)", "'300 um'", "5 to 200 um"]),
        ('gap = "4.9 um"', ["5 to 200 um"]),
        ("gap = 25", ["without a unit"]),
        ("gap = nan", ["nan"]),
        ("gap = true", ["True"]),
        ("gap = [25]", ["full passport"]),
        ('gap = "25 kg"', ["a mass"]),
        ('gpa = "25 um"', ["unknown parameter", "Did you mean 'gap'?"]),
        ("porosity = 0.12", ["full passport", "standard deviation"]),
        ("[gap]\nvalue = 3", ["is needed"]),
        (PASSPORT, ["'ours2025'", "references.bib"]),
        (PASSPORT.replace("ours2025", "otsu1979").replace('"mm"', '"kg"'), ["a mass"]),
        ("gap = ", ["not TOML"]),
    ],
)
def test_a_wrong_number_is_explained(folder, stage, text, words):
    write(folder, text)
    said = " ".join(mistakes(folder, stage))
    for word in words:
        assert word in said


def test_all_files_tell_all_their_mistakes_at_once(folder, stage):
    write(folder, 'gap = "300 um"\nporosity = "x"')
    (folder / "graft" / "mixin.toml").write_text("a = 1", encoding="utf-8")
    (folder / "references.bib").write_text("@book{c", encoding="utf-8")
    said = mistakes(folder, stage)
    assert len(said) == 4
    assert "Did you mean 'graft/mixing'?" in " ".join(said)


def test_shipped_tables_are_found_by_their_folder(tmp_path):
    (tmp_path / "assay" / "microct").mkdir(parents=True)
    (tmp_path / "assay" / "microct" / "parameters.toml").write_text(SHIPPED, encoding="utf-8")
    (tmp_path / "graft").mkdir()
    (tmp_path / "graft" / "parameters.toml").write_text("[gap]\nvalue = 1", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"graft/parameters\.toml › gap"):
        tables_below(tmp_path, ["bouxsein2010"])
    (tmp_path / "graft" / "parameters.toml").unlink()
    found = tables_below(tmp_path, ["bouxsein2010"])
    assert {stage: list(table) for stage, table in found.items()} == {"assay/microct": ["gap", "porosity"]}
    assert found["assay/microct"]["gap"].stage == "assay/microct"


def test_the_installed_package_ships_tables_that_read():
    for stage, table in shipped().items():
        assert all(parameter.stage == stage for parameter in table.values())
