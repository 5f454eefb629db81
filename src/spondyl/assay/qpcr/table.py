"""Wells from a tidy table, one line a well: ``sample, group, gene, replicate, cq``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from spondyl.assay.delimited import Line, read_cells
from spondyl.assay.qpcr.plate import CtPlate
from spondyl.errors import MeasurementError, Mistake, nearest_word

MOST_MISTAKES = 20

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sample": ("sample", "sample name", "sample id", "animal", "donor", "subject"),
    "group": ("group", "treatment", "condition", "biological group name", "biological set name"),
    "gene": ("gene", "target", "target name", "detector", "detector name", "assay"),
    "replicate": ("replicate", "rep", "well", "well position", "pos", "technical replicate"),
    "cq": ("cq", "ct", "cp", "cт", "crt", "cq mean"),
    "plate": ("plate", "run", "plate name", "barcode"),
    "kind": ("kind", "type", "sample type", "task", "content", "well type"),
    "quantity": ("quantity", "copies", "concentration", "starting quantity", "starting quantity (sq)", "sq"),
    "efficiency": ("efficiency",),
}
"""Headings of each column, ours first; capitals do not matter."""

NEEDED = ("sample", "gene", "cq")

KIND_WORDS = {
    "unkn": ("", "unkn", "unknown", "sample", "tst", "test", "target", "endogenous control", "u"),
    "std": ("std", "standard", "s", "std curve"),
    "ntc": ("ntc", "no template control", "neg ctrl", "water", "blank", "n"),
    "nrt": ("nrt", "-rt", "no rt", "nort", "nac", "minus rt"),
    "ipc": ("ipc", "irc", "calibrator", "inter-run calibrator", "inter-plate calibrator"),
}

UNDETERMINED = ("", "undetermined", "nan", "na", "n/a", "n.d.", "nd", "no cq", "no ct", "none", "-", "inf")
"""What instruments write where nothing was detected."""


def read_wells(path: Path) -> CtPlate:
    """Read a tidy table of wells.

    Separated by commas, semicolons or tabs, decimal point or comma, UTF-8 with or without mark, UTF-16 or
    Windows-1252. Needed are the columns sample, gene and cq; group, replicate, plate, kind, quantity (of
    standards) and efficiency (of the gene, 1.0 is a doubling) are read where they are. Columns of other
    names are left out and told.

    Raises
    ------
    MeasurementError
        With every mistake, at most twenty: a column that is missing or twice, a line too short or too long,
        a cycle that is no number or not above zero, an unknown kind of well.
    """
    heading, *lines = read_cells(path)
    places, notes = _places(path, heading)
    mistakes: list[Mistake] = []
    wells = [_well(f"{path.name} › line {line.number}", line, heading, places, mistakes) for line in lines]
    if not lines:
        mistakes.append(Mistake(path.name, "a heading and nothing below", "needs one line for each well"))
    if mistakes:
        raise MeasurementError(mistakes[:MOST_MISTAKES])
    found = [well for well in wells if well is not None]
    texts = {name: tuple(str(well[name]) for well in found) for name in ("sample", "group", "gene", "kind")}
    return CtPlate(
        **texts,
        replicate=tuple(str(well["replicate"]) for well in found),
        plate=tuple(str(well["plate"]) for well in found),
        cq=np.array([well["cq"] for well in found], dtype=np.float64),
        quantity=np.array([well["quantity"] for well in found], dtype=np.float64),
        factors=_factors(path, found),
        name=path.name,
        notes=tuple(notes),
    )


def _places(path: Path, heading: Line) -> tuple[dict[str, int], list[str]]:
    words = {word: name for name, known in COLUMNS.items() for word in known}
    places: dict[str, int] = {}
    left, mistakes = [], []
    for place, cell in enumerate(heading.cells):
        name = words.get(cell.lower().strip())
        if name is None:
            left.append(cell)
        elif name in places:
            given = f"the columns {heading.cells[places[name]]!r} and {cell!r}"
            mistakes.append(Mistake(path.name, given, f"keep one of them: both are read as {name}"))
        else:
            places[name] = place
    for name in NEEDED:
        if name not in places:
            near = nearest_word(name, left)
            allowed = f"needs the column {name} (or {', '.join(COLUMNS[name][1:4])})"
            mistakes.append(
                Mistake(path.name, f"the columns {', '.join(heading.cells)[:120]}", allowed, near)
            )
    if mistakes:
        raise MeasurementError(mistakes)
    return places, [f"left out the column {cell!r}" for cell in left if cell]


def _well(
    where: str, line: Line, heading: Line, places: Mapping[str, int], mistakes: list[Mistake]
) -> dict[str, str | float] | None:
    if len(line.cells) != len(heading.cells):
        given = f"{len(line.cells)} cells under {len(heading.cells)} headings"
        mistakes.append(Mistake(where, given, "each line must have a cell for each heading"))
        return None
    cells = {name: line.cells[place] for name, place in places.items()}
    kind = _kind(where, cells.get("kind", ""), mistakes)
    needed = ("gene",) if kind in ("ntc", "nrt") else ("sample", "gene")
    mistakes += [
        Mistake(where, f"an empty {name}", "every well has one") for name in needed if not cells[name]
    ]
    return {
        "sample": cells["sample"],
        "group": cells.get("group", "") if kind == "unkn" else "",
        "gene": cells["gene"],
        "replicate": cells.get("replicate", ""),
        "plate": cells.get("plate", ""),
        "kind": kind,
        "cq": _positive(where, "cq", cells["cq"], mistakes),
        "quantity": _positive(where, "quantity", cells.get("quantity", ""), mistakes),
        "efficiency": _positive(where, "efficiency", cells.get("efficiency", ""), mistakes),
    }


def _kind(where: str, text: str, mistakes: list[Mistake]) -> str:
    for kind, words in KIND_WORDS.items():
        if text.lower() in words:
            return kind
    near = nearest_word(text.lower(), [word for words in KIND_WORDS.values() for word in words if word])
    allowed = "must be unkn, std, ntc, nrt or ipc"
    mistakes.append(Mistake(where, f"the kind of well {text[:40]!r}", allowed, near))
    return "unkn"


def _positive(where: str, name: str, text: str, mistakes: list[Mistake]) -> float:
    if text.lower() in UNDETERMINED:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        allowed = "must be a number above zero"
        if name == "cq":
            allowed += ", or empty or 'Undetermined' where nothing was detected"
        mistakes.append(Mistake(f"{where}, {name}", repr(text[:40]), allowed))
        return math.nan
    return value


def _factors(path: Path, wells: list[dict[str, str | float]]) -> dict[str, float]:
    """Return copies a cycle by gene; one gene has one efficiency."""
    found: dict[str, float] = {}
    for well in wells:
        gene, efficiency = str(well["gene"]), float(well["efficiency"])
        if math.isnan(efficiency):
            continue
        if found.setdefault(gene, 1 + efficiency) != 1 + efficiency:
            given = f"efficiencies {found[gene] - 1:g} and {efficiency:g} of {gene}"
            raise MeasurementError(Mistake(path.name, given, "a gene has one efficiency"))
    return found
