"""Densities that no bone can have."""

from __future__ import annotations

from spondyl.errors import MeasurementError, Mistake
from spondyl.quantity import shipped


def refuse_impossible(tmd_mgha_cm3: float, name: str) -> None:
    """Refuse a tissue mineral density above that of solid hydroxyapatite.

    Such values are grey values that were taken for densities.

    Raises
    ------
    MeasurementError
        Naming the scan, the density and the remedy.
    """
    limit = shipped()["assay/microct"]["hydroxyapatite_density"]
    if tmd_mgha_cm3 > limit.value:
        given = (
            f"bone of {tmd_mgha_cm3:.6g} mg HA/cm³ on average, denser than hydroxyapatite ({limit.value:g})"
        )
        remedy = "the values are no densities: calibrate the scan, or say that they are raw (--values raw)"
        raise MeasurementError(Mistake(name, given, remedy))
