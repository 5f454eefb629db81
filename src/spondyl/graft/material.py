"""What mechanics reads: stiffness and strength of β-TCP by its pores, and of each voxel of a graft."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import GraftError, Mistake
from spondyl.graft.graft import Graft
from spondyl.quantity import Parameter, shipped

Array = NDArray[np.float64]


def tcp_modulus_mpa(porosity: float, parameters: Mapping[str, Parameter] | None = None) -> float:
    """Return Young's modulus of β-TCP with pores, MPa: exponential in the porosity (Metsger et al. 1999).

    Parameters
    ----------
    porosity : share of the volume, 0 to below 1.
    parameters : numbers of the stage ``graft``; the shipped ones if None.

    Raises
    ------
    GraftError
        If the porosity has no meaning.

    Examples
    --------
    >>> round(tcp_modulus_mpa(0.5))
    1600
    """
    table = parameters or shipped()["graft"]
    return _falling(table["tcp_modulus"].value, table["tcp_modulus_half"].value, porosity)


def tcp_strength_mpa(porosity: float, parameters: Mapping[str, Parameter] | None = None) -> float:
    """Return the compressive strength of β-TCP with pores, MPa; the rest as :func:`tcp_modulus_mpa`.

    Examples
    --------
    >>> round(tcp_strength_mpa(0.5))
    13
    """
    table = parameters or shipped()["graft"]
    return _falling(table["tcp_strength"].value, table["tcp_strength_half"].value, porosity)


def _falling(dense: float, half: float, porosity: float) -> float:
    """Return the value of an exponential that is known at porosity 0 and 0.5."""
    if not 0 <= porosity < 1:
        raise GraftError(Mistake("porosity", f"{porosity}", "must be at least 0 and below 1 (0.6 is 60 %)"))
    return float(dense * (half / dense) ** (2 * porosity))


def modulus_mpa(graft: Graft, parameters: Mapping[str, Parameter] | None = None) -> Array:
    """Return what the graft adds to Young's modulus of each voxel of its box, MPa.

    Shares times moduli, summed (the upper bound of Voigt): granules have the modulus of β-TCP with their
    inner pores, all else in the hole that of the filler. A voxel that the wall crosses gets the bone's own
    share from the bone.

    Parameters
    ----------
    parameters : numbers of the stage ``graft``; the shipped ones if None.
    """
    table = parameters or shipped()["graft"]
    soft = table["filler_modulus"].value
    jar = graft.mix.granules
    stiff = tcp_modulus_mpa(jar.micro_porosity, table) if jar else 0.0
    granules = graft.granules
    added: Array = stiff * granules + soft * np.maximum(graft.hole - granules, 0.0)
    return added
