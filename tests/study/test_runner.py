from __future__ import annotations

from pathlib import Path

import pytest

from small import make_small_study, scan_path, tree
from spondyl import study
from spondyl.errors import DesignError


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study", animals=2)
    done = study.run(folder, workers=1)
    kept = tree(done.folder)
    (done.folder / ".part-1-ab-report.html").write_text("half")
    (folder / ".cache" / "microct" / ".part-2-cd-key").mkdir(parents=True)
    study.run(folder, workers=1)
    assert tree(done.folder) == kept
    assert not list(folder.rglob(".part-*"))


def test_the_number_of_workers_and_the_place_change_no_byte(tmp_path: Path) -> None:
    one = study.run(make_small_study(tmp_path / "here" / "one"), workers=1)
    many = study.run(make_small_study(tmp_path / "many"), workers=3)
    assert one.name == many.name
    assert tree(one.folder) == tree(many.folder)


@pytest.mark.parametrize("name", ["result.json", "picture.png", "seal.json"])
def test_a_damaged_step_is_made_again(tmp_path: Path, name: str) -> None:
    folder = make_small_study(tmp_path / "study", animals=2)
    done = study.run(folder, workers=1)
    kept = tree(done.folder)
    damaged = next((folder / ".cache" / "microct").glob(f"*/{name}"))
    damaged.write_bytes(damaged.read_bytes()[:-3] + b"???")
    again = study.run(folder, workers=1)
    assert (again.computed, again.reused) == (1, 1)
    assert tree(done.folder) == kept


def test_a_deleted_cache_costs_time_only(tmp_path: Path) -> None:
    import shutil

    folder = make_small_study(tmp_path / "study", animals=2)
    done = study.run(folder, workers=1)
    kept = tree(done.folder)
    shutil.rmtree(folder / ".cache")
    assert study.run(folder, workers=1).computed == 2
    assert tree(done.folder) == kept


def test_equal_scans_are_measured_once_and_both_are_in_the_table(tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study", animals=4)
    scan_path(folder, "sub-03").write_bytes(scan_path(folder, "sub-01").read_bytes())
    done = study.run(folder, workers=1)
    assert done.computed == 3
    table = (done.folder / "measurements.tsv").read_text("utf-8")
    assert {line.split("\t")[0] for line in table.splitlines()[1:]} == {f"sub-0{n}" for n in range(1, 5)}


def test_own_numbers_of_the_study_are_checked_before_anything_runs(tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study", animals=2)
    own = folder / "parameters" / "assay"
    own.mkdir(parents=True)
    (own / "microct.toml").write_text('hydroxyapatite_densty = "3 g/cm^3"\n')
    with pytest.raises(DesignError, match="Did you mean 'hydroxyapatite_density'"):
        study.run(folder, workers=1)


def test_own_numbers_of_the_study_reach_the_assay(tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study", animals=2)
    assert study.run(folder, workers=1).problems == {}
    own = folder / "parameters" / "assay"
    own.mkdir(parents=True)
    passport = 'value = 0.5\nunit = "g/cm^3"\nlow = 0.1\nhigh = 1.0\nmeaning = "Assumed."\n'
    (own / "microct.toml").write_text(f'[hydroxyapatite_density]\n{passport}source = ""\nkind = "assumed"\n')
    done = study.run(folder, workers=1)
    assert len(done.problems) == 2
    assert "denser than hydroxyapatite (500)" in done.problems["sub-01/week-08_microct"]


def test_an_excluded_animal_is_named_and_not_measured(tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study")
    table = (folder / "animals.tsv").read_text()
    changed = table.replace("sub-02\tb\t\t\tyes\t", "sub-02\tb\t\t\tno\tdied in surgery")
    (folder / "animals.tsv").write_text(changed)
    scan_path(folder, "sub-02").unlink()
    done = study.run(folder, workers=1)
    assert "died in surgery" in done.report.read_text("utf-8")
    assert "sub-02" not in (done.folder / "measurements.tsv").read_text()
