"""The measurement as rows of the tidy table."""

from __future__ import annotations

from spondyl.assay.microct import Row
from spondyl.assay.strength.strength import Strength

NAMES = ("bv_tv", "apparent_modulus_mpa", "stiffness_N_per_mm", "reaction_N", "failure_load_N")
"""Every number this assay can give."""


def rows(found: Strength) -> tuple[Row, ...]:
    """Return one row per number.

    What the solver took and needed is no property of the bone and has no row.
    """
    how = found.method
    loaded = f"{how.loading}; {how.bone}"
    modulus = f"|reaction| over the cross-section of the whole array over the strain; {loaded}"
    stiffness = f"|reaction| over the displacement of the platen; {loaded}"
    reaction = f"force of the moving platen, negative in compression; {loaded}"
    return (
        Row("bv_tv", found.bv_tv, "1", f"stiff voxels of the whole array; {how.bone}"),
        Row("apparent_modulus_mpa", found.apparent_modulus_mpa, "MPa", modulus),
        Row("stiffness_N_per_mm", found.stiffness_N_per_mm, "N/mm", stiffness),
        Row("reaction_N", found.reaction_N, "N", reaction),
        Row("failure_load_N", found.failure_load_N, "N", f"{how.failure}; {loaded}"),
    )
