"""qPCR against published numbers: Livak 2001, Yuan 2006, Vandesompele 2002; RDML files of known copies."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from spondyl.assay import qpcr
from spondyl.assay.qpcr.efficiency_of_curves import curves_of
from spondyl.assay.qpcr.rdml import read_rdml
from spondyl.assay.qpcr.reading import plate_of
from spondyl.assay.qpcr.standards import standard_curves

pytestmark = pytest.mark.shared

ORDER = {
    "BM": "RPL13A/UBC YWHAZ HPRT1 GAPD SDHA TBP HMBS B2M ACTB",
    "FIB": "GAPD/HPRT1 YWHAZ UBC ACTB TBP SDHA RPL13A B2M HMBS",
    "NB": "GAPD/HPRT1 SDHA UBC HMBS YWHAZ TBP ACTB RPL13A B2M",
}


@pytest.fixture(scope="module")
def qpcr_data(shared_data: Path) -> Path:
    return shared_data / "qpcr"


def columns(path: Path) -> dict[str, np.ndarray]:
    rows = list(csv.DictReader(path.read_text().splitlines()))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def tidy(path: Path, samples: list[tuple[str, str, str, float]]) -> Path:
    lines = [f"{sample},{group},{gene},{cq}" for sample, group, gene, cq in samples]
    path.write_text("\n".join(["sample,group,gene,cq", *lines]))
    return path


def test_livak_in_separate_tubes(qpcr_data, tmp_path):
    data = columns(qpcr_data / "livak_yuan" / "ct1.csv")
    wells = [
        (tissue, tissue, gene, cq)
        for gene, cycles in data.items()
        for tissue, part in (("brain", cycles[:6]), ("kidney", cycles[6:]))
        for cq in part
    ]
    plate = qpcr.read(tidy(tmp_path / "plate.csv", wells))
    row = qpcr.measure(plate, qpcr.Settings(reference=("GAPDH",), control="brain")).rows[0]
    assert row.change is not None
    assert f"{row.change.ddcq:.2f} ± {row.change.ddcq_sd:.2f}" == "-2.50 ± 0.10"
    low, high = row.change.spread
    assert f"{row.change.fold_change:.1f} ({low:.1f}-{high:.1f})" == "5.6 (5.3-6.0)"
    assert row.change.interval is None  # six wells of one tissue are no six animals
    assert "one sample" in row.remark


def test_livak_in_the_same_tube(qpcr_data, tmp_path):
    data = columns(qpcr_data / "livak_yuan" / "ct2.csv")
    wells = [
        (f"tube {tube}", "brain" if tube < 6 else "kidney", gene, cycles[tube])
        for gene, cycles in data.items()
        for tube in range(12)
    ]
    plate = qpcr.read(tidy(tmp_path / "plate.csv", wells))
    change = qpcr.measure(plate, qpcr.Settings(reference=("GAPDH",), control="brain")).rows[0].change
    low, high = change.spread
    assert f"{change.ddcq:.2f} ± {change.ddcq_sd:.2f}" == "-2.53 ± 0.14"
    # Published: 5.77 (5.23-6.37), whose last digits are cut, not rounded.
    assert f"{change.fold_change:.3f} ({low:.3f}-{high:.3f})" == "5.776 (5.232-6.375)"


def test_yuan_t_interval(qpcr_data, tmp_path):
    data = columns(qpcr_data / "livak_yuan" / "ct4.csv")
    wells = [
        (f"well {well}", "treated" if well >= 12 else "control", gene, cycles[well])
        for gene, cycles in data.items()
        for well in range(24)
    ]
    plate = qpcr.read(tidy(tmp_path / "plate.csv", wells))
    change = qpcr.measure(plate, qpcr.Settings(reference=("ref",), control="control")).rows[0].change
    assert f"{change.ddcq:.4f}" == "-0.6848"
    assert f"({change.ddcq_low:.3f}, {change.ddcq_high:.4f})" == "(-0.955, -0.4147)"


@pytest.mark.parametrize("tissue", list(ORDER))
def test_genorm_order(qpcr_data, tissue):
    rows = list(csv.reader((qpcr_data / "genorm" / "geNorm_exprs.csv").read_text().splitlines()))
    genes = [row[0] for row in rows[1:]]
    logs = np.log2(np.array([[float(cell) for cell in row[1:]] for row in rows[1:]])).T
    found = qpcr.genorm(logs[[name.startswith(tissue) for name in rows[0][1:]]], genes)
    first = "/".join(sorted(found.order[:2]))
    assert " ".join([first, *found.order[2:]]) == ORDER[tissue]


def results(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    rows = csv.DictReader(path.read_text().splitlines(), delimiter="\t")
    return {(row["well"], row["target"]): row for row in rows}


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("technical/matrix_gaps.rdml", "test/matrix_gaps_results.tsv"),
        ("untergasser/quantification_methods.rdml", "untergasser/quantification_methods_results.tsv"),
    ],
)
def test_raw_curves_agree_with_linregpcr(qpcr_data, file, table):
    rdml = read_rdml(qpcr_data / "rdml" / file)
    theirs = results(qpcr_data / "rdml" / table)
    baseline, efficiency, amplified = [], [], []
    for reaction, curve in zip(rdml.reactions, curves_of(rdml), strict=True):
        row = theirs[reaction.well, reaction.target]
        amplified.append((row["amplification"] in ("Yes", "True")) == curve.amplified)
        if amplified[-1] and curve.amplified and row["PCR eff"]:
            height = reaction.fluorescence.max() - float(row["baseline"])
            baseline.append((curve.baseline - float(row["baseline"])) / height)
            efficiency.append(curve.target_factor - float(row["PCR eff"]))
    assert np.mean(amplified) > 0.95
    assert np.quantile(np.abs(baseline), 0.95) < 0.002  # of the height of the curve
    assert abs(np.median(efficiency)) < 0.03
    assert np.abs(efficiency).max() < 0.1


def test_copies_of_standards_come_back(qpcr_data):
    rdml = read_rdml(qpcr_data / "rdml" / "vermeulen" / "data_vermeulen_std_150000_150.rdml")
    plate = plate_of(rdml, curves=True)
    found = {gene: curve for gene, curve in standard_curves(plate).items() if curve.plausible}
    assert len(found) >= 60
    assert 1.9 < np.median([curve.factor for curve in found.values()]) < 2.0
    for quantity in np.unique(plate.quantity):
        ratio = [
            found[gene].quantity(cq) / quantity
            for gene, cq, q in zip(plate.gene, plate.cq, plate.quantity, strict=True)
            if gene in found and q == quantity and np.isfinite(cq)
        ]
        assert 0.9 < np.median(ratio) < 1.1, quantity


def test_a_shifted_baseline_does_not_move_the_cycles(qpcr_data):
    rdml = read_rdml(qpcr_data / "rdml" / "technical" / "shifted_baseline.rdml")
    found = curves_of(rdml)
    by_sample: dict[tuple[str, str], list[float]] = {}
    for reaction, curve in zip(rdml.reactions, found, strict=True):
        if np.isfinite(curve.cq):
            by_sample.setdefault((reaction.sample, reaction.target), []).append(curve.cq)
    spread = [np.std(cycles, ddof=1) for cycles in by_sample.values() if len(cycles) > 2]
    assert spread
    assert np.median(spread) < 0.5
