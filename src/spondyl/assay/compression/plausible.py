"""Numbers that only a wrong unit or a wrong dimension explains."""

from __future__ import annotations

from collections.abc import Mapping

from spondyl.assay.compression.settings import Settings
from spondyl.errors import MeasurementError, Mistake
from spondyl.quantity import Parameter


def doubts(
    name: str,
    numbers: Mapping[str, float | None],
    how: Settings,
    table: Mapping[str, Parameter],
    *,
    stated: bool,
) -> list[str]:
    """Return remarks on numbers that no bone has.

    Parameters
    ----------
    name : of the file.
    numbers : by the names of :class:`spondyl.assay.compression.Compression`.
    how, table : geometry, and the limits.
    stated : whether the person stated both units, who then measures no bone, knowingly.

    Raises
    ------
    MeasurementError
        A number that cannot be: travel that no laboratory machine has, a specimen shortened beyond its
        length, one stiffer than diamond; or one that no bone has, where the units are only the file's.
    """
    wrong = _impossible(name, numbers, how, table)
    if wrong:
        raise MeasurementError(wrong)
    strange = _unusual(numbers, table)
    if strange and not stated:
        allowed = (
            "no bone has that: check the units; if they are right, state them both with --force-unit and "
            "--displacement-unit"
        )
        raise MeasurementError([Mistake(name, given, allowed) for given in strange])
    return [f"{given}, as no bone has" for given in strange]


def _impossible(
    name: str, numbers: Mapping[str, float | None], how: Settings, table: Mapping[str, Parameter]
) -> list[Mistake]:
    wrong = []
    travel = numbers["ultimate_displacement_mm"] or 0.0
    if not table["least_travel"].value <= travel <= table["largest_travel"].value:
        given = f"an ultimate displacement of {travel:.4g} mm"
        allowed = "check the unit of displacement, or state it with --displacement-unit"
        wrong.append(Mistake(name, given, allowed))
    strain, modulus = numbers["ultimate_strain"], numbers["modulus_mpa"]
    if strain is not None and strain >= 1:
        given = f"{travel:.4g} mm of displacement over a length of {how.length_mm:g} mm"
        wrong.append(Mistake(name, given, "check the unit of displacement and the length"))
    if modulus is not None and modulus > table["stiffest"].value:
        given = f"a modulus of {modulus / 1000:.4g} GPa"
        wrong.append(Mistake(name, given, "nothing is so stiff: check units, length and area"))
    return wrong


def _unusual(numbers: Mapping[str, float | None], table: Mapping[str, Parameter]) -> list[str]:
    limits = {name: parameter.value for name, parameter in table.items()}
    load, stiffness = numbers["ultimate_load_N"] or 0.0, numbers["stiffness_N_per_mm"] or 0.0
    strain, modulus = numbers["ultimate_strain"], numbers["modulus_mpa"]
    said = []
    if not limits["least_load"] <= load <= limits["largest_load"]:
        said.append(f"an ultimate load of {load:.4g} N")
    if not limits["least_stiffness"] <= stiffness <= limits["largest_stiffness"]:
        said.append(f"a stiffness of {stiffness:.4g} N/mm")
    if strain is not None and strain > limits["largest_strain"]:
        said.append(f"a strain of {100 * strain:.3g} % at the ultimate load")
    if modulus is not None and modulus > limits["stiffest_bone"]:
        said.append(f"a modulus of {modulus / 1000:.4g} GPa")
    return said
