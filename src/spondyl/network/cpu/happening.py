"""Events of one cell: what happens when a condition becomes true."""

from __future__ import annotations

from spondyl.compiled import bare
from spondyl.network.cpu.call import call

TRIGGERS, CHANGES = 5, 6
"""Places of the functions among the addresses."""

MOST_ROUNDS = 100
"""Events that set off one another at the same time; more never end."""


@bare
def newly(addresses, y, p, t, events):
    """Tell whether a condition is true in `y` that was not before; leaves what is true in `events.now`."""
    call(addresses[TRIGGERS], y, p, t, events.now)
    found = False
    for event in range(events.was.size):
        found = found or (events.now[event] != 0.0 and events.was[event] == 0.0)
    return found


@bare
def happen(addresses, y, p, t, events):
    """Let all events happen whose conditions have become true, and those that they set off.

    Events of one moment see the same state before any of them. `events.was` is brought up to date.
    """
    was, now = events.was, events.now
    for _ in range(MOST_ROUNDS):
        fired = newly(addresses, y, p, t, events)
        if fired:
            call(addresses[CHANGES], y, p, t, events.values)
            for change in range(events.owners.size):
                event = events.owners[change]
                if now[event] != 0.0 and was[event] == 0.0:
                    y[events.targets[change]] = events.values[change]
        for event in range(was.size):
            was[event] = now[event]
        if not fired:
            break
