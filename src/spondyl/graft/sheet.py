"""The dose sheet: what is in a graft, as on a label."""

from __future__ import annotations

from dataclasses import dataclass, fields

ROWS = (
    ("cells_living", "living cells", "{:,.0f}", ""),
    ("cells_total", "cells, living and dead", "{:,.0f}", ""),
    ("cells_per_mm3", "living cells for the hole's volume", "{:,.0f}", "per mm³"),
    ("spheroids", "spheroids", "{:d}", ""),
    ("spheroid_radius_um", "radius of spheroids, mean", "{:.1f}", "µm"),
    ("granules", "granules", "{:d}", ""),
    ("granule_size_um", "size of granules, mean by mass", "{:.0f}", "µm"),
    ("sphericity", "sphericity of granules (Wadell), mean", "{:.3f}", ""),
    ("tcp_mg", "β-TCP", "{:.3f}", "mg"),
    ("hole_mm3", "hole", "{:.4f}", "mm³"),
    ("tcp_mm3", "β-TCP without inner pores", "{:.4f}", "mm³"),
    ("micropore_mm3", "pores inside granules", "{:.4f}", "mm³"),
    ("spheroid_mm3", "spheroids", "{:.4f}", "mm³"),
    ("carrier_mm3", "carrier", "{:.4f}", "mm³"),
    ("void_mm3", "left empty", "{:.4f}", "mm³"),
    ("macro_porosity", "space between granules", "{:.3f}", "of the hole"),
    ("micro_porosity", "pores inside granules", "{:.3f}", "of a granule"),
    ("total_porosity", "all but β-TCP", "{:.3f}", "of the hole"),
    ("fill_height", "height of the filling", "{:.3f}", "of the hole's depth"),
    ("pore_um", "widest way down between granules", "{:.0f}", "µm"),
    ("pore_beside_spheroids_um", "the same, spheroids in the way too", "{:.0f}", "µm"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Doses and pores of a graft; every unit is in the name.

    Parameters
    ----------
    cells_living, cells_total : cells, living and with the dead.
    cells_per_mm3 : living cells over the volume of the hole.
    spheroids, spheroid_radius_um : how many, and their mean radius.
    granules, granule_size_um : how many, and the mean over their mass of the diameter of the ball of each
        one's volume.
    sphericity : surface of a ball of the same volume over the granule's own (Wadell 1935), mean.
    tcp_mg : β-TCP.
    hole_mm3, tcp_mm3, micropore_mm3, spheroid_mm3, carrier_mm3, void_mm3 : volumes; the last five add up to
        the first.
    macro_porosity : space not taken by granules, share of the hole.
    micro_porosity : pores of a granule, share of the granule.
    total_porosity : all but β-TCP, share of the hole.
    fill_height : depth of the filling as a share of the hole's depth, along gravity.
    pore_um, pore_beside_spheroids_um : diameter of the largest ball that passes from the opening to the
        bottom, between granules and with spheroids in the way as well; 0 where none does.
    carrier : its name, or "none".
    seed : of the packing.
    warnings : what may surprise.
    """

    cells_living: float
    cells_total: float
    cells_per_mm3: float
    spheroids: int
    spheroid_radius_um: float
    granules: int
    granule_size_um: float
    sphericity: float
    tcp_mg: float
    hole_mm3: float
    tcp_mm3: float
    micropore_mm3: float
    spheroid_mm3: float
    carrier_mm3: float
    void_mm3: float
    macro_porosity: float
    micro_porosity: float
    total_porosity: float
    fill_height: float
    pore_um: float
    pore_beside_spheroids_um: float
    carrier: str
    seed: int
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the sheet as plain numbers and texts for JSON."""
        made: dict[str, object] = {f.name: getattr(self, f.name) for f in fields(self)}
        made["warnings"] = list(self.warnings)
        return made

    def rows(self) -> list[tuple[str, str, str]]:
        """Return (what, number, unit) for a table."""
        shown = [(what, form.format(getattr(self, name)), unit) for name, what, form, unit in ROWS]
        return [*shown, ("carrier", self.carrier, ""), ("seed", str(self.seed), "")]

    def __str__(self) -> str:
        lines = [f"{what:<40}{number:>12} {unit}".rstrip() for what, number, unit in self.rows()]
        return "\n".join([*lines, *(f"note: {warning}" for warning in self.warnings)])
