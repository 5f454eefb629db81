"""A study through all verbs, as a person goes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from small import HEADER, make_small_study, scan_path, tree, write_scan


def test_new_makes_a_folder_that_check_understands(spondyl, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert spondyl("new", folder).returncode == 0
    assert {p.name for p in folder.iterdir()} == {
        "study.toml",
        "animals.tsv",
        "data",
        "parameters",
        ".gitignore",
    }
    done = spondyl("check", folder)
    assert done.returncode == 2
    assert "animals.tsv: found no animals" in done.stderr
    rows = "a-1\tcontrol\t\t\tyes\t\nb-1\ttreated\t\t\tyes\t\n"
    (folder / "animals.tsv").write_text(HEADER + rows)
    for animal in ("a-1", "b-1"):
        write_scan(scan_path(folder, animal), seed=3, bone=0.3)
    assert spondyl("check", folder).returncode == 0


def test_new_never_touches_what_is_there(spondyl, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    done = spondyl("new", tmp_path)
    assert done.returncode == 2
    assert [p.name for p in tmp_path.iterdir()] == ["precious"]
    assert spondyl("new", tmp_path / "n", "--profile", "trabeculr").returncode == 2
    assert not (tmp_path / "n").exists()


def test_a_study_through_all_verbs(spondyl, tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study")
    checked = json.loads(spondyl("check", folder, "--json").stdout)
    assert checked["scans"] == checked["pending"] == 6
    assert checked["seconds"] > 0
    assert not (folder / "results").exists()

    before = json.loads(spondyl("status", folder, "--json").stdout)
    assert (before["waiting"], before["done"], before["report"]) == (6, 0, None)

    done = spondyl("run", folder, "--workers", 1, "--json")
    assert done.returncode == 0, done.stderr
    run = json.loads(done.stdout)
    assert (run["computed"], run["reused"], run["failed"]) == (6, 0, {})
    assert "[6/6]" in done.stderr
    kept = tree(Path(run["folder"]))
    assert {"run.toml", "measurements.tsv", "measurements.parquet", "report.html", "methods.md"} <= set(kept)

    again = json.loads(spondyl("run", folder, "--workers", 2, "--json").stdout)
    assert (again["computed"], again["reused"], again["run"]) == (0, 6, run["run"])
    assert tree(Path(run["folder"])) == kept

    after = json.loads(spondyl("status", folder, "--json").stdout)
    assert (after["waiting"], after["done"], after["active"]) == (0, 6, False)
    assert after["report"] == run["report"]

    history = json.loads(spondyl("log", folder, "--json").stdout)
    assert [entry["outcome"] for entry in history] == ["finished", "finished"]

    Path(run["report"]).unlink()
    assert spondyl("report", folder).stdout.strip() == run["report"]
    assert tree(Path(run["folder"])) == kept

    cited = json.loads(spondyl("cite", folder, "--json").stdout)
    assert "otsu1979" in {reference["key"] for reference in cited}
    assert spondyl("cite").returncode == 0
    own = folder / "parameters" / "assay"
    own.mkdir(parents=True)
    (own / "microct.toml").write_text('hydroxyapatite_density = "3.1 g/cm^3"\n')
    known = json.loads(spondyl("params", folder, "--json").stdout)
    (density,) = [one for one in known if one["name"] == "hydroxyapatite_density"]
    assert (density["value"], density["kind"]) == (3100.0, "assumed")


def test_another_setting_has_a_run_of_its_own_and_reuses_what_did_not_change(spondyl, tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study", animals=4)
    first = json.loads(spondyl("run", folder, "--workers", 1, "--json").stdout)
    alpha = json.loads(spondyl("run", folder, "--workers", 1, "--json", "--set", "primary.alpha=0.01").stdout)
    assert alpha["run"] != first["run"]
    assert (alpha["computed"], alpha["reused"]) == (0, 4)
    write_scan(scan_path(folder, "sub-01"), seed=99, bone=0.3)
    changed = json.loads(spondyl("run", folder, "--workers", 1, "--json").stdout)
    assert (changed["computed"], changed["reused"]) == (1, 3)
    assert len(list((folder / "results").glob("run-*"))) == 3


def test_a_damaged_scan_fails_alone_and_is_named_in_the_report(spondyl, tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study")
    path = scan_path(folder, "sub-03")
    path.write_bytes(path.read_bytes()[:5000])
    checked = spondyl("check", folder)
    assert checked.returncode == 2
    assert "animal sub-03, week 8" in checked.stderr
    done = spondyl("run", folder, "--workers", 2, "--json")
    assert done.returncode == 3
    run = json.loads(done.stdout)
    assert list(run["failed"]) == ["sub-03/week-08_microct"]
    assert "sub-03" in Path(run["report"]).read_text("utf-8")
    state = json.loads(spondyl("status", folder, "--json").stdout)
    assert (state["failed"], state["done"]) == (1, 5)
    write_scan(path, seed=2, bone=0.32)
    assert spondyl("run", folder, "--workers", 1).returncode == 0


def test_missing_and_double_scans_are_all_named_before_anything_runs(spondyl, tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study")
    scan_path(folder, "sub-01").unlink()
    shutil.rmtree(folder / "data" / "sub-04")
    done = spondyl("run", folder)
    assert done.returncode == 2
    assert "animal sub-01" in done.stderr
    assert "animal sub-04" in done.stderr
    assert not (folder / "results").exists()


def test_a_missing_follow_up_of_the_primary_week_is_named(spondyl, tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study")
    scan_path(folder, "sub-02").rename(scan_path(folder, "sub-02", "04"))
    done = spondyl("check", folder)
    assert done.returncode == 2
    assert "animal sub-02: found no scan of week 8" in done.stderr


def test_one_animal_a_group_is_not_tested_and_the_report_says_why(spondyl, tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study", animals=2)
    done = spondyl("run", folder, "--workers", 1)
    assert done.returncode == 0, done.stderr
    assert "not tested" in done.stdout


def test_a_copied_scan_is_pointed_out(spondyl, tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study", animals=4)
    shutil.copyfile(scan_path(folder, "sub-01"), scan_path(folder, "sub-03"))
    run = json.loads(spondyl("run", folder, "--workers", 1, "--json").stdout)
    assert "is one of them a copy?" in Path(run["report"]).read_text("utf-8")


def test_an_endpoint_that_no_assay_gives_is_named_before_anything_runs(spondyl, tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study", animals=4)
    done = spondyl("run", folder, "--workers", 1, "--set", "primary.name=bv_tvv")
    assert done.returncode == 2
    assert "Did you mean 'bv_tv'?" in done.stderr
    assert not (folder / "results").exists()


@pytest.mark.parametrize("verb", ["check", "run", "status", "log", "report", "params", "cite"])
def test_a_folder_that_is_no_study(spondyl, tmp_path: Path, verb: str) -> None:
    done = spondyl(verb, tmp_path)
    assert done.returncode == 2
    assert "study.toml" in done.stderr


def test_doctor_finds_this_installation_sound(spondyl) -> None:
    done = spondyl("doctor", "--json")
    assert done.returncode == 0, done.stdout
    assert {finding["check"] for finding in json.loads(done.stdout)} >= {
        "Python",
        "sphere, volume and surface",
    }


def test_help_names_every_verb(spondyl) -> None:
    text = spondyl("--help").stdout
    for verb in ("new", "check", "run", "status", "log", "measure", "report", "params", "cite", "doctor"):
        assert f" {verb} " in text
    assert spondyl("--version").stdout.strip() == "0.1.0"
    assert spondyl("frobnicate").returncode == 2
