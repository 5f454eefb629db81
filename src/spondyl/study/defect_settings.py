"""From the ``[defect]`` and ``[phases]`` tables to what the assay takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spondyl.errors import MeasurementError, Mistake, StudyError
from spondyl.quantity import convert

HERE = "study.toml, defect"

if TYPE_CHECKING:
    from spondyl.assay.microct.defect_site import DefectSite
    from spondyl.assay.microct.phases.settings import PhaseSettings


def defect_site(
    table: dict[str, Any], mask: Path | None = None, *, animal: str = "", where: str = HERE
) -> DefectSite:
    """Return where the defect of an animal lies.

    Parameters
    ----------
    table : a ``[defect]`` table.
    mask : the drawn defect, when there is one.
    animal : whose place is taken where the table has one of its own.
    where : begins the error messages.

    Raises
    ------
    StudyError
        With every mistake.
    """
    from spondyl.assay.microct import Mask
    from spondyl.assay.microct.defect_site import DefectSite
    from spondyl.volume import read

    axis, across = ("zyx".index(table[key]) for key in ("axis", "across"))
    if mask is not None or table["mask"] is not None:
        if mask is None:
            raise ValueError("a drawn defect needs its path")
        return DefectSite(mask=Mask(read(mask)), axis=axis, across=across)
    return DefectSite(hole=_hole(table, animal, where), layers=table["layers"])


def phase_settings(table: dict[str, Any] | None) -> PhaseSettings:
    """Return what was chosen of three phases; the defaults without a ``[phases]`` table."""
    from spondyl.assay.microct.phases.settings import PhaseSettings

    given = table or {"noise": None, "blur": None, "adapt": False}
    return PhaseSettings(given["noise"], given["blur"], given["adapt"])


def defect_mistakes(table: dict[str, Any], animals: Sequence[str]) -> list[Mistake]:
    """Return what is wrong in a ``[defect]`` table that needs no scan to be seen."""
    unknown = [name for name in table["animals"] if name not in animals]
    allowed = "must be an animal of animals.tsv"
    wrong = [Mistake(f"{HERE}.animals.{name}", repr(name), allowed) for name in unknown]
    if table["mask"] is not None or table["as_drilled"]:
        return wrong
    if table["entry"] is None:
        lost = [name for name in animals if name not in table["animals"]]
        allowed = f"give the entry of the hole in [defect.animals.NAME], or one for all in {HERE}.entry"
        wrong += [Mistake(f"{HERE}.animals", f"no entry for {name}", allowed) for name in lost]
    for name in ("", *table["animals"]) if table["entry"] is not None else tuple(table["animals"]):
        try:
            _hole(table, name, HERE)
        except StudyError as error:
            wrong += error.mistakes
    return list(dict.fromkeys(wrong))


def _hole(table: dict[str, Any], animal: str, where: str) -> Any:
    from spondyl.assay.microct.defect import DrillHole

    own = table["animals"].get(animal) or {}
    place = f"{where}.animals.{animal}" if own else where
    wrong: list[Mistake] = []

    def length(text: str, key: str) -> float:
        try:
            return convert(text, "mm", where=key)
        except StudyError as error:
            wrong.extend(error.mistakes)
            return 1.0

    entry = own.get("entry") or table["entry"]
    diameter, depth = (length(table[key], f"{where}.{key}") for key in ("diameter", "depth"))
    z, y, x = (length(text, f"{place}.entry") for text in entry)
    if wrong:
        raise MeasurementError(wrong)
    return DrillHole(
        table["shape"], diameter, depth, (z, y, x), tuple(own.get("direction") or table["direction"])
    )
