"""How work is shared out."""

from __future__ import annotations

import threading

import pytest

from spondyl.threads import SMALL, Team, available_threads


def shares(threads: int, items: int, nodes: int) -> list[tuple[int, int, int, str]]:
    """Return (part, first, last, thread) of each call, in the order of the parts."""
    calls = []
    meet = threading.Barrier(min(threads, items) if nodes >= SMALL else 1, timeout=20)

    def kernel(part, first, last, into):
        into.append((part, first, last, threading.current_thread().name))
        meet.wait()  # all parts run at once, or not at all

    team = Team(threads)
    try:
        team.run(kernel, items, nodes, calls)
    finally:
        team.close()
    return sorted(calls)


@pytest.mark.parametrize(("threads", "items"), [(1, 5), (2, 5), (3, 3), (3, 100), (4, 2)])
def test_every_item_is_worked_on_once(threads, items):
    calls = shares(threads, items, SMALL)
    assert [call[0] for call in calls] == list(range(min(threads, items)))
    covered = [i for _, first, last, _ in calls for i in range(first, last)]
    assert covered == list(range(items))
    assert len({thread for *_, thread in calls}) == len(calls)
    assert calls[0][3] == threading.current_thread().name


def test_small_work_stays_on_one_thread():
    assert shares(3, 100, SMALL - 1) == [(0, 0, 100, threading.current_thread().name)]


def test_a_failure_on_another_thread_is_not_lost():
    def kernel(part, _first, _last):
        if part == 1:
            raise ZeroDivisionError

    team = Team(2)
    with pytest.raises(ZeroDivisionError):
        team.run(kernel, 2, SMALL)
    team.close()


def test_some_threads_are_there():
    assert available_threads() >= 1
