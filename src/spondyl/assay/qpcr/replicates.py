"""Technical replicates to one cycle for each sample and gene, by written rules."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.qpcr.plate import CtPlate
from spondyl.quantity import Parameter, shipped

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Cycles:
    """One cycle for each sample and gene.

    Parameters
    ----------
    samples, groups : names, shape (samples,).
    genes : names, shape (genes,).
    cq : mean of the wells that count, shape (samples, genes); NaN where none does.
    sd : standard deviation of those wells; NaN for fewer than two.
    wells : how many count, and `given` how many there were.
    remarks : every well or gene that was treated specially, in words.
    """

    samples: tuple[str, ...]
    groups: tuple[str, ...]
    genes: tuple[str, ...]
    cq: Floats
    sd: Floats
    wells: NDArray[np.int64]
    given: NDArray[np.int64]
    remarks: tuple[str, ...]


def cycles_of(plate: CtPlate, parameters: Mapping[str, Parameter] | None = None) -> Cycles:
    """Return one cycle for each sample and gene.

    Of three or more wells, one that lies further than ``outlier_gap`` from the median of all is left out. Of
    wells with and without a cycle, those with one count when they are more than half, else the gene was not
    detected in the sample. A standard deviation above ``replicate_sd`` is told. Standards and controls do
    not take part; controls that come up within ``control_gap`` of a gene's last sample are told.

    Parameters
    ----------
    plate : the wells.
    parameters : of the stage "assay/qpcr"; None for those that ship.
    """
    table = shipped()["assay/qpcr"] if parameters is None else parameters
    rows = [place for place, kind in enumerate(plate.kind) if kind == "unkn"]
    groups = {plate.sample[place]: plate.group[place] for place in rows}
    samples, genes = tuple(groups), plate.genes()
    at: dict[tuple[str, str], list[float]] = {}
    for place in rows:
        at.setdefault((plate.sample[place], plate.gene[place]), []).append(float(plate.cq[place]))
    shape = (len(samples), len(genes))
    cq, sd = np.full(shape, np.nan), np.full(shape, np.nan)
    wells, given = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    remarks: list[str] = []
    for i, sample in enumerate(samples):
        for j, gene in enumerate(genes):
            values = at.get((sample, gene), [])
            kept, said = _kept(values, table)
            remarks += [f"{gene} in {sample}: {word}" for word in said]
            given[i, j], wells[i, j] = len(values), len(kept)
            if kept:
                cq[i, j] = float(np.mean(kept))
            if len(kept) > 1:
                sd[i, j] = float(np.std(kept, ddof=1))
    remarks += _controls(plate, table["control_gap"].value)
    every = tuple(groups[sample] for sample in samples)
    return Cycles(samples, every, genes, cq, sd, wells, given, tuple(remarks))


def _kept(values: list[float], table: Mapping[str, Parameter]) -> tuple[list[float], list[str]]:
    seen = [value for value in values if not math.isnan(value)]
    lost = len(values) - len(seen)
    said = []
    if lost and seen:
        if 2 * len(seen) <= len(values):
            return [], [f"{lost} of {len(values)} wells without a cycle: counted as not detected"]
        said.append(f"{lost} of {len(values)} wells without a cycle: left out")
    elif lost:
        return [], [f"nothing detected in {lost} {'well' if lost == 1 else 'wells'}"]
    if len(seen) >= 3:
        far = max(seen, key=lambda value: abs(value - float(np.median(seen))))
        gap = abs(far - float(np.median(seen)))
        if gap > table["outlier_gap"].value:
            seen.remove(far)
            said.append(f"well at {far:.2f} left out, {gap:.2f} cycles from the median")
    if len(seen) > 1 and (spread := float(np.std(seen, ddof=1))) > table["replicate_sd"].value:
        said.append(f"wells differ, standard deviation {spread:.2f} cycles")
    return seen, said


def _controls(plate: CtPlate, gap: float) -> list[str]:
    said = []
    for gene in plate.genes():
        samples = plate.cq[plate.where(kind="unkn", gene=gene)]
        if not np.isfinite(samples).any():
            continue
        latest = float(np.nanmax(samples))
        for kind, words in (("ntc", "no-template control"), ("nrt", "control without reverse transcriptase")):
            controls = plate.cq[plate.where(kind=kind, gene=gene)]
            first = float(np.nanmin(controls)) if np.isfinite(controls).any() else math.inf
            if first < latest + gap:
                said.append(
                    f"{gene}: a {words} came up at {first:.1f}, less than {gap:g} cycles after the last "
                    f"sample ({latest:.1f}): contamination or primer dimers are measured too"
                )
    return said
