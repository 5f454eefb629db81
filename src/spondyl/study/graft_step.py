"""The step that reads what a simulated animal was given: the dose sheet of its graft and its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spondyl.study.healing_step import HOW, measure

if TYPE_CHECKING:
    from spondyl.graft import Sheet
    from spondyl.spheroid import SpheroidLot

__all__ = ["STEP", "VERSION", "measure", "rows"]

STEP = "graft"
VERSION = 2

OF_SHEET = {
    "spheroids": "1",
    "tcp_mg": "mg",
    "macro_porosity": "1",
    "fill_height": "1",
    "pore_um": "um",
    "pore_beside_spheroids_um": "um",
}
"""Numbers of the dose sheet that an animal's row in the table has, with their units."""


def rows(sheet: Sheet, lot: SpheroidLot | None) -> list[tuple[str, float, str, str]]:
    """Return what was given as rows of the tidy table.

    Parameters
    ----------
    sheet : of the graft.
    lot : of its spheroids; None for a graft without cells. Their numbers are means over cells.
    """
    found = [(name, float(getattr(sheet, name)), unit, HOW) for name, unit in OF_SHEET.items()]
    found.append(("cells_living", float(round(sheet.cells_living)), "1", HOW))
    if lot is None:
        return found
    alive = float(lot.living.sum())
    found += [
        ("spheroids_given", float(lot.count), "1", HOW),
        ("radius_um", float(lot.radius_um), "um", HOW),
        ("viability", alive / float(lot.shell_um[-1]) ** 3, "1", HOW),
        ("maturity", float(lot.living @ lot.maturity) / max(alive, 1e-30), "1", HOW),
    ]
    return found + [
        (f"{factor.lower()}_pg_cell_day", float(value), "pg/cell/day", HOW)
        for factor, value in lot.secretion.items()
    ]
