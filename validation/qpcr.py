"""qPCR: published numbers in the digits given, real files of known copies, simulated plates measured back.

``python -m validation.qpcr`` prints the rows.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spondyl.assay import qpcr
from spondyl.assay.qpcr.efficiency_of_curves import curves_of
from spondyl.assay.qpcr.rdml import read_rdml
from spondyl.assay.qpcr.reading import plate_of
from spondyl.assay.qpcr.standards import standard_curves
from spondyl.instrument import thermocycler
from spondyl.instrument.thermocycler import REFERENCES, Layout, Primers, Sample
from validation.row import Row, number

Floats = NDArray[np.float64]
PLATES, ANIMALS, SPREAD = 500, 6, 0.4
FOLD = {"RUNX2": 2.0, "SP7": 3.0, "ALPL": 8.0, "COL1A1": 5.0, "BGLAP": 20.0}
ORDER = {
    "BM": "RPL13A/UBC YWHAZ HPRT1 GAPD SDHA TBP HMBS B2M ACTB",
    "FIB": "GAPD/HPRT1 YWHAZ UBC ACTB TBP SDHA RPL13A B2M HMBS",
    "NB": "GAPD/HPRT1 SDHA UBC HMBS YWHAZ TBP ACTB RPL13A B2M",
}
LINREGPCR = {
    "technical/matrix_gaps.rdml": "test/matrix_gaps_results.tsv",
    "untergasser/quantification_methods.rdml": "untergasser/quantification_methods_results.tsv",
    "untergasser/large_DNA_dilutions.rdml": "untergasser/large_DNA_dilutions_results.tsv",
}


def published(shared: Path) -> Iterator[Row]:
    """Livak and Schmittgen, Yuan, geNorm."""
    folder = shared / "qpcr" / "livak_yuan"
    tubes = _columns(folder / "ct1.csv")
    (kidney, spread), (brain, _) = (
        qpcr.separate_tubes(tubes["c_myc"][part], tubes["GAPDH"][part]) for part in (slice(6, 12), slice(6))
    )
    apart = kidney - brain
    low, high = 2 ** -(apart + spread), 2 ** -(apart - spread)
    told = f"{apart:.2f} ± {spread:.2f}, {2**-apart:.1f} ({low:.1f}–{high:.1f})"
    yield _same("Livak 2001, separate tubes", "ΔΔCq ± s, fold change", "-2.50 ± 0.10, 5.6 (5.3–6.0)", told)
    tube = _columns(folder / "ct2.csv")
    dcq = tube["c_myc"] - tube["GAPDH"]
    same = qpcr.fold_change(dcq[6:], dcq[:6])
    yield _same("Livak 2001, same tube", "ΔΔCq ± s", "-2.53 ± 0.14", f"{same.ddcq:.2f} ± {same.ddcq_sd:.2f}")
    least, most = same.spread or (np.nan, np.nan)
    for name, truth, found in (("", 5.77, same.fold_change), (", low", 5.23, least), (", high", 6.37, most)):
        yield number("Livak 2001, same tube", f"fold change{name}", truth, found, absolute=0.006)
    wells = _columns(folder / "ct4.csv")
    dcq = wells["target"] - wells["ref"]
    yuan = qpcr.fold_change(dcq[12:], dcq[:12])
    told = f"{yuan.ddcq:.4f} ({yuan.ddcq_low:.3f}, {yuan.ddcq_high:.4f})"
    yield _same("Yuan 2006", "ΔΔCq and t interval", "-0.6848 (-0.955, -0.4147)", told)
    yield from _genorm(shared / "qpcr" / "genorm" / "geNorm_exprs.csv")


def _genorm(path: Path) -> Iterator[Row]:
    rows = list(csv.reader(path.read_text().splitlines()))
    genes = [row[0] for row in rows[1:]]
    logs = np.log2(np.array([[float(cell) for cell in row[1:]] for row in rows[1:]])).T
    for tissue, truth in ORDER.items():
        found = qpcr.genorm(logs[[name.startswith(tissue) for name in rows[0][1:]]], genes).order
        told = " ".join(["/".join(sorted(found[:2])), *found[2:]])
        yield _same(f"Vandesompele 2002, {tissue}", "geNorm order, best to worst", truth, told)


def raw_curves(shared: Path) -> Iterator[Row]:
    """Baselines and efficiencies beside LinRegPCR's; copies of standards."""
    folder = shared / "qpcr" / "rdml"
    for file, table in LINREGPCR.items():
        yield from _beside_linregpcr(folder / file, folder / table)
    rdml = read_rdml(folder / "vermeulen" / "data_vermeulen_std_150000_15.rdml")
    plate = plate_of(rdml, curves=True)
    curves = {gene: curve for gene, curve in standard_curves(plate).items() if curve.plausible}
    for quantity in np.unique(plate.quantity):
        ratio = [
            curves[gene].quantity(float(cq)) / quantity
            for gene, cq, q in zip(plate.gene, plate.cq, plate.quantity, strict=True)
            if gene in curves and q == quantity and np.isfinite(cq)
        ]
        check = f"{quantity:g} copies, back from the standard curves of {len(curves)} genes, median"
        yield number(
            "Vermeulen standards", check, float(quantity), float(np.median(ratio) * quantity), relative=0.1
        )
    stated = [plate.factors[gene] - rdml.targets[gene].factor for gene in curves]
    yield number(
        "Vermeulen standards",
        "copies a cycle from raw curves less those the file states, median over genes",
        0.0,
        float(np.median(stated)),
        absolute=0.05,
    )


