"""What holds for every plate: the formulas of Livak and Pfaffl, invariances, rules for wells."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from spondyl.assay import qpcr
from spondyl.assay.qpcr.amplification import phase
from spondyl.assay.qpcr.miqe import NOT_REPORTED, miqe
from spondyl.assay.qpcr.plates import between_plates
from spondyl.assay.qpcr.replicates import cycles_of
from spondyl.assay.qpcr.standards import standard_curves
from spondyl.errors import MeasurementError
from spondyl.quantity import shipped

GENES = {"RUNX2": (26.0, -2.0), "BGLAP": (30.0, -4.0), "GAPDH": (18.0, 0.0), "RPL13A": (19.0, 0.0)}
HOW = qpcr.Settings(reference=("GAPDH", "RPL13A"), control="ctrl")


def plate(animals: int = 4, wells: int = 3, seed: int = 1, **more: object) -> qpcr.CtPlate:
    """A plate of two groups whose genes fall by known cycles in the second."""
    draws = np.random.default_rng(seed)
    rows = []
    for group in ("ctrl", "osteo"):
        for animal in range(animals):
            load = draws.normal(0, 0.5)
            for gene, (base, shift) in GENES.items():
                mean = base + load + shift * (group == "osteo") + draws.normal(0, 0.2)
                rows += [
                    (f"{group}{animal}", group, gene, w, mean + draws.normal(0, 0.05)) for w in range(wells)
                ]
    columns = list(zip(*rows, strict=True))
    made = qpcr.CtPlate(
        sample=columns[0],
        group=columns[1],
        gene=columns[2],
        replicate=tuple(map(str, columns[3])),
        plate=("",) * len(rows),
        kind=("unkn",) * len(rows),
        cq=np.array(columns[4]),
        quantity=np.full(len(rows), np.nan),
    )
    return replace(made, **more)


def changes(given: qpcr.CtPlate, how: qpcr.Settings = HOW) -> dict[str, qpcr.FoldChange | None]:
    return {row.gene: row.change for row in qpcr.measure(given, how).rows}


def test_the_interval_is_students_t_on_the_samples():
    given = plate()
    cycles = cycles_of(given)
    dcq = cycles.cq[:, 0] - cycles.cq[:, 2:].mean(axis=1)
    expected = stats.ttest_ind(dcq[4:], dcq[:4]).confidence_interval()
    found = changes(given)["RUNX2"]
    assert (found.ddcq_low, found.ddcq_high) == pytest.approx((expected.low, expected.high), rel=1e-12)
    welch = stats.ttest_ind(dcq[4:], dcq[:4], equal_var=False).confidence_interval()
    found = changes(given, replace(HOW, variance="welch"))["RUNX2"]
    assert (found.ddcq_low, found.ddcq_high) == pytest.approx((welch.low, welch.high), rel=1e-9)
    low, high = found.interval
    assert low == pytest.approx(2**-found.ddcq_high)
    assert low < found.fold_change < high


def test_efficiencies_make_it_pfaffls_ratio():
    given = plate()
    efficiencies = {"RUNX2": 0.9, "BGLAP": 1.0, "GAPDH": 0.95, "RPL13A": 0.95}
    how = replace(HOW, reference=("GAPDH",), efficiencies=efficiencies)
    cycles = cycles_of(given)
    mean = {g: [cycles.cq[part, i].mean() for part in (slice(4), slice(4, 8))] for i, g in enumerate(GENES)}
    ratio = 1.9 ** (mean["RUNX2"][0] - mean["RUNX2"][1]) / 1.95 ** (mean["GAPDH"][0] - mean["GAPDH"][1])
    assert changes(given, how)["RUNX2"].fold_change == pytest.approx(ratio, rel=1e-12)


def test_more_template_or_another_order_of_wells_changes_nothing():
    given = plate()
    shifts = {sample: 0.7 * number for number, sample in enumerate(dict.fromkeys(given.sample))}
    moved = replace(given, cq=given.cq + np.array([shifts[sample] for sample in given.sample]))
    for gene, change in changes(given).items():
        assert changes(moved)[gene].ddcq == pytest.approx(change.ddcq, abs=1e-12)
        assert changes(moved)[gene].ddcq_low == pytest.approx(change.ddcq_low, abs=1e-12)


def test_the_known_shifts_come_back():
    found = qpcr.measure(plate(animals=12), HOW)
    for row in found.rows:
        truth = GENES[row.gene][1]
        assert row.change.ddcq_low < truth < row.change.ddcq_high
    assert 0.1 < found.references.m < 0.5


class TestWells:
    def test_an_outlier_of_three_is_left_out_and_told(self):
        given = plate()
        cq = given.cq.copy()
        cq[0] += 3
        found = cycles_of(replace(given, cq=cq))
        assert found.wells[0, 0] == 2
        assert found.cq[0, 0] == pytest.approx(given.cq[1:3].mean())
        assert any("RUNX2 in ctrl0: well at" in said for said in found.remarks)

    def test_of_two_wells_none_is_left_out_but_it_is_told(self):
        given = plate(wells=2)
        cq = given.cq.copy()
        cq[0] += 3
        found = cycles_of(replace(given, cq=cq))
        assert found.wells[0, 0] == 2
        assert any("differ" in said for said in found.remarks)

    def test_most_wells_decide_whether_a_gene_was_detected(self):
        given = plate()
        cq = given.cq.copy()
        cq[0] = math.nan
        assert cycles_of(replace(given, cq=cq)).wells[0, 0] == 2
        cq[1] = math.nan
        found = cycles_of(replace(given, cq=cq))
        assert math.isnan(found.cq[0, 0])
        assert changes(replace(given, cq=cq))["RUNX2"].n_control == 3

    def test_a_gene_that_is_silent_in_a_group_has_no_number(self):
        given = plate()
        silent = np.array(
            [s.startswith("ctrl") and g == "BGLAP" for s, g in zip(given.sample, given.gene, strict=True)]
        )
        found = qpcr.measure(replace(given, cq=np.where(silent, np.nan, given.cq)), HOW)
        row = next(row for row in found.rows if row.gene == "BGLAP")
        assert row.change is None
        assert row.remark == "not detected in ctrl"

    def test_a_control_without_template_that_comes_up_is_told(self):
        given = plate()
        kind = ("ntc", *given.kind[1:])
        cq = given.cq.copy()
        cq[0] = 30.0
        found = cycles_of(replace(given, cq=cq, kind=kind))
        assert any("no-template control came up at 30.0" in said for said in found.remarks)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"reference": ("GAPHD",)}, ["'GAPHD'", "Did you mean 'GAPDH'?"]),
        ({"control": "control"}, ["control: found 'control'", "ctrl, osteo"]),
        ({"reference": tuple(GENES)}, ["no reference"]),
        ({"efficiency": "table"}, ["no efficiency of RUNX2"]),
        ({"efficiencies": {"OCT4": 0.9}}, ["an efficiency of OCT4"]),
        ({"calibrators": ("pool",)}, ["the calibrator 'pool'"]),
    ],
)
def test_what_is_not_on_the_plate_is_refused(how, words):
    with pytest.raises(MeasurementError) as caught:
        qpcr.measure(plate(), replace(HOW, **how))
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "how",
    [
        {"reference": ()},
        {"reference": ("GAPDH", "GAPDH")},
        {"control": ""},
        {"efficiency": 1.9},
        {"efficiency": math.nan},
        {"variance": "unequal"},
    ],
)
def test_settings_that_cannot_be_are_refused(how):
    with pytest.raises(MeasurementError):
        replace(HOW, **how)


def test_dead_plates_are_refused():
    given = plate()
    with pytest.raises(MeasurementError, match="all wells failed"):
        qpcr.measure(replace(given, cq=np.full(given.wells, np.nan)), HOW)
    dead = np.array([gene == "GAPDH" for gene in given.gene])
    with pytest.raises(MeasurementError, match="no cycle in any well of GAPDH"):
        qpcr.measure(replace(given, cq=np.where(dead, np.nan, given.cq)), HOW)
    with pytest.raises(MeasurementError, match="samples without groups"):
        qpcr.measure(replace(given, group=("",) * given.wells), HOW)


def test_one_animal_a_group_has_no_interval_but_the_spread_of_its_wells():
    found = qpcr.measure(plate(animals=1), HOW).rows[0]
    assert found.change.interval is None
    assert found.change.ddcq_sd > 0
    assert "technical replicates are no animals" in found.remark


def test_plates_are_brought_together_by_their_calibrator():
    given = plate()
    where = tuple("one" if sample[-1] in "01" else "two" for sample in given.sample)
    pool = {gene: base for gene, (base, _) in GENES.items()}
    more = [
        ("pool", "", gene, "1", run, "ipc", cq, math.nan)
        for run in ("one", "two")
        for gene, cq in pool.items()
    ]
    names = ("sample", "group", "gene", "replicate", "plate", "kind", "cq", "quantity")
    columns = {
        name: (*(where if name == "plate" else getattr(given, name)), *(row[place] for row in more))
        for place, name in enumerate(names)
    }
    columns |= {name: np.array(columns[name], dtype=float) for name in ("cq", "quantity")}
    both = qpcr.CtPlate(**columns)
    offset = np.array(
        [
            0.8 * (run == "two") * (1 + (gene == "RUNX2"))
            for run, gene in zip(both.plate, both.gene, strict=True)
        ]
    )
    shifted = replace(both, cq=both.cq + offset)
    assert between_plates(shifted).offsets["RUNX2", "two"] == pytest.approx(0.8)
    for gene, change in changes(both).items():
        assert changes(shifted)[gene].ddcq_low == pytest.approx(change.ddcq_low, abs=1e-9)
    lost = replace(shifted, cq=np.where(np.array(shifted.kind) == "ipc", np.nan, shifted.cq))
    with pytest.raises(MeasurementError, match="no cycle of the calibrator 'pool'"):
        between_plates(lost)
    told = qpcr.measure(replace(given, plate=where), HOW).remarks
    assert any("2 plates and no calibrator" in said for said in told)


def test_standards_give_slope_efficiency_and_quantity():
    quantity = np.repeat(10.0 ** np.arange(5), 2)
    cq = 35.0 - np.log10(quantity) / math.log10(1.9)
    n = quantity.size
    given = qpcr.CtPlate(("S",) * n, ("",) * n, ("G",) * n, ("1",) * n, ("",) * n, ("std",) * n, cq, quantity)
    curve = standard_curves(given)["G"]
    assert curve.factor == pytest.approx(1.9, rel=1e-9)
    assert curve.quantity(35.0 - 2 / math.log10(1.9)) == pytest.approx(100.0)
    assert curve.plausible
    assert not standard_curves(replace(given, cq=cq[::-1].copy()))


class TestReferences:
    def test_a_gene_that_drifts_is_found_by_both_and_left_out(self):
        draws = np.random.default_rng(2)
        logs = draws.normal(0, 0.5, (24, 1)) + draws.normal(0, 0.1, (24, 4))
        logs[12:, 3] += 1.5
        names, groups = ["A", "B", "C", "D"], ["x"] * 12 + ["y"] * 12
        assert qpcr.genorm(logs, names).order[-1] == "D"
        steady = qpcr.normfinder(logs, names, groups)
        assert max(steady, key=steady.get) == "D"
        assert qpcr.normfinder(logs, names, ["x"] * 24)["A"] == pytest.approx(0.1, abs=0.08)

    def test_normfinder_finds_the_scatter_that_was_put_in(self):
        draws = np.random.default_rng(3)
        sd = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
        logs = draws.normal(0, 1, (4000, 1)) + draws.normal(0, 1, (4000, 5)) * sd
        found = qpcr.normfinder(logs, list("ABCDE"), ["x"] * 4000)
        np.testing.assert_allclose(list(found.values()), sd, rtol=0.05)

    def test_as_few_as_genorm_asks_for(self):
        found = qpcr.measure(plate(animals=12), replace(HOW, choose_references=True))
        assert len(found.references.used) == 2
        assert any("chosen by geNorm" in said for said in found.remarks)

    def test_too_few_are_refused(self):
        with pytest.raises(MeasurementError, match="at least two genes"):
            qpcr.genorm(np.ones((3, 1)), ["A"])
        with pytest.raises(MeasurementError, match="three candidates"):
            qpcr.normfinder(np.ones((3, 2)), ["A", "B"], ["x"] * 3)


def test_the_checklist_says_what_it_does_not_know():
    given = plate()
    rows = {item: entry for _, item, entry in miqe(given, qpcr.measure(given, HOW))}
    assert rows["groups and samples"] == "ctrl: 4, osteo: 4"
    assert rows["technical replicates"] == "3"
    assert rows["primer and probe sequences"] == NOT_REPORTED
    assert rows["no-template controls"] == NOT_REPORTED


def test_a_flat_or_falling_curve_has_no_phase():
    noise = np.random.default_rng(4).normal(0, 0.01, 40)
    rise = shipped()["assay/qpcr"]["least_rise"].value
    assert phase(2 + noise, rise) is None
    assert phase(2 - 0.05 * np.arange(40) + noise, rise) is None
    grown = 2 + noise + 10 / (1 + 1.9 ** (25 - np.arange(40.0)))
    found = phase(grown, rise)
    assert found is not None
    assert found.baseline == pytest.approx(2.0, abs=0.05)
