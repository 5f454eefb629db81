"""Checks that the donor stage makes more than once, each giving a list of mistakes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

from spondyl.errors import Mistake, StudyError, nearest_word

Value = TypeVar("Value")


def tried(read: Callable[[], Value], mistakes: list[Mistake]) -> Value | None:
    """Return what `read` gives; collect its mistakes and return None when it raises a StudyError."""
    try:
        return read()
    except StudyError as problem:
        mistakes.extend(problem.mistakes)
        return None


def word(where: str, given: object, allowed: Sequence[str]) -> list[Mistake]:
    """Check that `given` is one of several words.

    Examples
    --------
    >>> print(word("species", "rta", ("rat", "human"))[0])
    species: found 'rta'; must be rat or human. Did you mean 'rat'?
    """
    if given in allowed:
        return []
    words = f"must be {', '.join(allowed[:-1])} or {allowed[-1]}"
    return [Mistake(where, repr(given), words, nearest_word(str(given).lower(), allowed))]


def above_zero(where: str, given: object, remedy: str) -> list[Mistake]:
    """Check that `given` is a finite number above zero; `remedy` says what it is."""
    number = _finite(given)
    if number is not None and number > 0:
        return []
    return [Mistake(where, repr(given), f"must be {remedy}, a finite number above zero")]


def whole(where: str, given: object, least: int, most: int, remedy: str) -> list[Mistake]:
    """Check that `given` is a whole number from `least` to `most`; `remedy` says what it is."""
    number = _finite(given)
    if number is not None and number.is_integer() and least <= number <= most:
        return []
    return [Mistake(where, repr(given), f"must be {remedy}, a whole number from {least} to {most}")]


def share(where: str, given: object) -> list[Mistake]:
    """Check that `given` is a share from 0 to 1."""
    number = _finite(given)
    if number is not None and 0 <= number <= 1:
        return []
    return [Mistake(where, repr(given), "must be a share from 0 to 1 (0.95 is 95 %)")]


def _finite(given: object) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        return None
    return float(given)
