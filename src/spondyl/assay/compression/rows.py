"""The measurement as rows of the tidy table."""

from __future__ import annotations

from collections.abc import Mapping

from spondyl.assay.compression.measurement import Compression
from spondyl.assay.microct.rows import Row
from spondyl.quantity import Parameter, shipped

UNITS: Mapping[str, str] = {
    "stiffness_N_per_mm": "N/mm",
    "stiffness_se_N_per_mm": "N/mm",
    "yield_load_N": "N",
    "yield_displacement_mm": "mm",
    "ultimate_load_N": "N",
    "ultimate_displacement_mm": "mm",
    "energy_N_mm": "N mm",
    "post_yield_displacement_mm": "mm",
    "energy_to_failure_N_mm": "N mm",
    "toe_mm": "mm",
    "modulus_mpa": "MPa",
    "yield_stress_mpa": "MPa",
    "yield_strain": "1",
    "ultimate_stress_mpa": "MPa",
    "ultimate_strain": "1",
    "noise": "1",
}
"""Every number this assay can give, with its unit."""


def rows(found: Compression, parameters: Mapping[str, Parameter] | None = None) -> tuple[Row, ...]:
    """Return one row per number that is known, with how it was obtained in words.

    Parameters
    ----------
    found : of one test.
    parameters : with which it was measured; None for those that ship.
    """
    how = method(found, parameters)
    given = {name: getattr(found, name) for name in UNITS}
    return tuple(Row(name, value, UNITS[name], how) for name, value in given.items() if value is not None)


def method(found: Compression, parameters: Mapping[str, Parameter] | None = None) -> str:
    """Return how the straight part, zero and yield were found, in the words of a methods section."""
    straight, how = found.straight, found.settings
    said = [
        f"straight part from sample {straight.first + 1} to {straight.last + 1}, R² {straight.r_squared:.4f}"
    ]
    if how.region is not None:
        said[0] += f", between {how.region[0]:g} and {how.region[1]:g} of the ultimate load"
    if how.compliance_mm_per_N:
        said.append(f"machine compliance of {how.compliance_mm_per_N:g} mm/N taken off")
    said.append(f"displacements from {found.toe_mm:.4g} mm on")
    said.append(f"yield {yield_rule(found, parameters)}")
    return "; ".join(said)


def yield_rule(found: Compression, parameters: Mapping[str, Parameter] | None = None) -> str:
    """Return where the curve counts as having yielded, in words."""
    table = shipped()["assay/compression"] if parameters is None else parameters
    how = found.settings
    if how.yield_rule == "stiffness":
        share = 100 * table["stiffness_loss"].value
        return f"where {share:g} % of the secant stiffness is lost (no length was given for an offset strain)"
    if how.yield_rule == "displacement":
        return f"by the elastic line moved by {how.offset_mm:g} mm"
    strain = table["offset_strain"].value if how.offset_strain is None else how.offset_strain
    return f"by the elastic line moved by {100 * strain:g} % strain"
