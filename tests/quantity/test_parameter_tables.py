"""Parameter tables: a good one reads, a bad one says all that is wrong with it."""

from __future__ import annotations

import pytest

from spondyl.errors import ParameterError
from spondyl.quantity import Kind, Parameter, load_table

GOOD = """
[gap]
value = 25
unit = "um"
low = 5.0
high = 200.0
meaning = "Distance between granules."
source = "bouxsein2010"
kind = "measured"
distribution = "lognormal"
spread = 1.3

[threshold]
value = 0.5
unit = "1"
low = 0.0
high = 1.0
meaning = "Assumed share of the range."
kind = "assumed"
"""
SOURCES = ("bouxsein2010", "otsu1979")


def table(**changes: object) -> str:
    """One parameter; `changes` replace its keys with TOML text, None leaves a key out."""
    keys = {
        "value": "2.0",
        "unit": '"mm"',
        "low": "1.0",
        "high": "3.0",
        "meaning": '"A length."',
        "source": '"otsu1979"',
        "kind": '"measured"',
    } | changes
    return "[gap]\n" + "\n".join(f"{key} = {text}" for key, text in keys.items() if text is not None)


def mistakes(text: str) -> list[str]:
    with pytest.raises(ParameterError) as caught:
        load_table(text, stage="graft", references=SOURCES, name="parameters.toml")
    return [str(mistake) for mistake in caught.value.mistakes]


def test_a_good_table_becomes_parameters():
    found = load_table(GOOD, stage="graft", references=SOURCES)
    assert found["gap"] == Parameter(
        name="gap",
        value=25.0,
        unit="um",
        low=5.0,
        high=200.0,
        meaning="Distance between granules.",
        source="bouxsein2010",
        kind=Kind.MEASURED,
        distribution="lognormal",
        spread=1.3,
        stage="graft",
    )
    assert found["threshold"].source == ""
    assert found["threshold"].kind is Kind.ASSUMED


def test_a_table_reads_from_a_file(tmp_path):
    path = tmp_path / "parameters.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert list(load_table(path, stage="graft", references=SOURCES)) == ["gap", "threshold"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"value": "nan"}, ["gap.value (line 2)", "nan", "finite"]),
        ({"value": "inf"}, ["finite"]),
        ({"value": "true"}, ["True", "number"]),
        ({"value": '"2 mm"'}, ["'2 mm'", "without quotes"]),
        ({"value": "1" + "0" * 400}, ["finite"]),
        ({"value": "9.0"}, ["9", "1 to 3"]),
        ({"value": "0.999"}, ["0.999", "1 to 3"]),
        ({"low": "4.0"}, ["gap.low", "high, 3"]),
        ({"low": None}, ["gap.low", "nothing", "needed"]),
        ({"unit": '"mmm"'}, ["gap.unit (line 3)", "Did you mean 'mm'?"]),
        ({"unit": '""'}, ["gap.unit", "text"]),
        ({"unit": "1"}, ["gap.unit", "text"]),
        ({"source": '"otsu1978"'}, ["references.bib", "Did you mean 'otsu1979'?"]),
        ({"source": '""'}, ["references.bib"]),
        ({"source": None}, ["references.bib"]),
        ({"source": "3"}, ["references.bib"]),
        ({"kind": '"mesured"'}, ["must be one of", "Did you mean 'measured'?"]),
        ({"kind": '["measured"]'}, ["gap.kind", "text"]),
        ({"meaning": '" "'}, ["gap.meaning", "text"]),
        ({"distribution": '"log-normal"', "spread": "1.5"}, ["Did you mean 'lognormal'?"]),
        ({"distribution": '"normal"'}, ["gap.spread", "standard deviation above 0"]),
        ({"distribution": '"normal"', "spread": "0"}, ["standard deviation above 0"]),
        ({"distribution": '"normal"', "spread": "nan"}, ["finite"]),
        ({"distribution": '"lognormal"', "spread": "1.0"}, ["geometric standard deviation above 1"]),
        ({"distribution": '"lognormal"', "spread": "1.5", "low": "-1.0"}, ["above 0"]),
        ({"distribution": '"beta"', "spread": "1.0"}, ["between 0 and 1,"]),
        ({"distribution": '"beta"', "spread": "0.5", "value": "3.0"}, ["inside its range"]),
        ({"distribution": '"uniform"', "spread": "0.5"}, ["left out"]),
        ({"spread": "0.5"}, ["needs a distribution"]),
        ({"vlaue": "2.0"}, ["gap.vlaue (line 9)", "Did you mean 'value'?"]),
        ({"kind": '"assumed"', "meaning": '"A guess."'}, ["must say that it is assumed"]),
        ({"kind": '"assumed"', "meaning": '"Assumed."', "low": "2.0", "high": "2.0"}, ["low below high"]),
    ],
)
def test_one_mistake_is_said_once(changes, words):
    said = mistakes(table(**changes))
    assert len(said) == 1
    for word in ["parameters.toml › gap", *words]:
        assert word in said[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"distribution": '"beta"', "spread": "0.999"},
        {"distribution": '"uniform"'},
        {"distribution": '"normal"', "spread": "0.1"},
        {"low": "2.0", "high": "2.0"},
        {"kind": '"assumed"', "meaning": '"By assumption."', "source": '""'},
    ],
)
def test_what_is_allowed_at_the_edge_is_allowed(changes):
    assert load_table(table(**changes), stage="graft", references=SOURCES)["gap"].value == 2.0


def test_all_mistakes_of_a_table_come_at_once():
    said = mistakes(
        table(value="nan", unit='"mmm"', kind='"fited"', extra="1") + "\n[Gap-2]\nvalue = 1\n[low]\n"
    )
    assert len(said) == 4 + 1 + 7
    assert "Did you mean 'fitted'?" in "".join(said)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (table() + "\n" + table(), ["not TOML", "line 9"]),
        (table() + "\nvalue = 3.0", ["not TOML", "overwrite a value"]),
        ("gap = 25", ["must be a table"]),
        ('gap = "25 um"', ["must be a table"]),
        ("[[gap]]\nvalue = 1", ["must be a table"]),
        ("[gap", ["not TOML"]),
        ("a = " + "[" * 100_000, ["not TOML"]),
        ("gap = 1" + "0" * 5000, ["not TOML"]),
    ],
)
def test_text_that_is_no_table_is_one_mistake(text, words):
    said = mistakes(text)
    assert len(said) == 1
    for word in words:
        assert word in said[0]


def test_files_that_cannot_be_read_are_mistakes(tmp_path):
    latin, large = tmp_path / "latin.toml", tmp_path / "large.toml"
    latin.write_bytes("[gap]\nmeaning = 'Müller'".encode("latin-1"))
    large.write_bytes(b"#" * 5_000_000)
    for path, word in (
        (latin, "UTF-8"),
        (large, "4 MB"),
        (tmp_path / "no.toml", "No such file"),
        (tmp_path, "readable"),
    ):
        with pytest.raises(ParameterError, match=word):
            load_table(path, stage="graft", references=SOURCES)
