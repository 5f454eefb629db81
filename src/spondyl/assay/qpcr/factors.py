"""How many copies a cycle makes of one, gene by gene, and where that number is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spondyl.assay.qpcr.plate import CtPlate
from spondyl.assay.qpcr.settings import Settings
from spondyl.assay.qpcr.standards import StandardCurve, standard_curves
from spondyl.errors import MeasurementError, Mistake

GOOD_R_SQUARED = 0.98
STANDARD = "standard curve"


@dataclass(frozen=True, slots=True)
class Factors:
    """Copies a cycle.

    Parameters
    ----------
    by_gene : 2 for a doubling.
    source : by gene: "given", "file", "standard curve" or "assumed".
    curves : standard curves that the plate has, whether they were used or not.
    remarks : what is doubtful, in words.
    """

    by_gene: Mapping[str, float]
    source: Mapping[str, str]
    curves: Mapping[str, StandardCurve]
    remarks: tuple[str, ...]


def factors_of(plate: CtPlate, settings: Settings) -> Factors:
    """Return each gene's copies a cycle as the settings say.

    Raises
    ------
    MeasurementError
        If "table" was asked for and a gene has neither a stated efficiency nor a standard curve.
    """
    curves = standard_curves(plate)
    by_gene: dict[str, float] = {}
    source: dict[str, str] = {}
    missing: list[str] = []
    wrong: list[Mistake] = []
    for gene in plate.genes():
        found = _one(gene, plate, settings, curves)
        if found is None:
            missing.append(gene)
        elif found[1] == STANDARD and not curves[gene].plausible:
            given = f"{found[0]:.2f} copies a cycle"
            allowed = "cannot be (2 is a doubling): check the quantities of the standards"
            wrong.append(Mistake(f"{plate.name} › standard curve of {gene}", given, allowed))
        else:
            by_gene[gene], source[gene] = found
    if missing:
        given = f"no efficiency of {', '.join(missing[:8])}"
        allowed = (
            "give standards of known quantity, a column efficiency, a table of efficiencies "
            "(--efficiency FILE), or one number for all genes (--efficiency 1.0)"
        )
        wrong.append(Mistake(f"{plate.name}, efficiency", given, allowed))
    if wrong:
        raise MeasurementError(wrong)
    poor = [curve for curve in curves.values() if curve.r_squared < GOOD_R_SQUARED]
    remarks = tuple(
        f"standard curve of {c.gene}: R² {c.r_squared:.3f}, below {GOOD_R_SQUARED:g}" for c in poor
    )
    return Factors(by_gene, source, curves, remarks)


def _one(
    gene: str, plate: CtPlate, settings: Settings, curves: Mapping[str, StandardCurve]
) -> tuple[float, str] | None:
    if gene in settings.efficiencies:
        return 1 + settings.efficiencies[gene], "given"
    if settings.efficiency != "table":
        return 1 + settings.efficiency, "assumed" if settings.efficiency == 1 else "given"
    if gene in plate.factors:
        return plate.factors[gene], "file"
    if gene in curves:
        return curves[gene].factor, STANDARD
    return None
