"""Densities that no bone can have."""

from __future__ import annotations

from collections.abc import Mapping

from spondyl.errors import MeasurementError, Mistake
from spondyl.quantity import Parameter, shipped


def refuse_impossible(tmd_mgha_cm3: float, name: str, parameters: Mapping[str, Parameter] | None) -> None:
    """Refuse a tissue mineral density above that of solid hydroxyapatite.

    Such values are grey values that were taken for densities.

    Parameters
    ----------
    tmd_mgha_cm3 : mean density of the bone, mg HA/cm³.
    name : of the scan.
    parameters : numbers of the stage ``assay/microct``; the shipped ones if None.

    Raises
    ------
    MeasurementError
        Naming the scan, the density and the remedy.
    """
    limit = (parameters or shipped()["assay/microct"])["hydroxyapatite_density"]
    if tmd_mgha_cm3 > limit.value:
        given = (
            f"bone of {tmd_mgha_cm3:.6g} mg HA/cm³ on average, denser than hydroxyapatite ({limit.value:g})"
        )
        remedy = "the values are no densities: calibrate the scan, or say that they are raw (--values raw)"
        raise MeasurementError(Mistake(name, given, remedy))
