"""A scanner's table beside our numbers from the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

TABLE = """SampName,MeasNo,DT-Tb.Th[mm],VOX-BV/TV[1],TRI-DA[1]
rat 1,31710,0.060,0.20,1.5
rat 2,31711,0.064,~ 0.25,-
rat 3,31712,0.070,0.30,1.7
rat 4,31713,0.075,0.22,1.6
"""
OURS = {
    "31710": {"tb_th_um": 61.0, "bv_tv": 0.21, "da": 1.4},
    "31711": {"tb_th_um": 66.0, "bv_tv": 0.99, "da": 1.5},
    "31712": {"tb_th_um": 69.0, "bv_tv": 0.31, "da": 1.6},
    "31713": {"tb_th_um": 79.0, "bv_tv": 0.20, "da": 1.7},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scanner.csv").write_text(TABLE, "utf-8")
    lines = [json.dumps({"file": f"scans/rat_{n}.isq", **numbers}) for n, numbers in OURS.items()]
    (tmp_path / "ours.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    heads = "animal\tgroup\tweek\tassay\tname\tvalue\tunit\tmethod\n"
    rows = [
        f"sub-{n[-1]}\ta\t8\tmicrolight\tx\t1\t1\t\nsub-{n[-1]}\ta\t8\tmicroct\ttb_th_um\t{v['tb_th_um']}\tµm\t\n"
        for n, v in OURS.items()
    ]
    (tmp_path / "measurements.tsv").write_text(heads + "".join(rows), "utf-8")
    match = "".join(f"{n}\tsub-{n[-1]} week 8\n" for n in OURS)
    (tmp_path / "match.tsv").write_text("measurement\tname\n" + match, "utf-8")
    return tmp_path


def test_bias_and_limits_leave_flagged_numbers_out_and_the_plot_shows_them(spondyl, folder: Path) -> None:
    words = ("measure", "agreement", folder / "scanner.csv", folder / "ours.jsonl")
    done = spondyl(*words, "--plot", folder / "out" / "both.svg", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    summary = {one["name"]: one for one in found["agreement"]}
    apart = np.array([1.0, 2.0, -1.0, 4.0])
    assert summary["tb_th_um"]["bias"] == pytest.approx(apart.mean())
    assert summary["tb_th_um"]["high"] == pytest.approx(apart.mean() + 1.96 * apart.std(ddof=1))
    assert summary["bv_tv"]["pairs"] == 3  # one of four is flagged
    assert summary["da"]["pairs"] == 3  # one was not measured
    flagged = [pair for pair in found["pairs"] if pair["flag"]]
    assert [(pair["measurement"], pair["name"], pair["ours"]) for pair in flagged] == [
        ("31711", "bv_tv", 0.99)
    ]
    svg = (folder / "out" / "both.svg").read_text("utf-8")
    assert len(re.findall(r"<circle", svg)) == 2 * len(found["pairs"])
    assert svg.count("hollow") == 2
    assert "Tb.Th (µm)" in svg
    assert "flagged ~" in svg
    table = (folder / "out" / "both.tsv").read_text("utf-8")
    assert len(table.splitlines()) == 1 + len(found["pairs"])
    again = spondyl(*words, "--plot", folder / "out" / "both.svg")
    assert (again.returncode, again.stdout) == (2, "")


def test_a_study_is_matched_by_a_table(spondyl_here, folder: Path) -> None:
    words = ("measure", "agreement", folder / "scanner.csv", folder / "measurements.tsv")
    done = spondyl_here(*words, "--match", folder / "match.tsv")
    assert done.returncode == 0, done.stderr
    assert re.search(r"31713 +tb_th_um +75 +79 +\+4", done.stdout)
    assert "+1.5" in done.stdout
    assert done.stdout.count("tb_th_um") == 5


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"scanner.csv": "SampName,MeasNo,DT-Tb.Th\nrat,31710,0.06\n"}, ("no unit", "[mm]")),
        ({"scanner.csv": "a,b\n1,2\n"}, ("VOX-TV",)),
        ({"ours.jsonl": "{}\nno json\n"}, ("line 2", "no JSON")),
        ({"ours.jsonl": ""}, ("no measurement",)),
        (
            {"ours.jsonl": '{"file": "rat.isq", "bv_tv": 0.2}\n'},
            ("no measurement number in its name", "--match"),
        ),
        ({"ours.jsonl": '{"file": "31710_31711.isq", "bv_tv": 0.2}\n'}, ("31710, 31711",)),
        ({"ours.jsonl": '{"file": "a/31710.isq"}\n{"file": "b/31710.nii"}\n'}, ("another scan",)),
        ({"ours.jsonl": '{"file": "31710.isq", "bv_tv": NaN}\n'}, ("must be finite",)),
        ({"ours.jsonl": '{"file": "31710.isq", "age": 3}\n'}, ("no quantity",)),
    ],
)
def test_refusals_are_clear_and_print_no_number(
    spondyl_here, folder: Path, change: dict[str, str], parts: tuple[str, ...]
) -> None:
    for name, text in change.items():
        (folder / name).write_text(text, "utf-8")
    done = spondyl_here("measure", "agreement", folder / "scanner.csv", folder / "ours.jsonl", "--json")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    for part in parts:
        assert part in done.stderr


def test_a_real_table_of_a_scanner(spondyl_here, folder: Path, shared_data: Path) -> None:
    table = shared_data / "scanner_tables" / "example-trabecular.csv"
    (folder / "ours.jsonl").write_text('{"file": "31710.isq", "tb_th_um": 63.0, "bv_tv": 0.055}\n', "utf-8")
    done = spondyl_here("measure", "agreement", table, folder / "ours.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    pairs = {pair["name"]: pair for pair in json.loads(done.stdout)["pairs"]}
    assert pairs["tb_th_um"]["theirs"] == pytest.approx(62.0)
    assert pairs["bv_tv"]["theirs"] == pytest.approx(0.0543)
