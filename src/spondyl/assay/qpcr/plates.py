"""Differences between plates, taken out by samples that are on all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from spondyl.assay.qpcr.plate import CtPlate
from spondyl.errors import MeasurementError, Mistake


@dataclass(frozen=True, slots=True, eq=False)
class Corrected:
    """Wells after correction, and what was taken off: cycles by gene and plate."""

    plate: CtPlate
    offsets: dict[tuple[str, str], float]


def between_plates(plate: CtPlate, calibrators: Sequence[str] = ()) -> Corrected:
    """Take the differences between plates out, gene by gene (Hellemans 2007).

    Each gene's offset on a plate is the mean, over the calibrators, of their cycle there less their mean over
    all plates that have the gene.

    Parameters
    ----------
    plate : wells of several plates.
    calibrators : samples that are on every plate; those of kind "ipc" if none is named.

    Raises
    ------
    MeasurementError
        If there is no calibrator, or one was not detected in a gene on a plate.
    """
    names = tuple(calibrators) or tuple(
        dict.fromkeys(s for s, kind in zip(plate.sample, plate.kind, strict=True) if kind == "ipc")
    )
    unknown = sorted(set(names) - set(plate.sample))
    if unknown or not names:
        given = f"the calibrator {unknown[0]!r}" if unknown else "no calibrator"
        allowed = "name samples that are on every plate, or mark their wells as ipc in the column kind"
        raise MeasurementError(Mistake(plate.name, given, allowed))
    offsets = _offsets(plate, names)
    moved = [cq - offsets[gene, run] for cq, gene, run in zip(plate.cq, plate.gene, plate.plate, strict=True)]
    return Corrected(replace(plate, cq=np.array(moved)), offsets)


def _offsets(plate: CtPlate, names: Sequence[str]) -> dict[tuple[str, str], float]:
    seen: dict[tuple[str, str, str], list[float]] = {}
    for sample, gene, run, cq in zip(plate.sample, plate.gene, plate.plate, plate.cq, strict=True):
        if sample in names and np.isfinite(cq):
            seen.setdefault((sample, gene, run), []).append(float(cq))
    mistakes = []
    offsets: dict[tuple[str, str], float] = {}
    for gene in dict.fromkeys(plate.gene):
        runs = dict.fromkeys(r for g, r in zip(plate.gene, plate.plate, strict=True) if g == gene)
        missing = [(s, r) for s in names for r in runs if (s, gene, r) not in seen]
        if missing:
            sample, run = missing[0]
            given = f"no cycle of the calibrator {sample!r} for {gene} on plate {run!r}"
            mistakes.append(Mistake(plate.name, given, "a calibrator must be detected on every plate"))
            continue
        table = np.array([[np.mean(seen[sample, gene, run]) for run in runs] for sample in names])
        shift = (table - table.mean(axis=1, keepdims=True)).mean(axis=0)
        offsets |= {(gene, run): float(each) for run, each in zip(runs, shift, strict=True)}
    if mistakes:
        raise MeasurementError(mistakes)
    return offsets
