"""``spondyl measure qpcr`` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

KEYS = ("ddcq", "fold_change", "ci_low", "ci_high", "n", "reference_stability")


@pytest.fixture
def plate(tmp_path: Path) -> Path:
    lines = ["sample,group,gene,replicate,cq"]
    for group, shift in (("ctrl", 0.0), ("osteo", -3.0), ("fat", 1.0)):
        for animal in range(3):
            for gene, cycle in (("RUNX2", 26 + shift), ("GAPDH", 18.0), ("RPL13A", 19.0)):
                lines += [
                    f"{group}{animal},{group},{gene},{w},{cycle + 0.1 * animal * (w + 1)}" for w in range(2)
                ]
    path = tmp_path / "plate.csv"
    path.write_text("\n".join(lines))
    return path


def test_json_has_the_promised_keys_and_nothing_else_on_stdout(spondyl, plate):
    words = ("--reference", "GAPDH,RPL13A", "--control", "ctrl")
    done = spondyl("measure", "qpcr", plate, *words, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    rows = {(row["gene"], row["group"]): row for row in found["results"]}
    assert set(rows) == {("RUNX2", "osteo"), ("RUNX2", "fat")}
    assert rows["RUNX2", "osteo"]["fold_change"] == pytest.approx(8.0)
    for key in KEYS:
        assert isinstance(rows["RUNX2", "fat"][key], float | int), key
    assert sum(level["gene"] == "RUNX2" for level in found["samples"]) == 9
    assert found["references"]["genorm_m"] == [pytest.approx(0, abs=1e-9)] * 2


def test_table_plot_and_checklist(spondyl_here, plate, tmp_path):
    svg, miqe = tmp_path / "fold.svg", tmp_path / "miqe.tsv"
    words = ("measure", "qpcr", plate, "--reference", "GAPDH", "--control", "ctrl")
    done = spondyl_here(*words, "--plot", svg, "--miqe", miqe)
    assert done.returncode == 0, done.stderr
    assert "RUNX2" in done.stdout
    assert "one reference gene" in done.stderr
    drawn = ElementTree.fromstring(svg.read_text("utf-8"))
    assert len([e for e in drawn.iter() if e.tag.endswith("circle")]) == 2 * (9 + 3)
    rows = [line.split("\t") for line in svg.with_suffix(".tsv").read_text("utf-8").splitlines()]
    assert ["RUNX2", "osteo", "mean"] in [row[:3] for row in rows]
    assert "not reported" in miqe.read_text("utf-8")
    again = spondyl_here(*words, "--plot", svg)
    assert again.returncode == 2
    assert "exists" in again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), ["no reference gene", "no group"]),
        (("--reference", "GAPDH", "--control", "control"), ["must be one of ctrl, osteo, fat"]),
        (("--reference", "GAPD", "--control", "ctrl"), ["Did you mean 'GAPDH'?"]),
        (("--reference", "GAPDH", "--control", "ctrl", "--efficiency", "2"), ["must lie from 0.5"]),
        (("--reference", "GAPDH", "--control", "ctrl", "--efficiency", "table"), ["no efficiency of RUNX2"]),
        (("--reference", "GAPDH", "--control", "ctrl", "--efficiency", "none.csv"), ["none.csv"]),
        (("--reference", "GAPDH", "--control", "ctrl", "--curves"), ["RDML"]),
        (("--reference", "GAPDH", "--control", "ctrl", "--variance", "other"), ["pooled or welch"]),
        (("--reference", "GAPDH", "--control", "ctrl", "--plot", "a.png"), [".svg"]),
    ],
)
def test_mistakes_are_told_and_leave_with_2(spondyl_here, plate, words, said):
    done = spondyl_here("measure", "qpcr", plate, *words)
    assert done.returncode == 2
    assert done.stdout == ""
    for word in said:
        assert word in done.stderr


def test_groups_and_efficiencies_from_files(spondyl_here, tmp_path):
    plate = tmp_path / "plate.csv"
    plate.write_text("sample,gene,cq\nA,T,25\nA,G,18\nB,T,23\nB,G,18\n")
    (tmp_path / "groups.csv").write_text("sample,group\nA,ctrl\nB,osteo\n")
    (tmp_path / "eff.csv").write_text("gene,efficiency\nT,0.9\nG,1.0\n")
    words = ("--groups", tmp_path / "groups.csv", "--efficiency", tmp_path / "eff.csv")
    done = spondyl_here("measure", "qpcr", plate, "--reference", "G", "--control", "ctrl", *words, "--json")
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)["results"][0]
    assert row["fold_change"] == pytest.approx(1.9**2)
    assert row["ci_low"] is None
    assert "one sample" in row["remark"]
