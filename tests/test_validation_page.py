"""The page of validation: one section found anew leaves the others and all readings as they are."""

from __future__ import annotations

from validation.page import body, line, page_of, sections_of
from validation.row import Row
from validation.sections import SECTIONS

FIRST, SECOND = SECTIONS[:2]
ROW = Row("plate", "thickness", "5", "4.9", "± 5 %", True)


def test_a_page_comes_apart_into_the_sections_it_was_made_of():
    known = {SECOND.title: "b\n\n| x |\n\n> said", FIRST.title: "a"}
    page = page_of(known, SECTIONS)
    assert sections_of(page) == known
    assert page.index(f"## {FIRST.title}") < page.index(f"## {SECOND.title}")


def test_a_section_found_anew_keeps_its_readings():
    before = body(FIRST, [ROW], "") + "\n\n> Thin plates read thin."
    after = body(FIRST, [Row("plate", "thickness", "5", "5.1", "± 5 %", True)], before)
    assert after.endswith("> Thin plates read thin.")
    assert "5.1" in after
    assert "4.9" not in after


def test_rows_stand_in_a_table_and_other_lines_between():
    text = body(FIRST, [ROW, "", "| own | table |", "|---|---|", ROW], "")
    assert text.count("| subject | check |") == 2
    assert "| own | table |\n|---|---|\n" in text


def test_a_prediction_is_neither_met_nor_missed():
    assert line(Row("arm", "week 8", "a prediction", "2.7", "")).endswith("|  |\n")
    assert line(Row("arm", "week 8", "3", "2.7", "", False)).endswith("| **missed** |\n")


def test_every_section_has_a_name_and_a_title_of_its_own():
    assert len({one.name for one in SECTIONS}) == len({one.title for one in SECTIONS}) == len(SECTIONS)
    assert all(one.checks or one.shared for one in SECTIONS)
