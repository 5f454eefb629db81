"""A plate to fold changes: replicates, efficiencies, references, ΔΔCq."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.qpcr.checking import check, plate_differences
from spondyl.assay.qpcr.factors import Factors, factors_of
from spondyl.assay.qpcr.fold_change import FoldChange, fold_change
from spondyl.assay.qpcr.plate import CtPlate
from spondyl.assay.qpcr.plates import between_plates
from spondyl.assay.qpcr.replicates import Cycles, cycles_of
from spondyl.assay.qpcr.settings import Settings
from spondyl.assay.qpcr.stability import GeNorm, genorm, normfinder, stability_m
from spondyl.quantity import Parameter, shipped

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Expression:
    """One gene in one group against the control.

    Parameters
    ----------
    gene, group : names.
    change : ΔΔCq and its interval; None where the gene was not detected in the group or in the control.
    wells : technical replicates behind it, group and control together.
    remark : why there is no number or no interval; empty otherwise.
    """

    gene: str
    group: str
    change: FoldChange | None
    wells: int
    remark: str = ""


@dataclass(frozen=True, slots=True)
class References:
    """The reference genes and how steady they are.

    Parameters
    ----------
    used : genes whose geometric mean the others are measured against.
    m : geNorm's mean M of those used, doublings; None for fewer than two.
    genorm : ranking of all that were named; None for fewer than two, or too few complete samples.
    normfinder : by gene, its stability value; empty for fewer than three.
    """

    used: tuple[str, ...]
    m: float | None
    genorm: GeNorm | None
    normfinder: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Expressions:
    """All fold changes of a plate.

    Parameters
    ----------
    rows : one for each gene that is no reference and each group but the control.
    references : see :class:`References`.
    factors : copies a cycle by gene, and where from.
    cycles : what the wells came to.
    dcq : ΔCq of each sample and gene in doublings, shape (samples, genes); NaN where not detected.
    settings : what was chosen.
    remarks : everything that was treated specially, in words.
    """

    rows: tuple[Expression, ...]
    references: References
    factors: Factors
    cycles: Cycles
    dcq: Floats
    settings: Settings
    remarks: tuple[str, ...]


def measure(
    plate: CtPlate, settings: Settings, parameters: Mapping[str, Parameter] | None = None
) -> Expressions:
    """Return the fold changes of a plate.

    Cycles are turned into doublings by each gene's efficiency; ΔCq is a gene's less the mean of the reference
    genes' (the geometric mean of their quantities); ΔΔCq a group's mean less the control's. That is 2^-ΔΔCq
    (Livak 2001) where all efficiencies are 1 and the ratio of Pfaffl (2001) where they are not.

    Parameters
    ----------
    plate : the wells.
    settings : reference genes, control group, efficiencies.
    parameters : of the stage "assay/qpcr"; None for those that ship.

    Raises
    ------
    MeasurementError
        A gene or a group that is not on the plate, nothing detected, no efficiency.
    """
    table = shipped()["assay/qpcr"] if parameters is None else parameters
    check(plate, settings)
    remarks = [*plate.notes, *([] if _bridged(plate, settings) else plate_differences(plate))]
    cycles, factors, doublings = in_doublings(plate, settings, table)
    references, said = _references(doublings, cycles, settings, table["enough_v"].value)
    places = [cycles.genes.index(gene) for gene in references.used]
    dcq = doublings - doublings[:, places].mean(axis=1, keepdims=True)
    lost = [s for s, row in zip(cycles.samples, dcq, strict=True) if not np.isfinite(row[places]).all()]
    said += [f"{sample}: a reference gene was not detected, so nothing of it counts" for sample in lost]
    rows = tuple(
        _expression(gene, group, cycles, dcq, places, settings)
        for gene in cycles.genes
        if gene not in settings.reference
        for group in plate.groups()
        if group != settings.control
    )
    every = (*remarks, *cycles.remarks, *factors.remarks, *said)
    return Expressions(rows, references, factors, cycles, dcq, settings, every)


def in_doublings(
    plate: CtPlate, settings: Settings, table: Mapping[str, Parameter]
) -> tuple[Cycles, Factors, Floats]:
    """Return the cycles of samples, the genes' factors, and cycles as doublings, (samples, genes).

    Plates that share calibrators are brought together first.

    Parameters
    ----------
    plate, settings : as of :func:`measure`.
    table : of the stage "assay/qpcr".
    """
    if _bridged(plate, settings):
        plate = between_plates(plate, settings.calibrators).plate
    cycles, factors = cycles_of(plate, table), factors_of(plate, settings)
    return cycles, factors, cycles.cq * np.array([math.log2(factors.by_gene[gene]) for gene in cycles.genes])


def _bridged(plate: CtPlate, settings: Settings) -> bool:
    return bool(settings.calibrators) or "ipc" in plate.kind


def _references(
    doublings: Floats, cycles: Cycles, settings: Settings, limit: float
) -> tuple[References, list[str]]:
    names = settings.reference
    logs = -doublings[:, [cycles.genes.index(gene) for gene in names]]
    complete: NDArray[np.bool_] = np.asarray(np.isfinite(logs).all(axis=1))
    logs, groups = logs[complete], [g for g, ok in zip(cycles.groups, complete, strict=True) if ok]
    if len(names) < 2 or logs.shape[0] < 2:
        said = ["one reference gene: nothing shows whether it is steady"] if len(names) < 2 else []
        return References(names, None, None, {}), said
    ranked = genorm(logs, names)
    steady = normfinder(logs, names, groups) if len(names) > 2 else {}
    used, said = names, []
    if settings.choose_references:
        used = ranked.order[: ranked.enough(limit)]
        said.append(f"reference genes chosen by geNorm: {', '.join(used)}")
    places = [names.index(gene) for gene in used]
    m = float(np.mean(stability_m(logs[:, places])))
    return References(used, m, ranked, steady), said


def _expression(
    gene: str, group: str, cycles: Cycles, dcq: Floats, references: Sequence[int], settings: Settings
) -> Expression:
    place = cycles.genes.index(gene)
    member = {name: np.array([each == name for each in cycles.groups]) for name in (group, settings.control)}
    known = np.isfinite(dcq[:, place])
    ours, theirs = (dcq[member[name] & known, place] for name in (group, settings.control))
    rows = (member[group] | member[settings.control]) & known
    wells = int(cycles.wells[rows, place].sum())
    missing = [name for name, values in ((group, ours), (settings.control, theirs)) if not values.size]
    if missing:
        return Expression(gene, group, None, wells, f"not detected in {' nor in '.join(missing)}")
    change = fold_change(
        ours,
        theirs,
        welch=settings.variance == "welch",
        well_sd=_well_sd(cycles, member[group], place, references),
    )
    remark = ""
    if change.ddcq_low is None:
        few = group if ours.size < 2 else settings.control
        remark = f"no interval: {few} has one sample, and technical replicates are no animals"
    return Expression(gene, group, change, wells, remark)


def _well_sd(
    cycles: Cycles, members: NDArray[np.bool_], place: int, references: Sequence[int]
) -> float | None:
    """Return the spread of one sample's ΔCq by its technical replicates, gene and references together."""
    rows = np.flatnonzero(members)
    if rows.size != 1:
        return None
    row = int(rows[0])
    ground = cycles.sd[row, list(references)]
    both = float(cycles.sd[row, place] ** 2 + (ground**2).sum() / ground.size**2)
    return math.sqrt(both) if math.isfinite(both) else None
