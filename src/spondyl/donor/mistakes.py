"""Checks that the donor stage makes more than once, each giving a list of mistakes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from numbers import Real
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
    """Check that `given` is a finite number above zero; `remedy` says what it is, with an example."""
    return [] if _finite(given) and float(given) > 0 else [_number(where, given, remedy)]  # type: ignore[arg-type]


def whole(where: str, given: object, least: int, most: int, remedy: str) -> list[Mistake]:
    """Check that `given` is a whole number from `least` to `most`."""
    if _finite(given) and given == int(given) and least <= given <= most:  # type: ignore[call-overload, operator]
        return []
    allowed = f"must be {remedy}: a whole number from {least} to {most}"
    return [Mistake(where, repr(given), allowed)]


def share(where: str, given: object) -> list[Mistake]:
    """Check that `given` is a share from 0 to 1."""
    if _finite(given) and 0 <= float(given) <= 1:  # type: ignore[arg-type]
        return []
    return [Mistake(where, repr(given), "must be a share from 0 to 1 (0.95 is 95 %)")]


def _number(where: str, given: object, remedy: str) -> Mistake:
    return Mistake(where, repr(given), f"must be {remedy}, a finite number above zero")


def _finite(number: object) -> bool:
    return isinstance(number, Real) and not isinstance(number, bool) and math.isfinite(number)
