"""RDML files: the exchange format of qPCR instruments (Lefever 2009), as wells and raw curves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.qpcr.rdml_xml import Element, parsed, rdml_bytes
from spondyl.errors import MeasurementError, Mistake

Floats = NDArray[np.float64]

KIND_WORDS = {"std": "std", "ntc": "ntc", "ntp": "ntc", "nac": "nrt", "nrt": "nrt", "ipc": "ipc"}
"""RDML's types of samples as kinds of wells; any other is a sample."""

GROUP_WORDS = ("group", "treatment", "condition")
"""Properties of a sample's annotations that are read as its group."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample: name, kind of well, quantity of a standard (NaN elsewhere) with its unit, and group."""

    name: str
    kind: str
    quantity: float
    unit: str
    group: str


@dataclass(frozen=True, slots=True)
class Target:
    """A target: name, whether the file calls it a reference, and copies a cycle (NaN where not stated)."""

    name: str
    reference: bool
    factor: float


@dataclass(frozen=True, slots=True, eq=False)
class Reaction:
    """One target in one well.

    Parameters
    ----------
    experiment, run : names.
    well : "K1", or its number where the plate's format is not stated.
    sample, target : names.
    cq : as the file states it; NaN for none.
    cycle, fluorescence : raw curve, shape (cycles,), ascending; empty without one.
    excluded : reason for which the well was excluded in the file; empty for none.
    """

    experiment: str
    run: str
    well: str
    sample: str
    target: str
    cq: float
    cycle: Floats
    fluorescence: Floats
    excluded: str


@dataclass(frozen=True, slots=True, eq=False)
class Rdml:
    """What a file holds of qPCR: samples and targets by name, reactions in the order of the file."""

    samples: Mapping[str, Sample]
    targets: Mapping[str, Target]
    reactions: tuple[Reaction, ...]
    name: str


def read_rdml(path: Path) -> Rdml:
    """Read an RDML file of version 1.0 to 1.4, zipped or plain; melting curves are passed over.

    Raises
    ------
    MeasurementError
        No such file, no zip with XML, unreasonably large or nested, XML with entities, no reactions, or a
        number that is none.
    """
    name = path.name
    root = parsed(rdml_bytes(path), name)
    samples = {each.key("id"): _sample(each, name) for each in root.all("sample")}
    targets = {each.key("id"): _target(each, name) for each in root.all("target")}
    reactions = []
    for experiment in root.all("experiment"):
        for run in experiment.all("run"):
            columns = _columns(run, name)
            place = (experiment.key("id"), run.key("id"))
            for react in run.all("react"):
                reactions += _reactions(react, place, columns, name)
    if not reactions:
        allowed = "must hold at least one run with reactions"
        raise MeasurementError(Mistake(name, "no reactions", allowed))
    _refuse_unknown(reactions, samples, targets, name)
    return Rdml(samples, targets, tuple(reactions), name)


def _sample(element: Element, name: str) -> Sample:
    where = f"{name} › sample {element.key('id')}"
    kind = element.text("type") or "unkn"
    if element.text("interRunCalibrator") == "true":
        kind = "ipc"
    amount = element.first("quantity")
    quantity = _number(where, amount.text("value")) if amount else math.nan
    group = ""
    for note in element.all("annotation"):
        if note.text("property").lower() in GROUP_WORDS:
            group = note.text("value")
    unit = amount.text("unit") if amount else ""
    return Sample(element.key("id"), KIND_WORDS.get(kind, "unkn"), quantity, unit, group)


def _target(element: Element, name: str) -> Target:
    where = f"{name} › target {element.key('id')}"
    factor = _number(where, element.text("amplificationEfficiency"))
    return Target(element.key("id"), element.text("type") == "ref", factor if factor > 1 else math.nan)


def _columns(run: Element, name: str) -> int:
    form = run.first("pcrFormat")
    number = _number(f"{name} › run {run.key('id')}", form.text("columns")) if form else math.nan
    return int(number) if number >= 1 else 0


def _reactions(react: Element, place: tuple[str, str], columns: int, name: str) -> list[Reaction]:
    where = f"{name} › {place[1]} › react {react.key('id')}"
    sample = react.first("sample")
    found = []
    for data in react.all("data"):
        target = data.first("tar")
        cycle, fluorescence = _curve(data, where)
        cq = _number(where, data.text("cq"))
        found.append(
            Reaction(
                *place,
                well=_well(react.key("id"), columns),
                sample=sample.key("id") if sample else "",
                target=target.key("id") if target else "",
                cq=cq if cq > 0 else math.nan,
                cycle=cycle,
                fluorescence=fluorescence,
                excluded=data.text("excl"),
            )
        )
    return found


def _curve(data: Element, where: str) -> tuple[Floats, Floats]:
    points = [(_number(where, p.text("cyc")), _number(where, p.text("fluor"))) for p in data.all("adp")]
    curve = np.array(points, dtype=np.float64).reshape(-1, 2)
    curve = curve[np.argsort(curve[:, 0], kind="stable")]
    if not np.isfinite(curve).all() or (np.diff(curve[:, 0]) <= 0).any():
        allowed = "each cycle must have one number of fluorescence"
        raise MeasurementError(Mistake(where, "a curve with gaps or a cycle twice", allowed))
    return curve[:, 0], curve[:, 1]


def _well(number: str, columns: int) -> str:
    """Return the label of a well counted row by row from 1.

    Examples
    --------
    >>> _well("241", 24), _well("13", 12), _well("7", 0)
    ('K1', 'B1', '7')
    """
    if not (columns and number.isascii() and number.isdigit()):
        return number
    row, column = divmod(int(number) - 1, columns)
    return f"{chr(ord('A') + row)}{column + 1}" if row < 26 else number


def _number(where: str, text: str) -> float:
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        raise MeasurementError(Mistake(where, repr(text[:40]), "must be a number")) from None
    return value if math.isfinite(value) else math.nan


def _refuse_unknown(
    reactions: list[Reaction], samples: Mapping[str, Sample], targets: Mapping[str, Target], name: str
) -> None:
    for kind, known, used in (
        ("sample", samples, {each.sample for each in reactions}),
        ("target", targets, {each.target for each in reactions}),
    ):
        strange = sorted(used - set(known))
        if strange:
            given = f"reactions of the {kind} {strange[0]!r}"
            raise MeasurementError(Mistake(name, given, f"every {kind} must be described in the file"))
