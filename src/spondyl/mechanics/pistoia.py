"""Failure load from a linear solution, by the criterion of Pistoia et al. 2002.

A bone fails when a given share of its volume is strained beyond a critical effective strain. The solution is
linear, so the load at which that happens follows from one solve: the strain that the share exceeds grows in
proportion to the load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spondyl.errors import MechanicsError, Mistake, nearest_word
from spondyl.mechanics.fields import Compact
from spondyl.quantity import Parameter, shipped

_PASSPORTS = {
    "human": ("human_critical_volume", "human_critical_strain"),
    "mouse": ("mouse_critical_volume", "mouse_critical_strain"),
    "rat": ("rat_critical_volume", "rat_critical_strain"),
}
SPECIES = tuple(_PASSPORTS)
"""Species whose critical volume and strain have a passport."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """When a bone counts as broken.

    Parameters
    ----------
    volume : share of the bone's volume, above 0 and below 1.
    strain : effective strain which that share exceeds at failure, above 0.

    Raises
    ------
    MechanicsError
        If either is outside its range or not a number.
    """

    volume: float
    strain: float

    def __post_init__(self) -> None:
        wrong = []
        if not 0 < self.volume < 1:
            allowed = "must be a share above 0 and below 1 (0.02 is 2 %)"
            wrong.append(Mistake("critical volume", f"{self.volume:g}", allowed))
        if not 0 < self.strain < 1:
            allowed = "must be a strain above 0 and below 1 (0.007 is 0.7 %)"
            wrong.append(Mistake("critical strain", f"{self.strain:g}", allowed))
        if wrong:
            raise MechanicsError(wrong)


@dataclass(frozen=True, slots=True)
class Failure:
    """The load at which a criterion is met.

    Parameters
    ----------
    load : failure load, N, always positive.
    factor : failure load over the load that was solved.
    exceeded : effective strain that the critical volume exceeds under the load that was solved.
    """

    load: float
    factor: float
    exceeded: float


def criterion(species: str = "human", parameters: Mapping[str, Parameter] | None = None) -> Criterion:
    """Return the criterion for a species.

    Parameters
    ----------
    species : one of :data:`SPECIES`.
    parameters : numbers of the stage ``mechanics``; the shipped ones by default.

    Raises
    ------
    MechanicsError
        If the species has no passport.

    Examples
    --------
    >>> criterion("human")
    Criterion(volume=0.02, strain=0.007)
    """
    if species not in _PASSPORTS:
        near = nearest_word(species, SPECIES)
        allowed = f"must be {', '.join(SPECIES)}; for another give the critical volume and strain"
        raise MechanicsError(Mistake("species", repr(species), allowed, near))
    table = parameters or shipped()["mechanics"]
    volume, strain = _PASSPORTS[species]
    return Criterion(table[volume].value, table[strain].value)


def failure(load: float, effective_strain: Compact, when: Criterion) -> Failure:
    """Return the load at which the criterion is met.

    The strain that the critical volume exceeds is the quantile 1 − volume of the effective strains of the
    elements, interpolated linearly between the two nearest (the default of ``numpy.quantile``); the voxels of
    a model have one volume.

    Parameters
    ----------
    load : force on the platen in the solution, N; its sign does not matter.
    effective_strain : of the elements of the bone, (n,).
    when : the criterion.

    Raises
    ------
    MechanicsError
        If there is no element, or less than the critical volume is strained at all.

    Examples
    --------
    A hundred elements under 10 N, three of them strained by 1 % and the others by 0.1 %.

    >>> strains = np.array([0.01] * 3 + [0.001] * 97)
    >>> failure(-10.0, strains, Criterion(0.02, 0.007)).load
    7.0
    """
    if effective_strain.size == 0:
        raise MechanicsError(Mistake("failure load", "no element of bone", "needs at least one"))
    exceeded = float(np.quantile(effective_strain, 1 - when.volume))
    if not (exceeded > 0 and np.isfinite(exceeded)):
        given = f"an effective strain of {exceeded:g} exceeded by {when.volume:.3g} of the bone"
        raise MechanicsError(Mistake("failure load", given, "must be above zero: load more of the bone"))
    factor = when.strain / exceeded
    return Failure(abs(load) * factor, factor, exceeded)
