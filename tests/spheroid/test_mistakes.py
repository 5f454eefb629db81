"""What cannot be cultured is refused, with every mistake in one clear sentence each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spondyl.errors import CultureError, StudyError
from spondyl.spheroid import culture, grow


def test_fresh_cells_must_settle_first(human):
    with pytest.raises(CultureError, match=r"cells: found freshly isolated ones \(passage 0\).*expand"):
        grow(replace(human, passage=0))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"cells_each": 0}, ["cells_each: found 0"]),
        ({"cells_each": -5}, ["cells_each: found -5"]),
        ({"cells_each": float("nan")}, ["cells_each: found nan"]),
        ({"cells_each": "many"}, ["cells_each", "plain number"]),
        ({"count": 0}, ["count: found 0", "at least 1"]),
        ({"count": 2.5}, ["count: found 2.5"]),
        ({"osteogenic": "-1 day"}, ["osteogenic", "between 0"]),
        ({"osteogenic": "7"}, ["osteogenic", "without a unit"]),
        ({"days": "0 day"}, ["days: found '0 day'"]),
        ({"days": "nan day"}, ["days"]),
        ({"days": "5 day"}, ["days: found '5 day'; must be at least 8 day"]),
        ({"medium": "low glucos"}, ["medium", "Did you mean 'low glucose'?"]),
        ({"vessel": "96 well round"}, ["vessel", "Did you mean '96-well round'?"]),
        ({"oxygen": "120 %"}, ["oxygen", "between 0 and 100"]),
        ({"oxygen": "800 mmHg"}, ["oxygen", "713"]),
        ({"renewed": 1.5}, ["renewed", "between 0 and 1"]),
        ({"step": "2 day"}, ["step"]),
        ({"exchange": "1 hour"}, ["exchange: found '1 hour'; must be at least one step, 0.1 day"]),
        ({"volume": "400 uL"}, ["volume: found 400 uL", "'96-well round' overflows above 300 uL"]),
        ({"volume": "0 uL"}, ["volume", "to cover spheroids"]),
        ({"volume": "20 um"}, ["volume", "a volume"]),
        ({"per_well": 2}, ["per_well: found 2 spheroids", "would fuse"]),
        ({"per_well": 0}, ["per_well: found 0"]),
        (
            {"cells_each": 90_000, "count": 10, "vessel": "24-well microwells"},
            ["um across", "a place of '24-well microwells' is 796 um wide"],
        ),
        ({"count": 10_000}, ["20,000,000 cells", "19,000,000 living cells", "expand"]),
    ],
)
def test_each_mistake_is_said(human, asked, words):
    with pytest.raises(CultureError) as caught:
        culture(human, **asked)
    assert caught.value.exit_code == 2
    for word in words:
        assert word in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_all_mistakes_are_said_at_once(human):
    with pytest.raises(StudyError) as caught:
        culture(human, "sferoid", cells_each=-1, count=0, medium="milk", oxygen="200 %")
    assert len(caught.value.mistakes) == 5
    assert "Did you mean 'spheroid'?" in str(caught.value)


def test_an_unknown_species_gene_factor_or_day_is_said(human):
    with pytest.raises(CultureError, match=r"cells\.species: found 'mouse'"):
        grow(replace(human, species="mouse"))
    course = culture(human)
    with pytest.raises(CultureError, match="gene: found 'RUNX'"):
        course.fold("RUNX")
    with pytest.raises(CultureError, match="Did you mean 'VEGF'"):
        course.secretion("VGEF")
    with pytest.raises(CultureError, match="day: found 99; must be between 0 and 8"):
        course.lot(99)


def test_a_batch_of_dead_cells_is_refused(human):
    with pytest.raises(CultureError, match="living cells"):
        grow(replace(human, viability=0.0))
    with pytest.raises(CultureError, match="living cells"):
        grow(replace(human, cells=float("nan")))
