"""What may be asked of a run of healing, and what it means."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from spondyl.errors import HealingError, Mistake, nearest_word
from spondyl.healing.numbers import Host, Numbers, host_of
from spondyl.vertebra import Vertebra

OVARIECTOMISED = "ovariectomy"
"""Word in the notes of a bone that makes its host an ovariectomised one."""

LONGEST_WEEKS = 104

BACKENDS = ("auto", "cpu", "cuda")


def follow_ups(weeks: float, asked: Sequence[float] | None) -> tuple[float, ...]:
    """Return the days whose states are kept."""
    if not (math.isfinite(weeks) and 0 < weeks <= LONGEST_WEEKS):
        allowed = f"must be above 0 and at most {LONGEST_WEEKS}"
        raise HealingError(Mistake("healing › weeks", f"{weeks}", allowed))
    if asked is None:
        asked = sorted({0.0, *(4.0 * n for n in range(1, int(weeks // 4) + 1)), float(weeks)})
    wrong = [week for week in asked if not (math.isfinite(week) and 0 <= week <= weeks)]
    if wrong:
        allowed = f"must lie between 0 and {weeks:g}"
        raise HealingError(Mistake("healing › follow_up", f"week {wrong[0]:g}", allowed))
    odd = [week for week in asked if week != weeks and not whole(7 * week)]
    if odd:
        raise HealingError(Mistake("healing › follow_up", f"week {odd[0]:g}", "must be whole days"))
    return tuple(7.0 * week for week in asked)


def divides(length: float) -> float:
    """Return a step that fits into a day a whole number of times."""
    return 1.0 / max(1, math.ceil(1.0 / length - 1e-9))


def host_asked(bone: Vertebra, asked: Any, known: Numbers, seed: int | None) -> Host:
    """Return what the animal does over a healthy one: as asked, or as its bone's history says."""
    if isinstance(asked, Mapping):
        usual = dict(host_of(known, False, None))
        unknown = [name for name in asked if name not in usual]
        bad = [name for name, value in asked.items() if not (math.isfinite(value) and 0 <= value <= 10)]
        if unknown or bad:
            name = (unknown or bad)[0]
            allowed = f"shares of a healthy animal, 0 to 10: {', '.join(usual)}"
            raise HealingError(Mistake(f"healing › host › {name}", f"{asked[name]}", allowed))
        return usual | dict(asked)
    if asked not in (None, "healthy", "ovariectomised"):
        allowed = 'must be "healthy", "ovariectomised" or shares by name'
        raise HealingError(Mistake("healing › host", repr(asked), allowed))
    lost = any(OVARIECTOMISED in note for note in bone.notes) if asked is None else asked != "healthy"
    return host_of(known, lost, seed)


def check_backend(backend: str) -> None:
    """Raise unless it is a backend of healing."""
    if backend not in BACKENDS:
        allowed = f"must be {', '.join(BACKENDS)}"
        near = nearest_word(backend, BACKENDS)
        raise HealingError(Mistake("healing › backend", repr(backend), allowed, near))


def whole(value: float) -> bool:
    """Tell whether a number is an integer but for round-off."""
    return abs(value - round(value)) < 1e-6
