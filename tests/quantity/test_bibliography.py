"""References: the shipped ones are whole, wrong ones are explained."""

from __future__ import annotations

import re
import unicodedata
from importlib.resources import files

import pytest

from spondyl.errors import ParameterError
from spondyl.quantity import load_references, references

ENTRY = """@article{welch1951,
  author = {Welch, B. L. and van der Walt, Stéfan J. and {The {R} Group, Inc.} and others},
  title = {On the {ANOVA} of means.},
  journal = {Biometrika},
  year = 1951,
  volume = {38},
  number = {3/4},
  pages = {330--336},
  doi = {10.1093/biomet/38.3-4.330},
  keywords = {not printed}
}
"""


def test_an_entry_is_printed_as_a_citation():
    (found,) = load_references("% a comment\n\n" + ENTRY).values()
    assert found.key == "welch1951"
    assert found.doi == "10.1093/biomet/38.3-4.330"
    assert found.text == (
        "Welch BL, van der Walt SJ, The R Group, Inc., et al. (1951). On the ANOVA of means."
        " Biometrika 38(3/4), 330–336."
    )


def test_the_shipped_works_are_whole():
    text = files("spondyl.quantity").joinpath("references.bib").read_text(encoding="utf-8")
    known = references()
    assert len(known) == len(re.findall(r"^@", text, re.MULTILINE))
    used = {"author", "title", "journal", "year", "volume", "number", "pages", "doi"}
    assert set(re.findall(r"^  (\w+) = ", text, re.MULTILINE)) == used | {"publisher"}  # of books
    for key, work in known.items():
        family, year = re.fullmatch(r"([a-z]+)(\d{4})", key).groups()
        assert f"({year})" in work.text
        plain = unicodedata.normalize("NFKD", work.text).encode("ascii", "ignore").decode("ascii")
        assert plain.lower().translate(str.maketrans("", "", " -")).startswith(family)
    assert len({work.doi for work in known.values() if work.doi}) == sum(
        bool(work.doi) for work in known.values()
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("@article", "@artcle", ["(line 1)", "Did you mean 'article'?"]),
        ("journal", "jounral", ["'jounral'", "'journal' is needed"]),
        ("  year = 1951,\n", "", ["'year' is needed"]),
        (" 1951,\n", " {51},\n", ["four digits"]),
        ("{10.1093", "{https://doi.org/10.1093", ["doi.org"]),
        ("Stéfan", r"St\'efan", ["UTF-8"]),
        ("38},\n", "38}\n", ["volume", "comma"]),
        ("title = {", "title = {{{", ["comma"]),
        ("@article{welch1951,", "@article{welch 1951,", ["@article{key"]),
        ("  keywords", "  doi", ["field again"]),
    ],
)
def test_a_wrong_entry_is_explained(old, new, words):
    assert old in ENTRY
    with pytest.raises(ParameterError) as caught:
        load_references(ENTRY.replace(old, new, 1))
    for word in words:
        assert word in str(caught.value)


def test_all_wrong_entries_are_said_at_once():
    text = ENTRY + ENTRY + ENTRY.replace("welch1951", "b").replace("year", "yaer") + "@book{c\n"
    with pytest.raises(ParameterError) as caught:
        load_references(text)
    lines = [re.search(r"line \d+", str(mistake)).group() for mistake in caught.value.mistakes]
    assert lines == ["line 12", "line 23", "line 34"]


def test_text_that_is_no_bibliography_is_refused():
    with pytest.raises(ParameterError, match="@article"):
        load_references("author: Welch")
