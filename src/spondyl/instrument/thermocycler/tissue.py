"""What goes into a tube when the tissue of a defect is lysed: its cells, by what each kind expresses.

A mesenchymal cell that has begun to turn to an osteoblast expresses each gene between the levels of the
undecided cell, 1, and of the osteoblast, in the logarithm by its maturity; the osteoblast is the osteogenic
network after three weeks in its medium. Fibroblasts and chondrocytes count as undecided. Cells of the blood
make none of these messages but those of the reference genes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import numpy as np

from spondyl.healing.account import counted
from spondyl.healing.course import HealingCourse
from spondyl.instrument.thermocycler.sample import Sample, mixture
from spondyl.quantity import Parameter, shipped
from spondyl.spheroid.osteogenic import GENES

UNDECIDED = ("progenitor_host", "fibroblast", "chondrocyte")
OSTEOBLASTS = ("osteoblast_host", "osteoblast_graft")
BLOOD = ("osteoclast", "macrophage", "m1", "m2")

PROTEIN = "HIF1A"

DAYS = 21
"""In osteogenic medium, after which the network's cell counts as an osteoblast."""


@cache
def osteoblast() -> Mapping[str, float]:
    """Return the levels of an osteoblast by gene; 1 is an undecided cell.

    Examples
    --------
    >>> osteoblast()["BGLAP"] > 10
    True
    """
    from spondyl.network import batch
    from spondyl.spheroid.osteogenic import network

    cells = batch(network())
    found = cells.integrate(np.array([0.0, DAYS]), inputs={"osteogenic": 1.0, "contact": 1.0})
    last = np.asarray(found)[-1].reshape(-1)
    return MappingProxyType({gene: float(last[cells.species.index(gene)]) for gene in genes()})


def genes() -> tuple[str, ...]:
    """Return the genes that the thermocycler measures of a tissue; HIF1A of the network is a protein.

    Examples
    --------
    >>> "RUNX2" in genes(), "HIF1A" in genes()
    (True, False)
    """
    return tuple(gene for gene in GENES if gene != PROTEIN)


def of_course(
    course: HealingCourse,
    name: str,
    group: str,
    *,
    week: float,
    parameters: Mapping[str, Parameter] | None = None,
) -> Sample:
    """Return the cells of a defect at a follow-up.

    Parameters
    ----------
    course : of healing; the week must be one of its follow-ups.
    name, group : of the sample.
    week : when the tissue is taken.
    parameters : of the stage "instrument/thermocycler"; None for those that ship.

    Raises
    ------
    HealingError
        If the week is no follow-up.
    CultureError
        If no cell is there.
    """
    table = shipped()["instrument/thermocycler"] if parameters is None else parameters
    state = course.at(week=week).state

    def count(*kinds: str) -> float:
        return counted(state, course.region, *kinds)

    graft = count("progenitor_graft")
    ripe = count("ripe_graft") / graft if graft > 0 else 0.0
    full = osteoblast()
    cells = {
        "undecided": count(*UNDECIDED),
        "graft": graft,
        "osteoblast": count(*OSTEOBLASTS),
        "blood": count(*BLOOD),
    }
    expression = {
        "graft": {gene: level**ripe for gene, level in full.items()},
        "osteoblast": dict(full),
        "blood": dict.fromkeys(full, table["blood_expression"].value),
    }
    return mixture(name, group, cells, expression)
