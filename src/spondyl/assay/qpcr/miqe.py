"""What the MIQE guidelines (Bustin 2009) ask to be told, as far as a plate and its analysis can tell it."""

from __future__ import annotations

import numpy as np

from spondyl.assay.qpcr.fold_change import LEVEL
from spondyl.assay.qpcr.measurement import Expressions
from spondyl.assay.qpcr.plate import CtPlate

NOT_REPORTED = "not reported"

_FOR_THE_LABORATORY = (
    ("sample", "tissue, handling and storage"),
    ("nucleic acid", "extraction, quantity, purity and integrity of the RNA"),
    ("reverse transcription", "enzyme, priming, amount of RNA, temperature and time"),
    ("target", "sequence accession, amplicon length, splice variants, specificity"),
    ("oligonucleotides", "primer and probe sequences"),
    ("protocol", "reaction volume, chemistry, concentrations, cycling, instrument"),
)


def miqe(plate: CtPlate, found: Expressions) -> tuple[tuple[str, str, str], ...]:
    """Return the checklist as section, item and entry; what cannot be known here is "not reported".

    Parameters
    ----------
    plate : the wells that were analysed.
    found : the analysis.
    """
    return (
        ("design", "groups and samples", _groups(found)),
        ("design", "control group", found.settings.control),
        ("design", "plates", str(len(dict.fromkeys(plate.plate)))),
        *((section, item, NOT_REPORTED) for section, item in _FOR_THE_LABORATORY),
        ("target", "genes", ", ".join(found.cycles.genes)),
        *(("validation", f"efficiency of {gene}", text) for gene, text in _efficiencies(found).items()),
        ("validation", "no-template controls", _controls(plate, "ntc")),
        ("validation", "controls without reverse transcriptase", _controls(plate, "nrt")),
        ("analysis", "source of the cycles", _source(plate)),
        ("analysis", "technical replicates", _replicates(found)),
        ("analysis", "repeatability (median SD of technical replicates)", _repeatability(found)),
        ("analysis", "treated specially", "; ".join(found.remarks) or "nothing"),
        ("analysis", "reference genes", ", ".join(found.references.used)),
        ("analysis", "stability of the reference genes", _stability(found)),
        ("analysis", "normalisation", "difference to the mean of the reference genes' cycles, in doublings"),
        ("analysis", "statistics", _statistics(found)),
    )


def _groups(found: Expressions) -> str:
    names = dict.fromkeys(found.cycles.groups)
    return ", ".join(f"{name or 'no group'}: {found.cycles.groups.count(name)}" for name in names)


def _efficiencies(found: Expressions) -> dict[str, str]:
    told = {}
    for gene, factor in found.factors.by_gene.items():
        text = f"{100 * (factor - 1):.1f} % ({found.factors.source[gene]})"
        curve = found.factors.curves.get(gene)
        if curve is not None:
            text += (
                f"; standard curve: slope {curve.slope:.3f}, intercept {curve.intercept:.2f}, R² "
                f"{curve.r_squared:.4f}, {curve.quantities} quantities in {curve.wells} wells"
            )
        told[gene] = text
    return told


def _controls(plate: CtPlate, kind: str) -> str:
    cycles = plate.cq[plate.where(kind=kind)]
    if not cycles.size:
        return NOT_REPORTED
    seen = cycles[np.isfinite(cycles)]
    return (
        f"{cycles.size} wells, none came up"
        if not seen.size
        else (f"{cycles.size} wells, {seen.size} came up, the first at {float(seen.min()):.1f}")
    )


def _source(plate: CtPlate) -> str:
    raw = [note for note in plate.notes if "raw curves" in note]
    return raw[0] if raw else f"as stated in {plate.name}"


def _replicates(found: Expressions) -> str:
    given = found.cycles.given[found.cycles.given > 0]
    low, high = int(given.min()), int(given.max())
    return f"{low}" if low == high else f"{low} to {high}"


def _repeatability(found: Expressions) -> str:
    known = found.cycles.sd[np.isfinite(found.cycles.sd)]
    return f"{float(np.median(known)):.3f} cycles" if known.size else NOT_REPORTED


def _stability(found: Expressions) -> str:
    references = found.references
    if references.m is None:
        return NOT_REPORTED
    told = [f"geNorm M {references.m:.3f}"]
    if references.normfinder:
        told.append("NormFinder " + ", ".join(f"{g} {v:.3f}" for g, v in references.normfinder.items()))
    return "; ".join(told)


def _statistics(found: Expressions) -> str:
    spread = "one variance" if found.settings.variance == "pooled" else "variances of their own (Welch)"
    return (
        f"{100 * LEVEL:g} % interval of ΔΔCq by Student's t on the samples' ΔCq, groups with {spread}; not "
        "adjusted for the number of genes"
    )
