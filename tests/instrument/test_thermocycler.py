"""The virtual thermocycler: cells to plates, as files that are read back, and fold changes that come back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spondyl.assay import qpcr
from spondyl.assay.qpcr.efficiency_of_curves import curves_of
from spondyl.assay.qpcr.rdml import read_rdml
from spondyl.errors import CultureError
from spondyl.instrument.thermocycler import (
    REFERENCES,
    Layout,
    Sample,
    animals,
    mixture,
    of_lot,
    primers,
    raw_curves,
    run,
    write_csv,
    write_rdml,
)
from spondyl.quantity import shipped
from spondyl.spheroid.lot import SpheroidLot

FOLD = {"RUNX2": 2.0, "ALPL": 8.0, "BGLAP": 20.0}
PRIMERS = primers(tuple(FOLD), seed=1)
CONTROL = Sample("C", "control", 3e4, dict.fromkeys(FOLD, 1.0))
OSTEO = Sample("O", "osteo", 3e4, FOLD)
HOW = qpcr.Settings(reference=REFERENCES, control="control", efficiency="table")


def samples(seed: int, count: int = 6) -> list[Sample]:
    return [*animals(CONTROL, count, 0.4, seed=seed), *animals(OSTEO, count, 0.4, seed=seed)]


def quiet() -> dict[str, object]:
    """The parameters without any chance but whole molecules."""
    table = dict(shipped()["instrument/thermocycler"])
    for name in ("pipetting", "reading_noise", "plate_offset", "failed_wells", "outlying_wells"):
        table[name] = replace(table[name], value=0.0)
    for name in ("extraction_yield", "transcription_yield"):
        table[name] = replace(table[name], spread=1.0 + 1e-12)
    return table


def test_without_noise_the_fold_changes_are_exact_but_for_single_molecules():
    plate = run([replace(CONTROL, cells=1e6), replace(OSTEO, cells=1e6)], PRIMERS, seed=1, parameters=quiet())
    for row in qpcr.measure(plate, HOW).rows:
        assert row.change.fold_change == pytest.approx(FOLD[row.gene], rel=0.1)


def test_intervals_hold_the_truth_and_there_is_no_bias():
    inside, error = [], []
    for seed in range(40):
        for row in qpcr.measure(run(samples(seed), PRIMERS, seed=seed), HOW).rows:
            truth = -np.log2(FOLD[row.gene])
            inside.append(row.change.ddcq_low <= truth <= row.change.ddcq_high)
            error.append(row.change.ddcq - truth)
    # 500 plates are in docs/validation.md; here 120 intervals, which share their references.
    assert 0.87 < np.mean(inside) <= 1.0
    assert abs(np.mean(error)) < 0.1


def test_one_seed_is_one_plate_and_another_gene_changes_no_other():
    first, again = (run(samples(1), PRIMERS, seed=1).cq for _ in range(2))
    np.testing.assert_array_equal(first, again)
    more = run(samples(1), primers((*FOLD, "SP7"), seed=1), seed=1)
    kept = np.array([gene != "SP7" for gene in more.gene])
    np.testing.assert_array_equal(more.cq[kept], first)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[qpcr.CtPlate, Path, Path]:
    plate = run(samples(3, 4), PRIMERS, Layout(plates=2, calibrator=True), seed=3)
    folder = tmp_path_factory.mktemp("plates")
    table = write_csv(plate, folder / "plate.csv")
    return plate, table, write_rdml(plate, folder / "plate.rdml", raw_curves(plate, seed=3))


def wells(plate: qpcr.CtPlate) -> dict[tuple[str, ...], float]:
    """Cycles by what a well holds; replicates in the order of the file, as RDML has no names for them."""
    found: dict[tuple[str, ...], float] = {}
    columns = zip(plate.sample, plate.group, plate.gene, plate.plate, plate.kind, plate.cq, strict=True)
    for *names, cq in columns:
        number = sum(key[:-1] == tuple(names) for key in found)
        found[*names, str(number)] = float(cq)
    return found


def test_a_table_and_an_rdml_file_are_read_back(both):
    plate, table, packed = both
    for path, tolerance in ((table, 6e-4), (packed, 6e-5)):
        again = wells(qpcr.read(path))
        assert again.keys() == wells(plate).keys()
        np.testing.assert_allclose(list(again.values()), [wells(plate)[k] for k in again], atol=tolerance)
    assert (
        write_rdml(plate, packed.with_name("again.rdml"), raw_curves(plate, seed=3)).read_bytes()
        == packed.read_bytes()
    )


def test_raw_curves_come_up_where_they_were_put(both):
    plate, _, packed = both
    truth = wells(plate)
    curves = qpcr.read(packed, curves=True)
    found = wells(curves)
    for gene in PRIMERS.factor:
        shift = [found[key] - truth[key] for key in truth if key[2] == gene and np.isfinite(truth[key])]
        assert np.nanstd(shift) < 0.15  # cycles, about a shift that is the same for all
        # A logistic curve slows down before its exponential phase ends, so its efficiency reads low.
        assert PRIMERS.factor[gene] - 0.09 < curves.factors[gene] < PRIMERS.factor[gene] + 0.01
    dead = [
        curve.amplified
        for curve, r in zip(curves_of(read_rdml(packed)), read_rdml(packed).reactions, strict=True)
        if r.sample == "NTC"
    ]
    assert dead
    assert not any(dead)


def test_expression_mixes_by_messages():
    stem, bone = {"BGLAP": 1.0}, {"BGLAP": 21.0}
    tissue = mixture("rat 3", "graft", {"stem": 3e4, "osteoblast": 1e4}, {"stem": stem, "osteoblast": bone})
    assert tissue.expression["BGLAP"] == 6.0
    assert tissue.cells == 4e4


def test_a_lot_counts_its_shells_by_living_volume():
    shell = np.array([1.0, 2.0])
    lot = SpheroidLot(
        "rat", 10, 1000.0, 2.0, 0.1, 7.0, shell, np.array([0.0, 1.0]), shell, shell,
        {"BGLAP": np.array([100.0, 3.0])}, {},
    )  # fmt: skip
    sample = of_lot(lot, "lot", "osteo", spheroids=4)
    assert sample.cells == 4000.0
    assert sample.expression["BGLAP"] == pytest.approx(3.0)
    halves = of_lot(replace(lot, viability=np.array([1.0, 1.0])), "lot", "osteo")
    assert halves.expression["BGLAP"] == pytest.approx((100.0 + 7 * 3.0) / 8)
    with pytest.raises(CultureError, match="11 of 10"):
        of_lot(lot, "lot", "osteo", spheroids=11)


def test_less_rna_comes_up_later_and_none_is_refused():
    few, many = (
        run([replace(CONTROL, cells=cells)], PRIMERS, seed=1, parameters=quiet())
        for cells in (2000.0, 8000.0)
    )
    gapdh = few.where(kind="unkn", gene="GAPDH")
    later = float((few.cq[gapdh] - many.cq[gapdh]).mean())
    assert later == pytest.approx(np.log(4) / np.log(PRIMERS.factor["GAPDH"]), abs=0.05)
    with pytest.raises(CultureError, match="above zero"):
        replace(CONTROL, cells=0.0)
    with pytest.raises(CultureError, match="name of its own"):
        run([CONTROL, CONTROL], PRIMERS, seed=1)
