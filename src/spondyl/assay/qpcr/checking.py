"""Whether a plate holds what is asked of it; every mistake at once."""

from __future__ import annotations

import numpy as np

from spondyl.assay.qpcr.plate import CtPlate
from spondyl.assay.qpcr.settings import Settings
from spondyl.errors import MeasurementError, Mistake, nearest_word


def check(plate: CtPlate, settings: Settings) -> None:
    """Refuse a plate on which reference genes, the control group, other groups or any cycle are missing.

    Raises
    ------
    MeasurementError
        With every mistake.
    """
    genes, groups = plate.genes(), plate.groups()
    where = plate.name
    wrong = []
    if not genes:
        kinds = ", ".join(sorted(set(plate.kind)))
        wrong.append(Mistake(where, f"wells of {kinds} only", "needs wells of samples"))
        raise MeasurementError(wrong)
    for gene in settings.reference:
        if gene not in genes:
            near = nearest_word(gene, genes)
            wrong.append(Mistake(f"{where}, reference", repr(gene), f"must be one of {_listed(genes)}", near))
    wrong += _groups(where, groups, settings.control)
    if not set(genes) - set(settings.reference):
        given = f"only the genes {_listed(genes)}"
        wrong.append(Mistake(where, given, "needs at least one gene that is no reference"))
    unknown = sorted(set(settings.efficiencies) - set(plate.gene))
    if unknown:
        given = f"an efficiency of {unknown[0]}"
        wrong.append(Mistake(f"{where}, efficiency", given, f"the genes are {_listed(genes)}"))
    wrong += _detected(plate, settings)
    if wrong:
        raise MeasurementError(wrong)


def plate_differences(plate: CtPlate) -> list[str]:
    """Return a remark when several plates are compared without calibrators."""
    runs = dict.fromkeys(plate.plate)
    if len(runs) < 2:
        return []
    at: dict[str, set[str]] = {}
    for sample, run, kind in zip(plate.sample, plate.plate, plate.kind, strict=True):
        if kind == "unkn":
            at.setdefault(sample, set()).add(run)
    parted = [sample for sample, places in at.items() if len(places) > 1]
    more = f", and {len(parted)} samples have genes on several" if parted else ""
    return [
        f"{len(runs)} plates and no calibrator{more}: differences between plates stay in the result; "
        "name samples that are on every plate with --calibrator"
    ]


def _groups(where: str, groups: tuple[str, ...], control: str) -> list[Mistake]:
    named = tuple(group for group in groups if group)
    if not named:
        allowed = "needs the column group, or a table of groups: --groups TABLE with columns sample and group"
        return [Mistake(where, "samples without groups", allowed)]
    wrong = []
    if len(named) < len(groups):
        wrong.append(Mistake(where, "some samples without a group", "every sample must have one"))
    if control not in named:
        near = nearest_word(control, named)
        wrong.append(Mistake(f"{where}, control", repr(control), f"must be one of {_listed(named)}", near))
    elif len(named) < 2:
        wrong.append(Mistake(where, f"only the group {control!r}", "needs a group to compare with it"))
    return wrong


def _detected(plate: CtPlate, settings: Settings) -> list[Mistake]:
    samples = plate.where(kind="unkn")
    if not np.isfinite(plate.cq[samples]).any():
        return [Mistake(plate.name, f"{int(samples.sum())} wells, none with a cycle", "all wells failed")]
    dead = [
        gene
        for gene in settings.reference
        if (mask := plate.where(kind="unkn", gene=gene)).any() and not np.isfinite(plate.cq[mask]).any()
    ]
    return [
        Mistake(plate.name, f"no cycle in any well of {gene}", "a reference gene must be detected")
        for gene in dead
    ]


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
