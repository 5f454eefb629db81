from __future__ import annotations

from dataclasses import replace

import pytest

from spondyl import donor
from spondyl.errors import DonorError

FRESH = donor.harvest("human", "40 year", "10 g", 5)
GROWN = donor.expand(FRESH, passages=1)
GOOD = {
    "viability": 0.9, "cd73": 0.99, "cd90": 0.95, "cd105": 0.97, "cd45": 0.02, "sterile": True,
    "mycoplasma_free": True, "endotoxin_per_ml": 0.1,
}  # fmt: skip


def verdicts(batch, **tests):
    return {c.name: c.verdict for c in donor.release(batch, donor.QualityTests(**tests))}


def test_a_good_batch_meets_all_and_an_untested_one_reports_nothing():
    assert set(verdicts(replace(GROWN, cfu_f=0.06), **GOOD).values()) == {"met"}
    found = verdicts(GROWN)
    assert {name for name, verdict in found.items() if verdict == "not reported"} == {
        "CD73", "CD90", "CD105", "CD45", "sterility", "mycoplasma", "endotoxin",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("viability", {"viability": 0.79}),
        ("CD73", {"cd73": 0.949}),
        ("CD90", {"cd90": 0.0}),
        ("CD105", {"cd105": 0.9}),
        ("CD45", {"cd45": 0.021}),
        ("sterility", {"sterile": False}),
        ("mycoplasma", {"mycoplasma_free": False}),
        ("endotoxin", {"endotoxin_per_ml": 0.51}),
    ],
)
def test_one_fault_fails_one_criterion(name, changed):
    found = verdicts(replace(GROWN, cfu_f=0.06), **GOOD | changed)
    assert [each for each, verdict in found.items() if verdict == "failed"] == [name]


def test_isolated_and_expanded_cells_have_limits_of_their_own():
    batch = replace(FRESH, viability=0.75, cfu_f=0.02)
    assert (verdicts(batch)["viability"], verdicts(batch)["CFU-F"]) == ("met", "met")
    batch = replace(batch, passage=2)
    assert (verdicts(batch)["viability"], verdicts(batch)["CFU-F"]) == ("failed", "failed")


def test_impossible_findings_are_refused_together():
    with pytest.raises(DonorError) as caught:
        donor.QualityTests(viability=95, cd45=float("nan"), sterile="yes", endotoxin_per_ml=-1)
    assert [m.where for m in caught.value.mistakes] == ["viability", "cd45", "sterile", "endotoxin_per_ml"]
