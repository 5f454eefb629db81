"""Each sample's own expression, for tables, plots and statistics of single animals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from spondyl.assay.microct.rows import Row
from spondyl.assay.qpcr.measurement import Expressions, in_doublings
from spondyl.assay.qpcr.plate import CtPlate
from spondyl.assay.qpcr.settings import Settings
from spondyl.errors import MeasurementError, Mistake, nearest_word
from spondyl.quantity import Parameter, shipped


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


class Own(NamedTuple):
    """One sample for itself.

    Parameters
    ----------
    log2 : by gene, −ΔCq in doublings: a difference of group means is the logarithm of the fold change.
    reference : genes that it is measured against.
    efficient : whether efficiencies other than 1 were used.
    remarks : what is doubtful.
    """

    log2: Mapping[str, float]
    reference: tuple[str, ...]
    efficient: bool
    remarks: tuple[str, ...]


def own(
    plate: CtPlate, sample: str, settings: Settings, parameters: Mapping[str, Parameter] | None = None
) -> Own:
    """Return the level of every detected gene of one sample over its reference genes.

    Parameters
    ----------
    plate : all its wells; calibrators (kind "ipc") bring several plates together.
    sample : name of the sample.
    settings : reference genes and efficiencies; the control group takes no part.
    parameters : of the stage "assay/qpcr"; None for those that ship.

    Raises
    ------
    MeasurementError
        No such sample or reference gene, or a reference gene that was not detected in it.
    """
    table = shipped()["assay/qpcr"] if parameters is None else parameters
    for what, name, known in (
        ("sample", sample, tuple(dict.fromkeys(plate.sample))),
        *(("reference", gene, plate.genes()) for gene in settings.reference),
    ):
        if name not in known:
            allowed = f"must be one of {', '.join(known[:12])}"
            raise MeasurementError(
                Mistake(f"{plate.name}, {what}", repr(name), allowed, nearest_word(name, known))
            )
    cycles, factors, every = in_doublings(plate, settings, table)
    row = every[cycles.samples.index(sample)]
    doublings = {gene: float(value) for gene, value in zip(cycles.genes, row, strict=True)}
    lost = [gene for gene in settings.reference if not math.isfinite(doublings[gene])]
    if lost:
        given = f"{lost[0]} not detected in {sample}"
        raise MeasurementError(Mistake(plate.name, given, "a reference gene must be detected"))
    base = float(np.mean([doublings[gene] for gene in settings.reference]))
    levels = {
        gene: base - value
        for gene, value in doublings.items()
        if gene not in settings.reference and math.isfinite(value)
    }
    said = [remark for remark in cycles.remarks if sample in remark]
    efficient = any(abs(factor - 2) > 1e-9 for factor in factors.by_gene.values())
    return Own(levels, settings.reference, efficient, tuple(said))


def own_rows(found: Own, genes: Sequence[str]) -> tuple[Row, ...]:
    """Return one row per gene for the tidy table, named ``GENE_log2``."""
    how = f"−ΔCq against {', '.join(found.reference)}, in doublings"
    how += " by each gene's efficiency" if found.efficient else ""
    return tuple(Row(f"{gene}_log2", found.log2[gene], "1", how) for gene in genes)
