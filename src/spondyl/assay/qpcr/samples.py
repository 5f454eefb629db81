"""Each sample's own expression, for tables and plots of single animals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from spondyl.assay.qpcr.measurement import Expressions


class Level(NamedTuple):
    """One gene in one sample.

    Parameters
    ----------
    sample, group, gene : names.
    dcq : cycles of the gene less those of the references, in doublings.
    fold_change : 2^-(ΔCq less the control group's mean).
    """

    sample: str
    group: str
    gene: str
    dcq: float
    fold_change: float


def levels(found: Expressions) -> tuple[Level, ...]:
    """Return every gene that is no reference in every sample in which it and the references were detected,
    genes in the order of the plate; none of a gene that the control group lacks."""
    cycles = found.cycles
    control = np.array([group == found.settings.control for group in cycles.groups])
    made = []
    for place, gene in enumerate(cycles.genes):
        dcq = found.dcq[:, place]
        known = np.isfinite(dcq)
        if gene in found.settings.reference or not (known & control).any():
            continue
        base = float(dcq[known & control].mean())
        for row in np.flatnonzero(known):
            own = float(dcq[row])
            made.append(Level(cycles.samples[row], cycles.groups[row], gene, own, 2.0 ** (base - own)))
    return tuple(made)
