"""What the cells become, shell by shell, in the oxygen they had."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import CultureError, Mistake
from spondyl.network import Batch, Network, batch, read
from spondyl.quantity import Parameter
from spondyl.spheroid import osteogenic
from spondyl.spheroid.course import Differentiation
from spondyl.spheroid.numbers import Numbers
from spondyl.spheroid.plan import FORMATION, Plan
from spondyl.spheroid.radial.run import Shells

Floats = NDArray[np.float64]

OSTEOGENIC = "osteogenic"
"""Name of the network that ships."""

NEEDED = ("ALPL", "BGLAP", "BMP2", "VEGFA")
"""What a network must follow: activity, maturity and the two secretions are read from them."""

FINE_DAYS, COARSE_DAYS = 3.0, 0.5
"""Inputs change at every step until the first, while cells come together, and then over the second."""

MOST_GROUPS = 8
"""Neighbouring shells share a network so that there are no more than this: oxygen is smooth between them."""

ACCURACY = 1e-4
"""Relative error of a step of the network: far below what is known of any of its numbers."""


@dataclass(frozen=True, slots=True)
class Genes:
    """A network and what is given to it beside oxygen, medium and contact.

    Parameters
    ----------
    network : prepared for many cells.
    inputs : numbers that differ from the file's.
    table : parameters of the stage "spheroid/osteogenic", for maturity; None for those that ship.
    """

    network: Batch
    inputs: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    table: Mapping[str, Parameter] | None = None


def genes(network: str | Path | Network | None, table: Mapping[str, Parameter] | None = None) -> Genes | None:
    """Return a network ready for cultures; None for None.

    Parameters
    ----------
    network : "osteogenic" for the one that ships, or a network or SBML file of one's own. Of
        ``oxygen`` (mmol/L), ``osteogenic`` and ``contact`` (0 to 1) it is given those that it has as free
        parameters; its species are taken as expression.
    table : parameters of the stage "spheroid/osteogenic" in place of those that ship.

    Raises
    ------
    NetworkError
        The file cannot be read as a network.
    CultureError
        It does not follow what a culture is read from, or does not say its unit of time.
    """
    if network is None:
        return None
    if network == OSTEOGENIC:
        return Genes(_shipped(), {} if table is None else osteogenic.numbers(table), table)
    own = network if isinstance(network, Network) else read(Path(network))
    missing = [name for name in NEEDED if name not in own.species]
    mistakes = []
    if missing:
        allowed = f"must follow {', '.join(NEEDED)}, from which activity, maturity and secretion are read"
        mistakes.append(Mistake(own.where, f"a network without {', '.join(missing)}", allowed))
    if own.days_per_time is None:
        mistakes.append(Mistake(own.where, "no unit of time", "must state one, such as day or second"))
    if mistakes:
        raise CultureError(mistakes)
    return Genes(batch(own), {}, table)


@cache
def _shipped() -> Batch:
    return batch(osteogenic.network())


def differentiated(asked: Plan, known: Numbers, shells: Shells, using: Genes | None) -> Differentiation:
    """Return what the cells of each shell became."""
    if using is None:
        nothing = np.zeros_like(shells.living)
        return Differentiation({}, nothing, np.ones_like(nothing))
    edge = _edges(shells.day)
    groups = _groups(shells.living.shape[1])
    levels = _levels(asked, known, shells, using, edge, groups)
    names = using.network.species
    alp = _follow(levels[..., names.index("ALPL")], shells.day[edge], known.alp_turnover)
    mature = osteogenic.maturity(levels[..., names.index("BGLAP")], using.table)
    first = levels[0, 0]
    found = {name: levels[..., place] / first[place] for place, name in enumerate(names) if first[place] > 0}
    whole = _to_all(shells.day, edge, groups)
    expression = {name: whole(level) for name, level in found.items()}
    return Differentiation(expression, whole(mature), whole(alp))


def _edges(day: Floats) -> NDArray[np.intp]:
    """Return the places of the times between which inputs are constant."""
    step = float(day[1])
    fine = min(round(FINE_DAYS / step), day.size - 1)
    stride = max(1, round(COARSE_DAYS / step))
    return np.unique(np.concatenate([np.arange(fine + 1), np.arange(fine, day.size, stride), [day.size - 1]]))


def _groups(shells: int) -> NDArray[np.intp]:
    """Return the group of each shell."""
    return np.arange(shells) * min(shells, MOST_GROUPS) // shells


def _levels(
    asked: Plan,
    known: Numbers,
    shells: Shells,
    using: Genes,
    edge: NDArray[np.intp],
    groups: NDArray[np.intp],
) -> Floats:
    """Integrate the network; return levels at the edges, shape (edges, groups, species)."""
    first = np.searchsorted(groups, np.arange(groups[-1] + 1))
    oxygen = np.add.reduceat(shells.oxygen_mM, first, axis=1) / np.bincount(groups)
    middle = (shells.day[1:] + shells.day[:-1]) / 2
    bone = (middle > FORMATION) & (middle < FORMATION + asked.osteogenic_days)
    contact = 1 - np.exp(-middle / known.compaction_time) if asked.form == "spheroid" else 0.0 * middle
    steps = np.diff(edge)
    given: dict[str, Floats] = {
        "oxygen": (np.add.reduceat(oxygen[:-1], edge[:-1], axis=0) / steps[:, None]).T,
        "osteogenic": (np.add.reduceat(bone * 1.0, edge[:-1]) / steps)[None],
        "contact": (np.add.reduceat(contact, edge[:-1]) / steps)[None],
    }
    network = using.network.network
    unit = network.days_per_time or 1.0
    inputs = {name: values for name, values in given.items() if name in network.inputs}
    return using.network.integrate(
        shells.day[edge] / unit,
        inputs={**using.inputs, **inputs},
        cells=int(groups[-1]) + 1,
        rtol=ACCURACY,
        threads=1,
    )


def _follow(wanted: Floats, day: Floats, rate: float) -> Floats:
    """Return what follows `wanted` at a rate, from 1 on day 0; `wanted` is straight between days."""
    found = np.ones_like(wanted)
    for k, step in enumerate(np.diff(day)):
        slope = (wanted[k + 1] - wanted[k]) / step
        lag = wanted[k] - slope / rate
        found[k + 1] = lag + slope * step + (found[k] - lag) * np.exp(-rate * step)
    return found


def _to_all(day: Floats, edge: NDArray[np.intp], groups: NDArray[np.intp]) -> Callable[[Floats], Floats]:
    """Return a function that carries values at edges and groups to all times and shells."""
    place = np.clip(np.searchsorted(edge, np.arange(day.size), side="right") - 1, 0, edge.size - 2)
    part = ((np.arange(day.size) - edge[place]) / (edge[place + 1] - edge[place]))[:, None]

    def whole(values: Floats) -> Floats:
        return np.asarray((values[place] * (1 - part) + values[place + 1] * part)[:, groups])

    return whole
