"""Figures show the story's numbers at the right place."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stories
from spondyl.report.figures import Figure, figures_of, frame, svg_of
from spondyl.report.figures.scale import covering, tick_decimals, ticks
from spondyl.report.figures.swarm import offsets
from spondyl.report.tabular import tsv_of

SVG = "{http://www.w3.org/2000/svg}"


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_round_inside_and_told_apart(low: float, length: float) -> None:
    high = low + length
    marks = ticks(low, high)
    assert 2 <= len(marks) <= 6
    assert all(low - 1e-6 * length <= mark <= high + 1e-6 * length for mark in marks)
    labels = {f"{mark:.{tick_decimals(marks)}f}" for mark in marks}
    assert len(labels) == len(marks)


def test_a_scale_is_linear_and_survives_equal_or_missing_values() -> None:
    scale = covering([2.0, 4.0, math.nan], 100, 0, margin=0.5)
    assert scale.at(scale.low) == 100
    assert scale.at(scale.high) == 0
    assert scale.at((scale.low + scale.high) / 2) == pytest.approx(50, abs=1e-9)
    assert covering([5.0, 5.0], 1, 0).at(5.0) == pytest.approx(0.5, abs=1e-9)
    assert math.isfinite(covering([], 1, 0).at(0.3))


def test_points_of_one_height_do_not_hide_each_other() -> None:
    aside = offsets([10.0] * 5, diameter=10, half_width=30)
    gaps = [abs(a - b) for i, a in enumerate(aside) for b in aside[:i]]
    assert min(gaps) >= 10 - 1e-9


@given(st.lists(st.floats(0, 100), max_size=80))
def test_points_stay_in_their_column(heights: list[float]) -> None:
    assert all(abs(offset) <= 30 for offset in offsets(heights, 11, 30))


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))


class TestPrimary:
    @pytest.fixture
    def figure(self, tmp_path: Path) -> Figure:
        self.story = stories.clear(tmp_path, pictures=False)
        return figures_of(self.story)[0]

    def test_the_numbers_are_the_storys_to_the_last_digit(self, figure: Figure) -> None:
        rows = table(tsv_of(figure))
        animals = {(row["animal"], float(row["value"])) for row in rows if row["kind"] == "animal"}
        assert animals == {(value.animal, value.value) for value in self.story.comparison.values}
        groups = [
            (r["group"], int(r["n"]), float(r["value"]), float(r["low"]), float(r["high"]))
            for r in rows
            if r["kind"] == "group"
        ]
        assert groups == [(g.group, g.n, g.mean, g.ci_low, g.ci_high) for g in self.story.comparison.groups]
        (found,) = [row for row in rows if row["kind"] == "effect"]
        (effect,) = self.story.comparison.effects
        assert [float(found[key]) for key in ("value", "low", "high")] == [
            effect.difference,
            effect.ci_low,
            effect.ci_high,
        ]

    def test_every_animal_is_a_point_at_its_height(self, figure: Figure) -> None:
        root = ElementTree.fromstring(svg_of(figure))
        dots = [c for c in root.iter(f"{SVG}circle") if "dot" in c.get("class", "").split()]
        heights = [float(c.get("cy", "nan")) for c in dots]
        values = [value.value for value in self.story.comparison.values]
        assert len(heights) == len(values) == 16
        slope = (heights[-1] - heights[0]) / (values[-1] - values[0])
        for height, value in zip(heights, values, strict=True):
            assert height == pytest.approx(heights[0] + slope * (value - values[0]), abs=0.05)

    def test_the_effect_stands_at_the_height_of_its_group(self, figure: Figure) -> None:
        # Gardner and Altman: zero lies at the control's mean, the difference at the other group's.
        root = ElementTree.fromstring(svg_of(figure))
        (effect,) = [c for c in root.iter(f"{SVG}circle") if c.get("class") == "effect"]
        means = [c for c in root.iter(f"{SVG}circle") if c.get("class") == "centre"]
        assert float(effect.get("cy", "nan")) == pytest.approx(float(means[1].get("cy", "nan")), abs=0.05)

    def test_text_stays_text_and_the_drawing_is_described(self, figure: Figure) -> None:
        root = ElementTree.fromstring(svg_of(figure))
        words = " ".join(node.text or "" for node in root.iter(f"{SVG}text"))
        assert "measured" in words
        assert "n = 8" in words
        described = root.find(f"{SVG}desc")
        assert described is not None
        assert "Sham (measured): n = 8" in (described.text or "")


def test_simulated_animals_are_hollow_and_measured_ones_filled(tmp_path: Path) -> None:
    figure = figures_of(stories.three(tmp_path, pictures=False))[0]
    dots = [
        c for c in ElementTree.fromstring(svg_of(figure)).iter(f"{SVG}circle") if "dot" in c.get("class", "")
    ]
    hollow = [c for c in dots if "hollow" in c.get("class", "")]
    assert len(dots) == 24
    assert {c.get("class", "").split()[1] for c in hollow} == {"arm-2"}
    assert {c.get("fill") for c in hollow} == {"#ffffff"}


def test_panels_hold_the_values_of_the_table(tmp_path: Path) -> None:
    story = stories.clear(tmp_path, pictures=False)
    figures = {figure.name: figure for figure in figures_of(story)}
    assert {"microct_bv_tv", "microct_bs_bv_per_mm", "microct_tmd_mgha_cm3"} <= set(figures)
    assert "microct_threshold" not in figures
    frame = story.measurements
    for name in ("bs_mm2", "tmd_mgha_cm3"):
        rows = table(tsv_of(figures[f"microct_{name}"]))
        wanted = frame[frame["name"] == name]
        assert {(r["animal"], float(r["value"]), r["unit"]) for r in rows} == set(
            zip(wanted["animal"], wanted["value"], wanted["unit"], strict=True)
        )


def test_several_weeks_are_drawn_as_courses(tmp_path: Path) -> None:
    story = stories.told(
        tmp_path, {"sham": stories.SHAM, "ovx": stories.OVX}, weeks=(0.0, 4.0, 8.0), pictures=False
    )
    figure = next(figure for figure in figures_of(story) if figure.name == "microct_bv_tv")
    root = ElementTree.fromstring(svg_of(figure))
    courses = [path.get("d", "") for path in root.iter(f"{SVG}path")]
    assert [course.count("L") for course in courses] == [2, 2]
    assert len([c for c in root.iter(f"{SVG}circle") if "dot" in c.get("class", "")]) == 48


def test_many_pairs_stand_in_rows_each_with_both_names(tmp_path: Path) -> None:
    groups = {name: tuple(v + 0.02 * i for v in stories.OVX) for i, name in enumerate("abcd")}
    figure = figures_of(stories.told(tmp_path, groups, pictures=False))[0]
    root = ElementTree.fromstring(svg_of(figure))
    effects = [c for c in root.iter(f"{SVG}circle") if c.get("class") == "effect"]
    assert len(effects) == 6
    places = [float(c.get("cx", "nan")) for c in effects]
    # b-a, c-a, d-a, c-b, d-b, d-c differ by 2, 4, 6, 2, 4, 2 points.
    assert places[0] == pytest.approx(places[3], abs=0.05)
    assert places[2] - places[1] == pytest.approx(places[1] - places[0], abs=0.05)
    words = [node.text for node in root.iter(f"{SVG}text")]
    assert words.count("minus a") == 3
    assert words.count("minus c") == 1


def test_an_endpoint_in_two_units_is_never_mixed(tmp_path: Path) -> None:
    story = stories.clear(tmp_path, pictures=False)
    frame = story.measurements
    other = (frame["name"] == "tmd_mgha_cm3") & (frame["group"] == "ovx")
    mixed = replace(story, measurements=frame.assign(unit=frame["unit"].where(~other, "HU")))
    figures = {figure.name: figure for figure in figures_of(mixed)}
    for name, unit in (("microct_tmd_mgha_cm3", "HU"), ("microct_tmd_mgha_cm3_2", "mg HA/cm3")):
        assert {row["unit"] for row in table(tsv_of(figures[name]))} == {unit}


def test_columns_are_as_wide_as_the_longest_word_of_their_labels() -> None:
    label = "Undifferentiated spheroids + β-TCP"
    assert frame.broken(label, frame.word_width([label]), 13)[0] == "Undifferentiated"
