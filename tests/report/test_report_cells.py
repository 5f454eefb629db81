"""The section on spheroids in culture: every arm that was given some, before they were given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import stories
from spondyl import spheroid
from spondyl.donor import CellBatch
from spondyl.report import DailyCourse
from spondyl.report.material import Material
from spondyl.report.section import SECTIONS
from spondyl.report.views import cells
from spondyl.study.simulating import _tabbed

CELLS = next(section for section in SECTIONS if section.id == "cells")
BATCH = CellBatch("rat", 2e6, 0.95, 0.05, 6.0, 3, 21.0, 7)


@pytest.fixture
def material(tmp_path: Path) -> Material:
    """A story whose first arm was given spheroids of two sizes, and whose second none."""
    story = stories.clear(tmp_path)
    first, second = (arm.group for arm in story.arms[:2])
    courses = []
    for animal, each in (("one", 2000), ("two", 4000)):
        course = spheroid.culture(BATCH, cells_each=each, count=100, osteogenic="2 day")
        (tmp_path / f"{animal}.tsv").write_text(_tabbed(course.by_day()), "utf-8")
        here = Path("course.tsv"), Path("budget.tsv"), Path(f"{animal}.tsv")
        courses.append(DailyCourse(animal, first, *here))
    courses.append(DailyCourse("three", second, Path("course.tsv"), Path("budget.tsv")))
    return Material.of(replace(story, courses=tuple(courses)), tmp_path)


def test_the_table_gives_the_range_over_the_spheroids_of_an_arm(material: Material):
    table = cells(material)["table"]
    assert table.head == ("", material.label(material.story.arms[0].group))
    told = dict(table.rows)
    course = [
        spheroid.culture(BATCH, cells_each=each, count=100, osteogenic="2 day") for each in (2000, 4000)
    ]
    low, high = (f"{one.radius_um[-1]:.0f}" for one in course)
    assert told["radius of a spheroid, µm"] == f"{low} to {high}"
    assert told["days in culture"] == "3"


def test_curves_have_the_colours_of_their_arms(material: Material):
    panels = cells(material)["panels"]
    assert len(panels) == 8
    last = replace(material, arms=material.arms[::-1])
    assert cells(last)["panels"][0] != panels[0]


def test_an_animal_without_spheroids_needs_no_section(material: Material):
    assert CELLS.possible(material)
    without = replace(material.story, courses=material.story.courses[-1:])
    assert not CELLS.possible(Material.of(without, material.folder))


def test_columns_become_lines_of_six_digits():
    columns = {"day": np.array([0.0, 1.0]), "radius_um": np.array([1 / 3, 123456.789])}
    assert _tabbed(columns) == "day\tradius_um\n0\t0.333333\n1\t123457\n"
