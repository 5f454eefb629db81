"""What the cells become: the network in the shells, activity and secretion, and networks of one's own."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from spondyl.donor import CellBatch
from spondyl.errors import CultureError, NetworkError
from spondyl.network import batch
from spondyl.network.examples import DECAY
from spondyl.spheroid import culture, grow, osteogenic
from spondyl.spheroid.differentiation import genes

ASKED = {"cells_each": 15_000, "count": 48, "osteogenic": "20 day", "days": "21 day"}


@pytest.fixture
def course(human):
    return culture(human, **ASKED)


def test_the_undifferentiated_monolayer_stays_what_it_was(human):
    still = culture(human, "monolayer", vessel="96-well flat", count=48, osteogenic="0 day", days="14 day")
    for gene in ("RUNX2", "ALPL", "BGLAP", "PPARG"):
        assert still.fold(gene) == pytest.approx(1.0, abs=0.03)
    assert still.alp == pytest.approx(1.0, abs=0.03)
    assert still.differentiation.maturity.max() < 0.05
    assert still.secretion("VEGF") == pytest.approx(still.numbers.vegf_secretion, rel=0.05)


def test_genes_rise_in_the_order_seen_in_osteogenic_medium(course):
    peak = {gene: course.day[course.fold(gene).argmax()] for gene in ("RUNX2", "COL1A1", "ALPL", "BGLAP")}
    assert peak["RUNX2"] < peak["ALPL"] < peak["BGLAP"]
    assert peak["COL1A1"] < peak["BGLAP"]
    assert course.fold("PPARG")[-1] < 0.5
    assert course.alp.max() > 2


def test_shells_are_the_network_in_their_own_oxygen(course):
    """The batch integrator, given the middle shell's oxygen step by step, finds what the course holds."""
    day, middle = course.day, (course.day[1:] + course.day[:-1]) / 2
    found = batch(osteogenic.network()).integrate(
        day,
        inputs={
            "oxygen": course.shells.oxygen_mM[None, :-1, 0],
            "osteogenic": ((middle > 1) & (middle < 21))[None] * 1.0,
            "contact": (1 - np.exp(-middle / course.numbers.compaction_time))[None],
        },
        rtol=1e-7,
    )
    names = batch(osteogenic.network()).species
    for gene, fold in course.differentiation.expression.items():
        assert fold[:, 0] == pytest.approx(found[:, 0, names.index(gene)], rel=0.03), gene


def test_activity_follows_its_messenger_at_its_turnover(course):
    rate, step = course.numbers.alp_turnover, course.day[1]
    wanted, found = course.fold("ALPL"), course.alp
    slope = np.gradient(found, step)
    assert slope[1:-1] == pytest.approx((rate * (wanted - found))[1:-1], abs=0.1)


def test_less_oxygen_calls_for_more_vessels(human):
    air, thin = (
        culture(human, "monolayer", vessel="96-well flat", count=48, oxygen=gas, medium="high glucose")
        for gas in ("20 %", "2 %")
    )
    assert thin.secretion("VEGF")[-1] > 1.3 * air.secretion("VEGF")[-1]


def test_a_lot_carries_what_the_course_holds(course):
    lot = course.lot(7)
    assert lot.expression["RUNX2"] == pytest.approx(course.differentiation.expression["RUNX2"][70])
    assert lot.maturity.shape == lot.viability.shape == lot.oxygen_mM.shape == lot.shell_um.shape
    assert lot.secretion["BMP2"] == pytest.approx(course.secretion("BMP2")[70])
    assert (np.diff(lot.shell_um) > 0).all()
    assert lot.shell_um[-1] == pytest.approx(lot.radius_um)
    longer = course.lot()
    assert longer.maturity.mean() > lot.maturity.mean()


def test_grow_is_the_last_day_of_a_culture(human):
    lot = grow(human, cells_each=5000, count=48, osteogenic="7 day")
    same = culture(human, cells_each=5000, count=48, osteogenic="7 day").lot()
    assert lot.maturity == pytest.approx(same.maturity)
    assert lot.day == 8.0
    asked = set(inspect.signature(grow).parameters)
    assert asked - {"cells"} <= set(inspect.signature(culture).parameters)


def test_without_a_network_cells_stay_what_they_are(human):
    lot = grow(human, network=None)
    assert lot.expression == {}
    assert lot.maturity.max() == 0
    with pytest.raises(CultureError, match="run without a network"):
        culture(human, network=None).fold("RUNX2")


def test_a_network_of_ones_own_replaces_the_one_that_ships(human, tmp_path):
    own = tmp_path / "own.xml"
    own.write_text(osteogenic.network().sbml, encoding="utf-8")
    assert grow(human, network=own).maturity == pytest.approx(grow(human).maturity)


def test_a_network_that_a_culture_cannot_be_read_from_is_refused(human, tmp_path):
    own = tmp_path / "decay.xml"
    own.write_text(DECAY, encoding="utf-8")
    with pytest.raises(CultureError, match="a network without ALPL, BGLAP, BMP2, VEGFA"):
        grow(human, network=own)
    own.write_text("<sbml", encoding="utf-8")
    with pytest.raises(NetworkError):
        grow(human, network=own)
    assert genes(None) is None


def test_rat_and_human_cells_differ(human):
    rat = CellBatch("rat", 2e7, 0.95, 0.05, 6.0, 3, 21.0, 7)
    eaten = [5.55 - culture(cells, **ASKED).shells.medium_glucose_mM[29] for cells in (human, rat)]
    assert eaten[0] / eaten[1] == pytest.approx(9.2 / 5.9, rel=0.15)


def test_factors_gather_in_the_medium_until_it_is_exchanged(course):
    vegf = course.accumulated("VEGF")
    first = course.secretion("VEGF")[:30] * course.cells_each[:30] * 0.1 / 0.2
    assert vegf[29] == pytest.approx(first[:29].sum())
    assert vegf[30] == 0.0
    assert vegf[-1] > 0


def test_columns_by_day_are_those_of_the_course(course):
    table = course.by_day()
    assert {len(column) for column in table.values()} == {22}
    assert table["day"] == pytest.approx(np.arange(22))
    assert table["RUNX2_fold"][7] == pytest.approx(course.fold("RUNX2")[70])
    assert table["vegf_pg_per_cell_day"][0] == pytest.approx(course.numbers.vegf_secretion)
