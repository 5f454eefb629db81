"""Bad input, line by line: one clear sentence, exit code 2, no number printed.

A follow-up of another animal stands in `test_measure_timelapse` and `test_measure_defect`, a table without
units in `test_measure_agreement`.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from small import write_scan
from spondyl.volume import Grid, Meaning, Volume, write

EDGE = 20
GRID = Grid((EDGE,) * 3, (0.02,) * 3)
HOLE = ("--shape", "cylinder", "--diameter", "0.1 mm", "--depth", "0.1 mm", "--direction", "1,0,0")
ENTRY = ("--entry", "0.1 mm, 0.2 mm, 0.2 mm")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bad")
    write_scan(made / "scan.nii", seed=1, bone=0.3, edge=EDGE)
    arrays = {
        "empty": (np.zeros(GRID.shape, np.uint8), GRID, Meaning.LABELS),
        "full": (np.ones(GRID.shape, np.uint8), GRID, Meaning.LABELS),
        "small": (np.ones((5, 5, 5), np.uint8), Grid((5, 5, 5), GRID.spacing_mm), Meaning.LABELS),
        "away": (
            np.ones(GRID.shape, np.uint8),
            Grid(GRID.shape, GRID.spacing_mm, (9.0, 9.0, 9.0)),
            Meaning.LABELS,
        ),
        "flat": (np.full(GRID.shape, 700, np.int16), GRID, Meaning.DENSITY),
        "raw": (np.arange(EDGE**3, dtype=np.int32).reshape(GRID.shape), GRID, Meaning.RAW),
    }
    for name, (array, grid, meaning) in arrays.items():
        write(Volume(array, grid, meaning), made / f"{name}.nii")
    placed = Grid(GRID.shape, GRID.spacing_mm, (1.0, 1.0, 1.0))
    noise = np.random.default_rng(1).normal(400, 300, GRID.shape).astype(np.float32)
    write(Volume(noise, placed, Meaning.DENSITY), made / "placed.nii")
    return made


@pytest.mark.parametrize(
    ("verb", "words", "said"),
    [
        ("microct", ("{scan}", "--threshold", 5000), "no bone in the whole array"),
        ("microct", ("{scan}", "--threshold", -5000), "nothing but bone in the whole array"),
        ("microct", ("{empty}", "--binary"), "no bone in the whole array"),
        ("microct", ("{full}", "--binary"), "nothing but bone in the whole array"),
        ("microct", ("{scan}", "--voi", "{small}"), "the scan has shape"),
        ("microct", ("{placed}", "--voi", "{away}"), "the scan begins at"),
        ("microct", ("{scan}", "--voi", "{empty}"), "holds no voxel centre"),
        ("microct", ("{scan}", "--binary"), "different values in a scan given as binary"),
        ("microct", ("{raw}", "--binary"), "more than 1000 different values"),
        ("microct", ("{raw}", "--rods", "0 200 400 800 mg HA/cm3"), "rods"),
        ("beam-hardening", ("{raw}", "--rods", "0 200 400 800 mg HA/cm3"), "rods"),
        ("beam-hardening", ("{raw}",), "neither --rods nor --region"),
        ("beam-hardening", ("{raw}", "--region", "{full}"), "give both"),
        ("beam-hardening", ("{raw}", "--region", "{small}", "--background", 0), "the scan has shape"),
        ("defect", ("{scan}", *HOLE, *ENTRY, "--threshold", 5000), "no bone in the whole array"),
        ("defect", ("{scan}", *HOLE, *ENTRY, "--threshold", -5000), "nothing but bone"),
        ("defect", ("{scan}", *HOLE, "--entry", "1 mm, 1 mm, 1 mm"), "must lie within the scan"),
        ("defect", ("{scan}", "--mask", "{small}"), "the scan has shape"),
        ("defect", ("{scan}", *HOLE, *ENTRY, "--binary"), "given as binary"),
        ("phases", ("{raw}",), "needs mg HA/cm³"),
        ("phases", ("{scan}", "--threshold", 5000), "no bone in the whole array"),
        ("phases", ("{scan}", "--voi", "{small}"), "the scan has shape"),
        ("phases", ("{scan}",), "voxels of marrow"),
        ("phases", ("{scan}", "--noise", -1), "noise"),
        ("timelapse", ("{scan}", "{flat}", "--days", 3), "nothing but bone|no bone|network inside"),
        ("strength", ("{raw}", "--binary"), "given as binary"),
        ("strength", ("{empty}", "--binary"), "no bone"),
    ],
)  # fmt: skip
def test_one_clear_sentence_and_no_number(
    spondyl_here, folder: Path, verb: str, words: tuple[object, ...], said: str
) -> None:
    given = {path.stem: path for path in folder.glob("*.nii")}
    done = spondyl_here("measure", verb, *(str(word).format(**given) for word in words), "--json")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    sentences = [line for line in done.stderr.splitlines() if line.startswith("spondyl: ")]
    assert len(sentences) == 1
    assert re.search(said, sentences[0]), sentences[0]
