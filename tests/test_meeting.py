"""Threads in compiled loops that wait for each other."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from spondyl.compiled import kernel
from spondyl.meeting import meet, share
from spondyl.threads import FEW, Team, lose, new_meeting


@kernel
def pass_around(part, parts, meeting, values, rounds):
    """Add to each value the one of the next thread, all at once, round after round."""
    for _ in range(rounds):
        other = values[(part + 1) % parts]
        meet(parts, meeting)
        values[part] = (values[part] + other) % 1_000_003
        meet(parts, meeting)


@pytest.mark.parametrize("threads", [1, 2, 3, 5])
def test_all_see_what_each_wrote(threads):
    team = Team(threads)
    values, expected = np.arange(1, threads + 1), np.arange(1, threads + 1)
    for rounds in (1, 300):
        team.together(pass_around, threads * FEW, values, rounds)
        for _ in range(rounds):
            expected = (expected + np.roll(expected, -1)) % 1_000_003
        np.testing.assert_array_equal(values, expected)
    team.close()


@kernel
def one_after_all(part, parts, meeting, seen):
    meet(parts, meeting)
    seen[part] += parts


def test_little_work_is_left_to_one():
    team, seen = Team(2), np.zeros(2, np.int64)
    team.together(one_after_all, 2 * FEW - 1, seen)
    np.testing.assert_array_equal(seen, [1, 0])
    team.close()


def test_nobody_waits_for_one_who_will_not_come():
    seen, meeting = np.zeros(2, np.int64), new_meeting()
    waiting = threading.Thread(target=one_after_all, args=(0, 2, meeting, seen))
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    lose(meeting)
    waiting.join(20)
    assert not waiting.is_alive()


@pytest.mark.parametrize("broken", [0, 1])
def test_a_thread_that_fails_is_told(broken):
    team = Team(2)

    def fails(part, parts, meeting, seen):
        if part == broken:
            raise MemoryError
        one_after_all(part, parts, meeting, seen)

    with pytest.raises(MemoryError):
        team.together(fails, 2 * FEW, np.zeros(2, np.int64))
    team.close()


@kernel
def shares(items, parts, firsts):
    for part in range(parts):
        first, last = share(items, part, parts)
        firsts[part], firsts[part + 1] = first, last


@pytest.mark.parametrize(("items", "parts"), [(7, 3), (2, 5), (0, 2), (16, 4)])
def test_shares_follow_each_other(items, parts):
    firsts = np.zeros(parts + 1, np.int64)
    shares(items, parts, firsts)
    assert firsts[0] == 0
    assert firsts[-1] == items
    assert (np.diff(firsts) >= items // parts).all()
