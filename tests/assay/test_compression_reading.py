"""Exports of testing machines: layouts, units and signs; what is wrong is refused, never swallowed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spondyl.assay.compression import LoadCurve, Settings, Stated, measure, read
from spondyl.errors import MeasurementError

X = np.linspace(0.0, 0.5, 41)
LOAD = np.where(X < 0.3, 500.0 * X, 150.0 - 200.0 * (X - 0.3))
Write = Callable[..., Path]


def table(
    heading: str = "Time (s),Displacement (mm),Force (N)",
    mark: str = ",",
    x: np.ndarray = X,
    load: np.ndarray = LOAD,
    before: str = "",
    comma: bool = False,
) -> str:
    rows = [f"{t:.1f}{mark}{a:.5f}{mark}{b:.4f}" for t, a, b in zip(10 * X, x, load, strict=True)]
    text = "\n".join(rows)
    return before + heading + "\n" + (text.replace(".", ",") if comma else text) + "\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "L5.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return to


def refusal(path: Path, stated: Stated | None = None, how: Settings | None = None) -> str:
    with pytest.raises(MeasurementError) as caught:
        measure(read(path, stated), how)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (table(), "utf-8"),
        (table("Time,Extension,Load\n(s),(mm),(N)"), "utf-8-sig"),
        (table("Zeit;Standardweg;Standardkraft\ns;mm;N", ";", comma=True, before="Prüfer;X\n\n"), "cp1252"),
        (table("Running Time\tAxial Displacement\tAxial Force\ns\tmm\tN", "\t", -X, -LOAD), "utf-16"),
        (table("Time [sec],Stroke/mm,Load kN", load=LOAD / 1000).replace("0.15", "0.15"), "utf-8"),
        (table("Time (min),Crosshead (um),Load (lbf)", x=1000 * X, load=LOAD / 4.4482216152605), "utf-8"),
        (table(before="Specimen,L5\nSpeed,0.5,mm/min\nDate,2024\n\n").replace("\n", "\r\n"), "utf-8"),
        (table("Time (s),Stress (MPa),Displacement (mm),Force (N)").replace(",0.", ",9,0.", 1), "utf-8"),
    ],
    ids=["plain", "units below", "German", "MTS", "kN", "inch-pound", "header", "extra heading"],
)
def test_one_record_however_it_is_written(write, text, encoding):
    if "Stress" in text:
        text = "\n".join(
            line if n == 0 else line.replace(",", ",9,", 1)
            for n, line in enumerate(table().split("\n"))
            if line
        )
        text = text.replace("Time (s),", "Time (s),Stress (MPa),", 1)
    curve = read(write(text, encoding))
    np.testing.assert_allclose(curve.displacement_mm, X, atol=2e-5)
    np.testing.assert_allclose(curve.load_N, LOAD, atol=0.06)


def test_thousands_are_read_and_a_cut_last_line_is_told(write):
    rows = [f'"{t:.1f}","{a:.5f}","{1000 * b:,.1f}"' for t, a, b in zip(X, X, LOAD, strict=True)]
    curve = read(write("Time (s),Displacement (mm),Force (mN)\n" + "\n".join(rows) + '\n"4.2","0.5'))
    np.testing.assert_allclose(curve.load_N, LOAD, atol=1e-3)
    assert any("cut off" in note for note in curve.notes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (table("Time (s),Displacement,Force (N)"), ["Displacement", "no unit", "--displacement-unit mm"]),
        (table("Time (s),Displacement (N),Force (N)"), ["unit N, a unit of force"]),
        (table("Time (s),Displacement (mm),Force (mm)"), ["unit mm, a unit of displacement"]),
        (table("Time,Displacement,Force\n(s),(mm),(furlong)"), ["'(furlong)'", "must be one of N"]),
        (table(x=-X), ["150 N at a displacement of -0.3 mm", "--flip"]),
        (table(load=-LOAD), ["-150 N", "--flip"]),
        (table("Time (s),Displacement (mm),Force (kN)"), ["1.5e+05 N", "no bone", "--force-unit"]),
        (table("Time (s),Displacement (m),Force (N)"), ["300 mm", "unit of displacement"]),
        (table("Time (s),Displacement (um),Force (N)"), ["0.0003 mm", "unit of displacement"]),
        (table("Time (s),Place A (mm),Place B (N)"), ["no column of force", "--force-column"]),
        (table("Force (N),Displacement (mm),Load (N)"), ["2 columns of force"]),
        ("a,b\n" * 30, ["no table of numbers"]),
        ("\n".join(f"{a},{b}" for a, b in zip(X, LOAD, strict=True)), ["without headings"]),
        (table() + "\nagain\n" + table(), ["2 tables of numbers", "one test a file"]),
        (table(load=0 * LOAD), ["never changes"]),
        (table().replace("0.01250", "0,01250").replace(",", ";").replace("0;01", "0,01"), ["decimal commas"]),
        ("\n".join(table().split("\n")[:10]), ["at least 12"]),
    ],
)
def test_what_is_wrong_is_caught(write, text, words):
    said = refusal(write(text))
    for word in ["L5.csv", *words]:
        assert word in said, said


def test_what_the_person_states_comes_first(write):
    path = write(table("Time (s),Displacement,Force"))
    stated = Stated(units={"force": "N", "displacement": "mm"})
    assert measure(read(path, stated)).stiffness_N_per_mm == pytest.approx(500.0, rel=1e-3)
    path = write(table("Time (s),Displacement (mm),Force (kN)"))
    curve = read(path, Stated(units={"force": "N"}))
    np.testing.assert_allclose(curve.load_N, LOAD, atol=1e-3)
    assert any("the file says kN" in note for note in curve.notes)
    path = write(table("Time (s),Way (mm),Pressing (N)"))
    curve = read(path, Stated(columns={"force": "Pressing", "displacement": "2"}))
    np.testing.assert_allclose(curve.displacement_mm, X, atol=1e-5)
    path = write(table(x=-X))
    np.testing.assert_allclose(read(path, Stated(flip=("displacement",))).displacement_mm, X, atol=1e-5)


def test_someone_who_states_both_units_may_measure_steel(write):
    path = write(table("Time (s),Displacement,Force", load=1000 * LOAD))
    found = measure(read(path, Stated(units={"force": "N", "displacement": "mm"})))
    assert any("as no bone has" in said for said in found.remarks)


@pytest.mark.parametrize(
    "stated", [{"units": {"force": "mm"}}, {"units": {"force": "Nm"}}, {"flip": ("load",)}]
)
def test_statements_that_cannot_be_are_refused(stated):
    with pytest.raises(MeasurementError, match="must be"):
        Stated(**stated)


def test_an_asked_column_that_is_not_there_is_refused(write):
    said = refusal(write(table()), Stated(columns={"force": "Forse (N)"}))
    assert "Did you mean 'Force (N)'?" in said


def test_impossible_geometry_is_refused(write):
    path = write(table())
    assert "check the unit of displacement and the length" in refusal(path, how=Settings(length_mm=0.2))
    assert "nothing is so stiff" in refusal(path, how=Settings(length_mm=500.0, area_mm2=0.1))
    assert "no bone" in refusal(path, how=Settings(length_mm=0.5))


def test_a_record_of_two_samples_is_no_curve():
    with pytest.raises(MeasurementError, match="at least 12"):
        LoadCurve(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    with pytest.raises(MeasurementError, match="finite"):
        LoadCurve(np.arange(20.0), np.full(20, np.nan))
