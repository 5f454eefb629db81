"""Numbers that only a wrong unit or a wrong dimension explains."""

from __future__ import annotations

from collections.abc import Mapping

from spondyl.assay.compression.settings import Settings
from spondyl.errors import MeasurementError, Mistake
from spondyl.quantity import Parameter


def doubts(
    name: str, numbers: Mapping[str, float | None], how: Settings, table: Mapping[str, Parameter]
) -> list[str]:
    """Return remarks on numbers that are unusual for bone.

    Raises
    ------
    MeasurementError
        If a number cannot be: load or travel that no laboratory machine has, a specimen shortened beyond its
        length, or one stiffer than diamond.
    """
    limits = {
        key: table[key].value for key in ("least_load", "largest_load", "least_travel", "largest_travel")
    }
    load, travel = numbers["ultimate_load_N"] or 0.0, numbers["ultimate_displacement_mm"] or 0.0
    wrong = []
    if not limits["least_load"] <= load <= limits["largest_load"]:
        given = f"an ultimate load of {load:.4g} N"
        wrong.append(Mistake(name, given, "check the unit of force, or state it with --force-unit"))
    if not limits["least_travel"] <= travel <= limits["largest_travel"]:
        given = f"an ultimate displacement of {travel:.4g} mm"
        wrong.append(
            Mistake(name, given, "check the unit of displacement, or state it with --displacement-unit")
        )
    strain, modulus = numbers["ultimate_strain"], numbers["modulus_mpa"]
    if strain is not None and strain >= 1:
        given = f"{travel:.4g} mm of displacement over a length of {how.length_mm:g} mm"
        wrong.append(Mistake(name, given, "check the unit of displacement and the length"))
    if modulus is not None and modulus > table["stiffest"].value:
        given = f"a modulus of {modulus / 1000:.4g} GPa"
        wrong.append(Mistake(name, given, "nothing is so stiff: check units, length and area"))
    if wrong:
        raise MeasurementError(wrong)
    if modulus is not None and modulus > table["stiffest_bone"].value:
        return [
            f"a modulus of {modulus / 1000:.4g} GPa, more than any bone has: check units, length and area"
        ]
    return []
