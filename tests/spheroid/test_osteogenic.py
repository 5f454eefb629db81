"""The osteogenic network: its file, its numbers, and how its cells behave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spondyl.network import Batch, batch
from spondyl.quantity import shipped
from spondyl.spheroid import osteogenic
from spondyl.spheroid.osteogenic.laws import INPUTS, LAWS
from spondyl.spheroid.osteogenic.sbml import FILE, written

TABLE = shipped()["spheroid/osteogenic"]
DAYS = np.arange(0, 21.01, 0.25)


@pytest.fixture(scope="module")
def cells() -> Batch:
    return batch(osteogenic.network())


def levels(cells: Batch, days=DAYS, **inputs) -> dict[str, np.ndarray]:
    found = cells.integrate(days, inputs=inputs, rtol=1e-6, threads=1)
    return {name: found[:, :, place] for place, name in enumerate(cells.species)}


def test_the_file_that_ships_is_the_laws_and_the_table_written_out() -> None:
    assert FILE.read_text(encoding="utf-8") == written(TABLE)


def test_numbers_and_units_of_the_file_are_those_of_the_table() -> None:
    quantities = osteogenic.network().quantities
    used = {name for law in LAWS for name in law.uses}
    assert used | {"mature_bglap"} == set(TABLE)
    for name in used:
        assert quantities[name].value == TABLE[name].value
        unit = TABLE[name].unit
        assert quantities[name].unit == ("dimensionless" if unit == "1" else unit)
        assert TABLE[name].meaning in quantities[name].notes
    for given in INPUTS:
        assert quantities[given.name].value == given.value


def test_every_number_says_where_it_is_from() -> None:
    net = osteogenic.network()
    assert net.unitless == ()
    assert (net.time_unit, net.days_per_time) == ("day", 1.0)
    for law in LAWS:
        assert net.quantities[law.name].sources == law.meaning
    assert "Jiang" in net.quantities["hif_oxygen_half"].notes
    assert net.quantities["hif_oxygen_half"].sources == ("https://doi.org/10.1152/ajpcell.1996.271.4.C1172",)


def test_a_monolayer_in_growth_medium_stays_as_on_day_0(cells: Batch) -> None:
    for name, level in levels(cells).items():
        np.testing.assert_allclose(level, 0.0 if name in ("MATRIX", "MINERAL") else 1.0, atol=1e-12)


def test_day_0_is_stable(cells: Batch) -> None:
    pushed = cells.start(2)
    pushed[0, cells.species.index("RUNX2")] = 1.3
    pushed[1, cells.species.index("PPARG")] = 1.3
    back = cells.integrate([0, 60], start=pushed)[1]
    np.testing.assert_allclose(back[:, :10], 1.0, atol=1e-4)


WINDOWS = {"RUNX2": (3, 7), "COL1A1": (3, 10), "ALPL": (7, 14), "BGLAP": (14, 21)}
"""Days of the peaks in osteogenic culture, the order of textbooks (Owen 1990)."""


@pytest.mark.parametrize("contact", [0.0, 1.0])
def test_genes_peak_in_the_order_of_bone(cells: Batch, contact: float) -> None:
    found = levels(cells, osteogenic=1.0, contact=contact)
    for gene, (first, last) in WINDOWS.items():
        peak = int(found[gene][:, 0].argmax())
        assert first <= DAYS[peak] <= last, gene
        assert found[gene][peak, 0] > 2.0, gene


def test_the_medium_chooses_the_fate_and_the_cell_keeps_it(cells: Batch) -> None:
    """Seven days of either medium, then growth medium: two lasting states besides day 0."""
    days = np.array([0.0, 7.0, 67.0])
    bone, fat = np.array([[1.0, 0.0]]), np.array([[0.0, 0.0]])
    found = levels(cells, days, osteogenic=np.vstack([bone, fat]), adipogenic=np.vstack([fat, bone]))
    runx2, pparg = found["RUNX2"][-1], found["PPARG"][-1]
    assert runx2[0] > 2.5 > 0.5 > pparg[0]
    assert pparg[1] > 2.5 > 0.5 > runx2[1]


def test_with_both_media_where_a_cell_begins_decides(cells: Batch) -> None:
    start = cells.start(2)
    places = [cells.species.index(name) for name in ("RUNX2", "PPARG")]
    start[0, places], start[1, places] = (3.0, 0.3), (0.3, 3.0)
    end = cells.integrate([0, 21], start=start, inputs={"osteogenic": 1.0, "adipogenic": 1.0})[1][:, places]
    assert end[0, 0] > 3 * end[0, 1]
    assert end[1, 1] > 3 * end[1, 0]


def test_low_oxygen_raises_hif_and_vegf_and_holds_runx2_back(cells: Batch) -> None:
    found = levels(cells, np.array([0.0, 3.0]), oxygen=[0.19, 0.05, 0.0093, 0.001])
    for gene in ("HIF1A", "VEGFA"):
        assert np.all(np.diff(found[gene][1]) > 0)
    assert np.all(np.diff(found["RUNX2"][1]) < 0)
    # 1 % oxygen: 5980 over 1203 pg of VEGF a million cells (Rehman 2004), to which the slope was fitted
    assert found["VEGFA"][1, 2] == pytest.approx(5980 / 1203, rel=0.05)


def test_hypoxia_slows_differentiation(cells: Batch) -> None:
    found = levels(cells, osteogenic=1.0, oxygen=[0.19, 0.0093])
    assert found["BGLAP"][-1, 1] < found["BGLAP"][-1, 0]
    assert found["RUNX2"][:, 1].argmax() > found["RUNX2"][:, 0].argmax()


def test_contact_alone_commits_no_cell(cells: Batch) -> None:
    found = levels(cells, contact=1.0)
    assert np.all(found["RUNX2"] < 1.5)
    assert np.all(np.diff(found["VEGFA"][:2, 0]) > 0)


def test_other_numbers_reach_the_network(cells: Batch) -> None:
    assert osteogenic.numbers(TABLE) == {}
    changed = {**TABLE, "vegfa_hif_slope": replace(TABLE["vegfa_hif_slope"], value=0.3)}
    assert osteogenic.numbers(changed) == {"vegfa_hif_slope": 0.3}
    days = np.array([0.0, 3.0])
    weaker = levels(cells, days, oxygen=0.0093, **osteogenic.numbers(changed))["VEGFA"][1, 0]
    full = levels(cells, days, oxygen=0.0093)["VEGFA"][1, 0]
    assert (weaker - 1) / (full - 1) == pytest.approx(0.3 / 0.63, rel=1e-4)


def test_maturity_follows_osteocalcin(cells: Batch) -> None:
    found = osteogenic.maturity(levels(cells, osteogenic=[0.0, 1.0])["BGLAP"])
    assert found[:, 0].max() < 1e-9
    assert found[0, 1] == 0
    assert 0.3 < found[28, 1] < found[-1, 1] <= 1
