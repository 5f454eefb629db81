"""The passport control: one entry of a parameter table becomes a Parameter, or all its mistakes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from spondyl.errors import Mistake, ParameterError, QuantityError, nearest_word
from spondyl.quantity.distributions import DISTRIBUTIONS, spread_mistake
from spondyl.quantity.parameter import Kind, Parameter
from spondyl.quantity.units import check_unit, shown

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_NUMBERS = ("value", "low", "high")
_TEXTS = ("unit", "meaning", "kind")
_KEYS = (*_NUMBERS, *_TEXTS, "source", "distribution", "spread")

Where = Callable[[str], str]


def parameter(name: str, entry: object, where: Where, *, stage: str, sources: Collection[str]) -> Parameter:
    """Check one entry of a table and return it as a parameter.

    Parameters
    ----------
    name : its key in the table.
    entry : what TOML holds under that key.
    where : from a key of the entry (or an empty text) to the place that error messages name.
    stage : the folder the table belongs to.
    sources : keys of the works that may be cited.

    Raises
    ------
    ParameterError
        With every mistake of the entry.
    """
    if not _NAME.fullmatch(name):
        allowed = "must be a name of letters, digits and underscores that begins with a letter"
        raise ParameterError(Mistake(where(""), shown(name), allowed))
    if not isinstance(entry, Mapping):
        allowed = "must be a table with value, unit, low, high, meaning, source and kind"
        raise ParameterError(Mistake(where(""), shown(entry), allowed))
    mistakes = _keys(entry, where)
    for check in (_texts, _numbers, _unit, _range):
        mistakes += check(entry, where)
    mistakes += _source(entry, where, sources)
    mistakes += _spread(entry, where, bool(mistakes))
    if mistakes:
        raise ParameterError(mistakes)
    return _made(name, entry, stage)


def _made(name: str, entry: Mapping[str, Any], stage: str) -> Parameter:
    spread = entry.get("spread")
    return Parameter(
        name=name,
        value=float(entry["value"]),
        unit=entry["unit"],
        low=float(entry["low"]),
        high=float(entry["high"]),
        meaning=entry["meaning"].strip(),
        source=entry.get("source", ""),
        kind=Kind(entry["kind"]),
        distribution=entry.get("distribution"),
        spread=None if spread is None else float(spread),
        stage=stage,
    )


def _keys(entry: Mapping[str, Any], where: Where) -> list[Mistake]:
    unknown = [
        Mistake(where(key), "an unknown key", f"must be one of {', '.join(_KEYS)}", nearest_word(key, _KEYS))
        for key in entry
        if key not in _KEYS
    ]
    missing = [
        Mistake(where(key), "nothing", "is needed") for key in (*_NUMBERS, *_TEXTS) if key not in entry
    ]
    return unknown + missing


def _texts(entry: Mapping[str, Any], where: Where) -> list[Mistake]:
    wrong = [
        Mistake(where(key), shown(entry[key]), "must be a text")
        for key in (*_TEXTS, "distribution")
        if key in entry and (not isinstance(entry[key], str) or not entry[key].strip())
    ]
    for key, words in (("kind", [str(kind) for kind in Kind]), ("distribution", list(DISTRIBUTIONS))):
        word = entry.get(key)
        if isinstance(word, str) and word.strip() and word not in words:
            wrong.append(
                Mistake(
                    where(key), shown(word), f"must be one of {', '.join(words)}", nearest_word(word, words)
                )
            )
    return wrong


def _numbers(entry: Mapping[str, Any], where: Where) -> list[Mistake]:
    return [
        Mistake(where(key), shown(entry[key]), "must be a finite number without quotes")
        for key in (*_NUMBERS, "spread")
        if key in entry and not _finite(entry[key])
    ]


def _unit(entry: Mapping[str, Any], where: Where) -> list[Mistake]:
    unit = entry.get("unit")
    if not isinstance(unit, str) or not unit.strip():
        return []
    try:
        check_unit(unit, where=where("unit"))
    except QuantityError as problem:
        return list(problem.mistakes)
    return []


def _range(entry: Mapping[str, Any], where: Where) -> list[Mistake]:
    if not all(_finite(entry.get(key)) for key in _NUMBERS):
        return []
    value, low, high = (entry[key] for key in _NUMBERS)
    if low > high:
        return [Mistake(where("low"), f"{low:g}", f"must not be above high, {high:g}")]
    if not low <= value <= high:
        return [Mistake(where("value"), f"{value:g}", f"must lie in its range, {low:g} to {high:g}")]
    if entry.get("kind") == Kind.ASSUMED and low == high:
        return [Mistake(where("low"), f"{low:g}, the same as high", "an assumed number needs low below high")]
    return []


def _source(entry: Mapping[str, Any], where: Where, sources: Collection[str]) -> list[Mistake]:
    source, meaning = entry.get("source", ""), entry.get("meaning")
    assumed = entry.get("kind") == Kind.ASSUMED
    wrong: list[Mistake] = []
    if not isinstance(source, str) or (source not in sources and not (assumed and source == "")):
        allowed = "must be a key of references.bib" + (" or an empty text" if assumed else "")
        near = nearest_word(source, sources) if isinstance(source, str) else None
        wrong.append(Mistake(where("source"), shown(source) if source else "nothing", allowed, near))
    if assumed and isinstance(meaning, str) and not re.search(r"\bassum", meaning, re.IGNORECASE):
        wrong.append(
            Mistake(
                where("meaning"), shown(meaning), "an assumed number's meaning must say that it is assumed"
            )
        )
    return wrong


def _spread(entry: Mapping[str, Any], where: Where, already_wrong: bool) -> list[Mistake]:
    distribution, spread = entry.get("distribution"), entry.get("spread")
    if distribution is None:
        allowed = "needs a distribution beside it"
        return [] if spread is None else [Mistake(where("spread"), shown(spread), allowed)]
    if already_wrong:
        return []
    value, low, high = (float(entry[key]) for key in _NUMBERS)
    allowed_spread = spread_mistake(distribution, value, low, high, spread)
    if allowed_spread is None:
        return []
    given = "nothing" if spread is None else shown(spread)
    return [Mistake(where("spread"), given, f"the spread of a {distribution} number {allowed_spread}")]


def _finite(number: object) -> bool:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return False
    try:
        return math.isfinite(number)
    except OverflowError:
        return False
