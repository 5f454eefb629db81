"""Why a recipe does not fit: what was asked and what fits, item by item."""

from __future__ import annotations

from spondyl.errors import Mistake
from spondyl.graft.hole import Hole
from spondyl.graft.poured import Poured
from spondyl.graft.recipe import Mix

FIRST_GUESS = 0.55
"""Spheres poured at random fill about this share (Onoda and Liniger 1990), less beside walls."""

CLOSEST = 0.7405
"""Nothing denser than equal spheres in the closest order is ever poured, mixtures of few sizes included."""


def beyond_all(mix: Mix, hole: Hole, solid: float, balls: float) -> list[Mistake]:
    """Say what was asked of a hole that has not the volume for it.

    Parameters
    ----------
    solid, balls : volumes of granules, inner pores included, and of spheroids, mm³.
    """
    share = f"{100 * CLOSEST:.0f} %"
    room = f"the hole has {hole.volume_mm3:.3g} mm³, of which {share} can be filled at the very best"
    loose = FIRST_GUESS * hole.volume_mm3
    wrong = []
    if mix.granules is not None and solid > 0:
        per = mix.granules.mg_per_mm3
        given = f"{solid * per:.3g} mg ({solid:.3g} mm³ with inner pores)"
        fits = f"about {max(0.0, loose - balls) * per:.2g} mg fit" + (
            " beside these spheroids" if balls else ""
        )
        wrong.append(Mistake("granules", given, f"{room}: {fits}"))
    if mix.spheroids:
        most = int(max(0.0, loose - solid) / balls * mix.spheroids)
        fits = f"about {most} fit" + (" beside these granules" if solid else "")
        wrong.append(Mistake("spheroids", f"{mix.spheroids} ({balls:.3g} mm³)", f"{room}: {fits}"))
    return wrong


def too_much(mix: Mix, hole: Hole, asked: float, best: Poured) -> list[Mistake]:
    """Say what was asked and what of it found a place.

    Parameters
    ----------
    asked : volume of granules, inner pores included, mm³.
    best : the try in which most found a place.
    """
    wrong = []
    space = f"into the hole of {hole.volume_mm3:.3g} mm³"
    jar, placed = mix.granules, best.diameters_in
    if jar is not None and placed.size < best.granules:
        fits = float(jar.volume_mm3(placed).sum()) * jar.mg_per_mm3
        given = f"{asked * jar.mg_per_mm3:.3g} mg in {best.granules} granules"
        wrong.append(Mistake("granules", given, f"{fits:.3g} mg in {placed.size} fit {space}"))
    if best.spheroids_in < mix.spheroids:
        beside = " beside the granules" if best.granules else ""
        wrong.append(Mistake("spheroids", f"{mix.spheroids}", f"{best.spheroids_in} fit{beside} {space}"))
    return wrong


def no_room(mix: Mix, hole: Hole, alone: Poured) -> list[Mistake]:
    """Say how many spheroids fit where there is no room for any granule."""
    given = f"{mix.spheroids}, to be placed with granules"
    fits = f"{alone.spheroids_in} fit into a hole of {hole.volume_mm3:.3g} mm³ without any granule"
    return [Mistake("spheroids", given, f"{fits}: take fewer or smaller ones, or a larger hole")]
