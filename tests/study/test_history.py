from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spondyl.errors import DesignError
from spondyl.study.history import RunRecord, read_history, record
from spondyl.study.lock import locked
from spondyl.study.past import history, latest

FIRST = RunRecord("run-a", "2026-01-01T10:00:00", "", "running", 0, 0, ("a.b=1",), "0.1.0")


def test_a_record_is_replaced_by_its_own_end(tmp_path: Path) -> None:
    record(tmp_path, FIRST)
    record(tmp_path, replace(FIRST, run="run-b"))
    ended = replace(FIRST, outcome="finished", computed=3)
    record(tmp_path, ended)
    assert read_history(tmp_path) == [replace(FIRST, run="run-b"), ended]


def test_lines_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    record(tmp_path, FIRST)
    with (tmp_path / "history.jsonl").open("a") as handle:
        handle.write('{"run": "half\n[]\n{}\n')
    assert read_history(tmp_path) == [FIRST]
    assert read_history(tmp_path / "nowhere") == []


def _finished(study: Path, run: str) -> None:
    (study / "study.toml").touch()
    (study / "results" / run).mkdir(parents=True)
    (study / "results" / run / "run.toml").touch()


def test_a_run_that_left_no_end_was_killed(tmp_path: Path) -> None:
    (tmp_path / "study.toml").touch()
    record(tmp_path / "results", FIRST)
    assert [entry.outcome for entry in history(tmp_path)] == ["killed"]
    with locked(tmp_path):
        assert [entry.outcome for entry in history(tmp_path)] == ["running"]


def test_latest_is_the_last_that_finished(tmp_path: Path) -> None:
    for run, outcome in (("run-a", "finished"), ("run-b", "finished, 1 failed"), ("run-c", "interrupted")):
        _finished(tmp_path, run)
        record(tmp_path / "results", replace(FIRST, run=run, outcome=outcome))
    assert latest(tmp_path).name == "run-b"
    assert latest(tmp_path, "run-a").name == "run-a"
    with pytest.raises(DesignError, match="Did you mean 'run-a'"):
        latest(tmp_path, "run_a")


def test_without_history_one_run_is_found_and_two_are_not_guessed(tmp_path: Path) -> None:
    _finished(tmp_path, "run-a")
    assert latest(tmp_path).name == "run-a"
    _finished(tmp_path, "run-b")
    with pytest.raises(DesignError, match="name one with --run"):
        latest(tmp_path)
