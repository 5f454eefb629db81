"""Reading what a person asked for; mistakes are gathered, not raised one by one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from spondyl.errors import Mistake, StudyError, nearest_word
from spondyl.quantity import convert


@dataclass(frozen=True, slots=True)
class Asked:
    """Mistakes found so far; what cannot be read becomes NaN, and 1 where a whole number is wanted."""

    mistakes: list[Mistake] = field(default_factory=list)

    def quantity(self, given: str, unit: str, where: str, low: float, high: float) -> float:
        """Read a text with a unit that must lie between `low` and `high`."""
        try:
            number = convert(given, unit, where=where)
        except StudyError as problem:
            self.mistakes.extend(problem.mistakes)
            return math.nan
        return self._within(number, where, low, high, repr(given), "" if unit == "1" else f" {unit}")

    def number(self, given: object, where: str, low: float, high: float) -> float:
        """Read a plain number between `low` and `high`; NaN is refused."""
        if isinstance(given, bool) or not isinstance(given, int | float):
            self.mistakes.append(Mistake(where, repr(given), "must be a plain number"))
            return math.nan
        return self._within(float(given), where, low, high, f"{given:g}", "")

    def whole(self, given: object, where: str) -> int:
        """Read a whole number of at least one."""
        if isinstance(given, bool) or not isinstance(given, int) or given < 1:
            self.mistakes.append(Mistake(where, repr(given), "must be a whole number of at least 1"))
            return 1
        return given

    def _within(self, number: float, where: str, low: float, high: float, given: str, unit: str) -> float:
        if low <= number <= high and math.isfinite(number):
            return number
        above = f"between {low:g} and {high:g}{unit}" if math.isfinite(high) else f"at least {low:g}{unit}"
        self.mistakes.append(Mistake(where, given, f"must be {above}"))
        return math.nan


def word(given: object, allowed: Iterable[str], where: str, asked: Asked) -> str:
    """Return a word that must be one of several."""
    words = list(allowed)
    if not isinstance(given, str) or given not in words:
        near = nearest_word(given, words) if isinstance(given, str) else None
        listed = ", ".join(f"'{one}'" for one in words)
        asked.mistakes.append(Mistake(where, repr(given), f"must be one of {listed}", near))
        return ""
    return given