def _beside_linregpcr(file: Path, table: Path) -> Iterator[Row]:
    rows = csv.DictReader(table.read_text().splitlines(), delimiter="\t")
    theirs = {(row.get("Run", ""), row["well"], row["target"]): row for row in rows}
    rdml = read_rdml(file)
    baseline, efficiency, agreed = [], {}, []
    for reaction, curve in zip(rdml.reactions, curves_of(rdml), strict=True):
        row = theirs.get((reaction.run, reaction.well, reaction.target)) or theirs.get(
            ("", reaction.well, reaction.target)
        )
        if row is None:
            continue
        agreed.append((row["amplification"] in ("Yes", "True")) == curve.amplified)
        try:
            ground, factor = float(row["baseline"]), float(row["PCR eff"])
        except ValueError:
            continue
        if agreed[-1] and curve.amplified:
            baseline.append((curve.baseline - ground) / (reaction.fluorescence.max() - ground))
            efficiency[reaction.run, reaction.target] = curve.target_factor - factor
    subject = f"LinRegPCR, {file.name}"
    yield number(
        subject,
        "wells in which both see amplification, or neither",
        1.0,
        float(np.mean(agreed)),
        absolute=0.06,
    )
    check = f"baseline, share of the plateau, median of {len(baseline)} wells"
    yield number(subject, check, 0.0, float(np.median(np.abs(baseline))), absolute=0.001)
    check = f"copies a cycle, median of {len(efficiency)} targets"
    yield number(subject, check, 0.0, float(np.median(list(efficiency.values()))), absolute=0.03)


def recovery() -> Iterator[Row]:
    """Fold changes of 500 simulated plates: bias, and how often the interval holds the truth."""
    primers = thermocycler.primers(tuple(FOLD), seed=1)
    for label, efficiency, layout in (
        ("efficiencies known", "table", Layout()),
        ("two plates with a calibrator", "table", Layout(plates=2, calibrator=True)),
        ("two plates without", "table", Layout(plates=2)),
    ):
        yield from _plates(f"{PLATES} simulated plates, {label}", primers, efficiency, layout)
    yield from _plates(f"{PLATES} simulated plates, every efficiency taken as 1", primers, 1.0, Layout())


def _plates(subject: str, primers: Primers, efficiency: float | str, layout: Layout) -> Iterator[Row]:
    how = qpcr.Settings(reference=REFERENCES, control="control", efficiency=efficiency)  # type: ignore[arg-type]
    control, treated = Sample("C", "control", 3e4, dict.fromkeys(FOLD, 1.0)), Sample("O", "osteo", 3e4, FOLD)
    inside, error = [], []
    for seed in range(PLATES):
        animals = [
            animal
            for template in (control, treated)
            for animal in thermocycler.animals(template, ANIMALS, SPREAD, seed=seed)
        ]
        for row in qpcr.measure(thermocycler.run(animals, primers, layout, seed=seed), how).rows:
            change, truth = row.change, -np.log2(FOLD[row.gene])
            if change is not None and change.ddcq_low is not None and change.ddcq_high is not None:
                inside.append(change.ddcq_low <= truth <= change.ddcq_high)
                error.append(change.ddcq - truth)
    share = float(np.mean(inside))
    check = f"share of {len(inside)} intervals of 95 % that hold the truth"
    yield Row(subject, check, "0.93 to 0.97", f"{share:.3f}", "", 0.93 <= share <= 0.97)
    bias = float(np.mean(error))
    known = efficiency == "table"
    limit = 0.05 if known else 0.15
    yield number(subject, "ΔΔCq less its truth, mean, doublings", 0.0, bias, absolute=limit)


def _same(subject: str, check: str, truth: str, found: str) -> Row:
    return Row(subject, check, truth, found, "every digit", found == truth)


def _columns(path: Path) -> dict[str, Floats]:
    rows = list(csv.DictReader(path.read_text().splitlines()))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
