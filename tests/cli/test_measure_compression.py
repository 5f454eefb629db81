"""``spondyl measure compression`` as a person types it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from xml.etree import ElementTree

import pytest

from spondyl.instrument.rig import compress, export, parametric, rig

KEYS = ("stiffness_N_per_mm", "yield_load_N", "ultimate_load_N", "ultimate_displacement_mm", "energy_N_mm")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = compress(parametric(600.0, 100.0, 150.0, 0.33), rig(), seed=1, name="L5")
    return export(made, tmp_path_factory.mktemp("rig") / "L5.csv", "zwick")


def test_json_has_the_promised_keys_and_nothing_else_on_stdout(spondyl, record):
    done = spondyl("measure", "compression", record, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for key in KEYS:
        assert isinstance(found[key], float), key
    assert "modulus_mpa" not in found


def test_geometry_gives_modulus_and_stress_and_many_files_a_line_each(spondyl_here, record):
    words = ("--length", "6 mm", "--diameter", "4 mm", "--machine-compliance", "0.175 um/N")
    done = spondyl_here("measure", "compression", record, record, *words, "--json")
    assert done.returncode == 0, done.stderr
    one, two = (json.loads(line) for line in done.stdout.splitlines())
    assert one == two
    assert one["modulus_mpa"] == pytest.approx(600 * 6 / (math.pi * 4), rel=0.02)
    assert one["ultimate_stress_mpa"] == pytest.approx(one["ultimate_load_N"] / (math.pi * 4))
    assert one["file"] == str(record)


def test_the_choice_is_drawn(spondyl_here, record, tmp_path):
    svg = tmp_path / "L5.svg"
    done = spondyl_here("measure", "compression", record, "--plot", svg, "--offset", "0.01 mm")
    assert done.returncode == 0, done.stderr
    assert "Straight part from sample" in done.stdout
    assert "moved by 0.01 mm" in done.stdout
    drawn = ElementTree.fromstring(svg.read_text("utf-8"))
    texts = {element.text for element in drawn.iter() if element.tag.endswith("text")}
    assert {"yield", "ultimate", "failure", "L5.csv"} <= texts
    rows = svg.with_suffix(".tsv").read_text("utf-8").splitlines()
    assert rows[0] == "sample\tdisplacement_mm\tload_N\tstraight"
    assert any(row.endswith("\t1") for row in rows)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--length", "6"), ["without a unit"]),
        (("--area", "4 mm^2", "--diameter", "2 mm"), ["give one of them"]),
        (("--offset", "0.2 %"), ["length"]),
        (("--region", "0.3"), ["0.3-0.7"]),
        (("--toe", "yes"), ["auto, on or off"]),
        (("--flip", "load"), ["force or displacement"]),
        (("--flip", "force"), ["--flip"]),
        (("--force-unit", "mm"), ["force unit"]),
        (("--force-column", "Kraft"), ["must be one of"]),
        (("--machine-compliance", "0.1 mm/N"), ["next to nothing"]),
        (("--plot", "a.png"), [".svg"]),
    ],
)
def test_mistakes_are_told_and_leave_with_2(spondyl_here, record, words, said):
    done = spondyl_here("measure", "compression", record, *words)
    assert done.returncode == 2
    assert done.stdout == ""
    for word in said:
        assert word in done.stderr


def test_a_wrong_unit_in_the_file_is_caught(spondyl_here, record, tmp_path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_bytes(record.read_bytes().replace(b"s;mm;N", b"s;mm;kN"))
    done = spondyl_here("measure", "compression", wrong)
    assert done.returncode == 2
    assert "no bone has that" in done.stderr
    stated = spondyl_here("measure", "compression", wrong, "--force-unit", "N", "--json")
    assert stated.returncode == 0
    assert json.loads(stated.stdout)["ultimate_load_N"] == pytest.approx(150, rel=0.03)
