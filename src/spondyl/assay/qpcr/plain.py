"""The analysis as plain numbers under the names of the command line."""

from __future__ import annotations

from spondyl.assay.qpcr.measurement import Expression, Expressions, References
from spondyl.assay.qpcr.samples import levels


def as_json(found: Expressions) -> dict[str, object]:
    """Return the analysis as numbers, texts and lists; what is not known is None."""
    return {
        "control": found.settings.control,
        "results": [one_row(row, found.references) for row in found.rows],
        "samples": [level._asdict() for level in levels(found)],
        "references": _references(found.references),
        "efficiencies": {
            gene: {"efficiency": factor - 1, "from": found.factors.source[gene]}
            for gene, factor in found.factors.by_gene.items()
        },
        "remarks": list(found.remarks),
    }


def one_row(row: Expression, references: References) -> dict[str, object]:
    """Return one gene in one group; `ci_low` and `ci_high` are of the fold change."""
    change = row.change
    low, high = (change.interval if change else None) or (None, None)
    sd_low, sd_high = (change.spread if change else None) or (None, None)
    return {
        "gene": row.gene,
        "group": row.group,
        "ddcq": change.ddcq if change else None,
        "fold_change": change.fold_change if change else None,
        "ci_low": low,
        "ci_high": high,
        "n": change.n if change else 0,
        "reference_stability": references.m,
        "n_control": change.n_control if change else 0,
        "ddcq_ci_low": change.ddcq_low if change else None,
        "ddcq_ci_high": change.ddcq_high if change else None,
        "ddcq_sd": change.ddcq_sd if change else None,
        "fold_sd_low": sd_low,
        "fold_sd_high": sd_high,
        "wells": row.wells,
        "remark": row.remark,
    }


def _references(references: References) -> dict[str, object]:
    ranked = references.genorm
    return {
        "used": list(references.used),
        "genorm_order": list(ranked.order) if ranked else None,
        "genorm_m": list(ranked.m) if ranked else None,
        "genorm_v": list(ranked.v) if ranked else None,
        "normfinder": dict(references.normfinder) or None,
    }
