"""The sheet "donor and dose" shows the plan's numbers at the right place."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from spondyl.donor.plan import Plan, cells_from_fat, fat_for_cells
from spondyl.report.figures import svg_of
from spondyl.report.figures.dose import amount, dose_course
from spondyl.report.sheets import dose_sheet

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return cells_from_fat("rat", "12 week", "1.5 g", cells=1e7, days="21 day", donors=300)


def test_bands_lie_in_each_other_and_end_at_the_counts_of_the_last_passage(plan: Plan) -> None:
    for row in dose_course(plan).rows:
        _, median, low50, high50, low80, high80, low95, high95, _ = row
        assert low95 <= low80 <= low50 <= median <= high50 <= high80 <= high95
    late = plan.course(np.array([400.0]))[0]
    assert late == plan.steps[-1].living


def test_the_figure_is_drawn_where_the_numbers_are(plan: Plan) -> None:
    figure = dose_course(plan)
    root = ElementTree.fromstring(svg_of(figure))
    paths = {path.get("class"): path.get("d") for path in root.iter(f"{SVG}path")}
    last = paths["course arm-0"].split()[-2:]
    guides = [each for each in root.iter(f"{SVG}line") if each.get("class") == "guide"]
    dose, limit = guides
    assert dose.get("y1") == dose.get("y2")
    assert limit.get("x1") == limit.get("x2")
    # The end of the median is as far above the dose, in decades, as its count is.
    decade = 230 / 6
    above = (float(dose.get("y1")) - float(last[1])) / decade
    assert above == pytest.approx(np.log10(figure.rows[-1][1] / 1e7), abs=0.01)
    assert len([path for path in root.iter(f"{SVG}path") if path.get("class") == "band arm-0"]) == 3
    said = " ".join(root.itertext())
    assert f"{100 * plan.probability:.3g} % of donors" in said
    assert "last day 21" in said


def test_the_sheet_says_what_is_simulated_at_risk_not_reported_and_assumed(plan: Plan) -> None:
    page = dose_sheet(plan)
    for words in ("simulated", "CFU-F at least 5 %", "not reported", "donor age disagree", "P3"):
        assert words in page
    assert f"{amount(plan.living.median).replace('10⁸', '10<sup>8</sup>')} living cells by day 21" in page
    asked = fat_for_cells("human", "70 year", 1e7, days="28 day", donors=300)
    page = dose_sheet(asked)
    assert f"95 % up to {asked.enough[2]:.2g} g" in page
    assert "those of the dose alone" in page


def test_a_dose_above_every_band_is_still_on_the_drawing() -> None:
    plan = cells_from_fat("human", "70 year", "2 g", cells=1e8, donors=300)
    figure = dose_course(plan)
    heights = [float(mark.place["y1"]) for mark in figure.drawing.marks if mark.role == "guide"]
    assert all(0 <= height <= figure.drawing.height for height in heights)
