"""A time-lapse as rows of the tidy table, and how doubtful it is."""

from __future__ import annotations

from spondyl.assay.microct.rows import UNITS as OF_VALUES
from spondyl.assay.microct.rows import Row
from spondyl.assay.microct.timelapse.comparison import UNITS, Comparison

NAMES = tuple(name for name in UNITS if name != "seconds")
"""Every number a time-lapse can give."""


MOST_LOST = 0.5
"""Share of the bone that must be compared for a time-lapse not to need a look."""


def rows(done: Comparison) -> tuple[Row, ...]:
    """Return one row per number that is known; the time it took is no property of the bone."""
    given = done.as_json()
    units = UNITS | {"threshold": OF_VALUES.get(done.registered.meaning.value, "1")}
    how = f"{done.change.rule}; {done.rule}; {done.registration.rule}"
    floor = f"noise floor from {done.floor.origin}; {how}"
    return tuple(
        Row(name, float(str(given[name])), units[name], floor if name.startswith("noise") else how)
        for name in NAMES
        if name in given
    )


def concern(done: Comparison) -> float:
    """Return the largest ratio of a limit to what was found: likeness of the networks, share compared."""
    return max(done.registration.least / done.registration.likeness, MOST_LOST / max(done.compared, 1e-9))
