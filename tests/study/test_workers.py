from __future__ import annotations

from pathlib import Path

import pytest

from spondyl.study.workers import Outcome, run_all
from tasks import misbehave, write_double

EXPECTED = {
    "fine": None,
    "mistake": "file: found this; must be that.",
    "memory": "not enough memory",
    "system": "No space left on device",
    "bug": "an internal error (ZeroDivisionError: ours)",
}


@pytest.mark.parametrize("workers", [1, 3])
def test_every_task_is_run_once(tmp_path: Path, workers: int) -> None:
    begun: list[int] = []
    tasks = [(str(tmp_path), number) for number in range(7)]
    outcomes = list(run_all(write_double, tasks, workers, lambda task: begun.append(task[1])))
    assert sorted(outcome.task[1] for outcome in outcomes) == list(range(7)) == sorted(begun)
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {str(n): str(2 * n) for n in range(7)}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_task_that_fails_ends_alone(workers: int) -> None:
    found = {o.task: o for o in run_all(misbehave, list(EXPECTED), workers, lambda _: None)}
    for task, problem in EXPECTED.items():
        if problem is None:
            assert found[task].problem is None
        else:
            assert problem in str(found[task].problem)
    assert "ZeroDivisionError" in found["bug"].trace
    assert found["mistake"].trace == ""


@pytest.mark.parametrize("workers", [1, 2])
def test_what_waits_for_a_task_is_done_before_the_next(tmp_path: Path, workers: int) -> None:
    """Tens wait for their units: 30 and 31 for 3."""
    begun: list[int] = []

    def then(outcome: Outcome[tuple[str, int]]) -> list[tuple[str, int]]:
        folder, number = outcome.task
        return [(folder, 10 * number), (folder, 10 * number + 1)] if 0 < number < 10 else []

    tasks = [(str(tmp_path), number) for number in range(1, 7)]
    done = list(run_all(write_double, tasks, workers, lambda task: begun.append(task[1]), then=then))
    assert sorted(outcome.task[1] for outcome in done) == sorted(begun)
    assert len(begun) == 18
    for number in range(1, 7):
        assert begun.index(number) < begun.index(10 * number) < begun.index(10 * number + 1)
    assert begun.index(10) < begun.index(6)  # the first is whole long before the last begins


def test_what_waits_is_done_though_workers_die() -> None:
    def then(outcome: Outcome[str]) -> list[str]:
        return [f"{outcome.task}, then"] if outcome.problem is None and "then" not in outcome.task else []

    found = {o.task: o.problem for o in run_all(misbehave, ["a", "die", "b"], 2, lambda _: None, then=then)}
    assert set(found) == {"a", "a, then", "die", "b", "b, then"}
    assert [task for task, problem in found.items() if problem] == ["die"]


def test_a_worker_that_dies_costs_only_its_task() -> None:
    tasks = ["fine", "die", "fine too", "also fine", "last"]
    found = {o.task: o.problem for o in run_all(misbehave, tasks, 2, lambda _: None)}
    assert set(found) == set(tasks)
    assert "the worker process died" in str(found.pop("die"))
    assert set(found.values()) == {None}
