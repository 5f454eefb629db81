"""The step that reads what a simulated animal was given: the dose sheet of its graft and its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spondyl.study.healing_step import measure

if TYPE_CHECKING:
    from spondyl.graft import Sheet
    from spondyl.spheroid import SpheroidLot

__all__ = ["STEP", "VERSION", "measure", "rows"]

STEP = "graft"
VERSION = 1

OF_SHEET = {
    "cells_living": "1",
    "spheroids": "1",
    "tcp_mg": "mg",
    "macro_porosity": "1",
    "fill_height": "1",
    "pore_um": "um",
    "pore_beside_spheroids_um": "um",
}
"""Numbers of the dose sheet that an animal's row in the table has, with their units."""

HOW = "known by the simulation"


def rows(sheet: Sheet, lot: SpheroidLot | None) -> list[tuple[str, float, str, str]]:
    """Return what was given as rows of the tidy table.

    Parameters
    ----------
    sheet : of the graft.
    lot : of its spheroids; None for a graft without cells. Their numbers are means over cells.
    """
    whole = ("cells_living",)
    found = [
        (name, float(round(value) if name in whole else value), unit, HOW)
        for name, unit in OF_SHEET.items()
        for value in [getattr(sheet, name)]
    ]
    if lot is None:
        return found
    faces = lot.shell_um**3
    share = faces.copy()
    share[1:] -= faces[:-1]
    share /= share.sum()
    living = share * lot.viability / max(float((share * lot.viability).sum()), 1e-30)
    found += [
        ("radius_um", float(lot.radius_um), "um", HOW),
        ("viability", float((share * lot.viability).sum()), "1", HOW),
        ("maturity", float((living * lot.maturity).sum()), "1", HOW),
    ]
    return found + [
        (f"{factor.lower()}_pg_cell_day", float(value), "pg/cell/day", HOW)
        for factor, value in lot.secretion.items()
    ]
