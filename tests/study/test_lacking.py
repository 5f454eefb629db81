"""What is missing for the comparison is said before anything runs, and the run goes on."""

from __future__ import annotations

from pathlib import Path

from small import HEADER, make_small_study
from spondyl import study


def said(folder: Path) -> list[str]:
    heard: list[str] = []
    study.run(folder, workers=1, warn=heard.append)
    assert list(study.check(folder).notes[: len(heard)]) == heard
    return heard


def test_nothing_is_said_of_a_study_that_lacks_nothing(tmp_path: Path):
    assert said(make_small_study(tmp_path / "study")) == []


def test_an_arm_of_one_animal_takes_part_in_no_test(tmp_path: Path):
    folder = make_small_study(tmp_path / "study")
    rows = [f"sub-0{n}\t{'ab'[(n + 1) % 2]}\t\t\tyes\t\n" for n in (1, 3, 5)]
    rows += ["sub-02\tb\t\t\tyes\t\n", "sub-04\tb\t\t\tno\tlost its scan\n"]
    (folder / "animals.tsv").write_text(HEADER + "".join(rows), "utf-8")
    heard = said(folder)
    assert len(heard) == 1
    assert heard[0].startswith("animals.tsv, animal sub-02: is the only one of the group b (Group B)")
