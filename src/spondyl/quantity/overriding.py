"""A study's own numbers: only those that differ from the shipped ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from spondyl.errors import Mistake, ParameterError, StudyError, nearest_word
from spondyl.quantity.bibliography import load_references, references
from spondyl.quantity.distributions import spread_mistake
from spondyl.quantity.edge import convert, convert_number
from spondyl.quantity.parameter import Kind, Parameter
from spondyl.quantity.passport import Where, parameter
from spondyl.quantity.tables import read_toml
from spondyl.quantity.units import shown

Tables = Mapping[str, Mapping[str, Parameter]]


def overrides(folder: Path, shipped: Tables) -> Tables:
    """Return the shipped parameters with a study's own numbers in their place.

    ``folder`` holds one file per stage, named as the stage is (``assay/microct.toml``). A line such as
    ``gap = "25 um"`` changes a value within its shipped range; the number then counts as assumed, since
    it comes without a source. A table ``[gap]`` with a full passport brings its own range and source; its
    source may be a key of ``references.bib`` in the same folder. Numbers are converted to the shipped unit.

    Parameters
    ----------
    folder : the ``parameters`` folder of a study; it need not exist.
    shipped : what :func:`spondyl.quantity.shipped` returns.

    Raises
    ------
    ParameterError
        With every mistake of every file.
    """
    tables = dict(shipped)
    mistakes: list[Mistake] = []
    sources = _sources(folder, mistakes)
    for path in sorted(folder.rglob("*.toml")):
        stage = path.relative_to(folder).with_suffix("").as_posix()
        try:
            tables[stage] = _stage(path, f"{folder.name}/{stage}.toml", stage, shipped, sources)
        except ParameterError as problem:
            mistakes.extend(problem.mistakes)
    if mistakes:
        raise ParameterError(mistakes)
    return tables


def _sources(folder: Path, mistakes: list[Mistake]) -> Collection[str]:
    own = folder / "references.bib"
    try:
        return {*references(), *(load_references(own) if own.is_file() else ())}
    except ParameterError as problem:
        mistakes.extend(problem.mistakes)
        return set(references())


def _stage(
    path: Path, name: str, stage: str, shipped: Tables, sources: Collection[str]
) -> Mapping[str, Parameter]:
    if stage not in shipped:
        stages = ", ".join(sorted(shipped)) or "none yet"
        allowed = f"must be named after a stage that has parameters ({stages})"
        raise ParameterError(Mistake(name, f"the stage '{stage}'", allowed, nearest_word(stage, shipped)))
    toml = read_toml(path, name)
    table = dict(shipped[stage])
    mistakes: list[Mistake] = []
    for key, given in toml.content.items():
        where = partial(toml.where, key)
        try:
            table[key] = _own(key, given, where, shipped[stage], sources)
        except StudyError as problem:
            mistakes.extend(problem.mistakes)
    if mistakes:
        raise ParameterError(mistakes)
    return table


def _own(
    name: str, given: object, where: Where, shipped: Mapping[str, Parameter], sources: Collection[str]
) -> Parameter:
    if name not in shipped:
        allowed = f"must be one of {', '.join(shipped)}"
        raise ParameterError(Mistake(where(""), "an unknown parameter", allowed, nearest_word(name, shipped)))
    if isinstance(given, Mapping):
        own = parameter(name, given, where, stage=shipped[name].stage, sources=sources)
        return _in_unit_of(shipped[name], own, where)
    return _within(shipped[name], given, where)


def _within(usual: Parameter, given: object, where: Where) -> Parameter:
    """Put a bare value into the shipped passport, as an assumption."""
    if not isinstance(given, str | int | float):
        allowed = f"must be a text with a unit such as '{usual.value:g} {usual.unit}', or a full passport"
        raise ParameterError(Mistake(where(""), shown(given), allowed))
    value = convert(given, usual.unit, where=where(""))
    if not usual.low <= value <= usual.high:
        allowed = f"must lie in {usual.low:g} to {usual.high:g} {usual.unit}, or have a full passport"
        raise ParameterError(Mistake(where(""), shown(given), allowed))
    if usual.distribution:
        wrong = spread_mistake(usual.distribution, value, usual.low, usual.high, usual.spread)
        if wrong:
            allowed = f"give a full passport: the spread of a {usual.distribution} number {wrong}"
            raise ParameterError(Mistake(where(""), shown(given), allowed))
    meaning = f"{usual.meaning} (Value assumed by the study, in place of {usual.value:g} {usual.unit}.)"
    return replace(usual, value=value, kind=Kind.ASSUMED, source="", meaning=meaning)


def _in_unit_of(usual: Parameter, own: Parameter, where: Where) -> Parameter:
    """Write a full passport in the shipped unit, which the code expects."""

    def converted(number: float, key: str) -> float:
        return convert_number(number, own.unit, usual.unit, where=where(key))

    spread = own.spread
    if spread is not None and own.distribution != "lognormal":
        spread *= converted(1.0, "unit") - converted(0.0, "unit")
    return replace(
        own,
        value=converted(own.value, "value"),
        low=converted(own.low, "low"),
        high=converted(own.high, "high"),
        spread=spread,
        unit=usual.unit,
    )
