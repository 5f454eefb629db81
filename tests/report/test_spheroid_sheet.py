"""The sheet of a culture: every number of its figures is the course's, and all text is there and escaped."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest

from spondyl.donor import CellBatch
from spondyl.report.figures import svg_of
from spondyl.report.figures.lines import Axes, Curve, curves_of
from spondyl.report.sheets import spheroid_sheet
from spondyl.report.views.spheroid import facts, spheroid_figures
from spondyl.spheroid import culture


@pytest.fixture(scope="module")
def course():
    batch = CellBatch("human", 2e7, 0.95, 0.05, 6.0, 3, 21.0, 7)
    return culture(batch, cells_each=15_000, count=48, osteogenic="7 day", days="10 day")


def test_the_sheet_holds_every_figure_and_says_that_it_is_simulated(course):
    sheet = spheroid_sheet(course)
    assert sheet.count("<svg") == len(spheroid_figures(course)) == 9
    assert "simulated" in sheet
    assert "48 × spheroid" in sheet
    assert "want of" in sheet
    assert "numbers behind this sheet are assumed" in sheet


def test_numbers_of_the_figures_are_those_of_the_course(course):
    figures = {figure.name: figure for figure in spheroid_figures(course)}
    radius = figures["spheroid_radius"].rows
    assert radius[30] == ("radius", pytest.approx(3.0), pytest.approx(course.radius_um[30]))
    genes = {row[0] for row in figures["spheroid_genes_1"].rows}
    assert genes == {"RUNX2", "SP7", "ALPL", "COL1A1"}


def test_figures_are_well_formed_and_draw_inside_their_frame(course):
    for figure in spheroid_figures(course):
        root = ElementTree.fromstring(svg_of(figure))
        assert root.find("{http://www.w3.org/2000/svg}desc").text
        for mark in figure.drawing.marks:
            for key in ("x", "x1", "x2", "cx"):
                assert -1 <= float(mark.place.get(key, 0)) <= figure.drawing.width
            for key in ("y", "y1", "y2", "cy"):
                assert -1 <= float(mark.place.get(key, 0)) <= figure.drawing.height


def test_without_a_network_only_what_is_known_is_drawn():
    batch = CellBatch("rat", 2e7, 0.95, 0.05, 6.0, 3, 21.0, 7)
    bare = culture(batch, network=None, osteogenic="0 day", days="3 day")
    assert len(spheroid_figures(bare)) == 4
    assert {row[0]: row[1] for row in facts(bare).rows}["Osteogenic medium"] == "0 days of 3"


def test_the_lead_names_what_was_wanting():
    batch = CellBatch("human", 2e7, 0.95, 0.05, 6.0, 3, 21.0, 7)
    hungry = culture(batch, cells_each=60_000, count=48, network=None, oxygen="60 %")
    thin = culture(batch, cells_each=60_000, count=48, network=None, oxygen="3 %", medium="high glucose")
    fed = culture(batch, network=None)
    assert "shows want of glucose." in spheroid_sheet(hungry)
    assert "shows want of oxygen." in spheroid_sheet(thin)
    assert "shows no want of oxygen or glucose." in spheroid_sheet(fed)


def test_names_of_curves_do_not_meet_and_are_escaped():
    curves = [Curve(f"<{n}>", (0.0, 1.0), (0.0, 5.0)) for n in range(4)]
    figure = curves_of(Axes("test", "Test", "y", "x"), curves)
    heights = [float(mark.place["y"]) for mark in figure.drawing.marks if mark.text.startswith("<")]
    assert all(b - a >= 14 for a, b in pairwise(heights))
    assert "&lt;0&gt;" in svg_of(figure)
    assert "<0>" not in svg_of(figure)
