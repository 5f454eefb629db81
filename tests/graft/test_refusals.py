"""What cannot be is refused in words and numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from holes import box, drilled, spheroids
from spondyl.errors import GraftError
from spondyl.graft import Cavity, granules, mix, pack
from spondyl.volume import Grid

JAR = "beta-TCP 0.3-0.6 mm"
SMALL = box((1.5, 1.5, 1.5), 0.1)


def said(call) -> str:
    with pytest.raises(GraftError) as problem:
        call()
    assert problem.value.exit_code == 2
    return str(problem.value)


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("beta-TCP 0.6-0.3 mm", "the smaller sieve must come first: 'beta-TCP 0.3-0.6 mm'"),
        ("beta-TPC 0.3-0.6 mm", "Did you mean 'beta-TCP'?"),
        ("beta-TCP 0.3-0.6", "must be a material and its sieves"),
        ("beta-TCP 0.3-0.6 mg", "found '0.3 mg', a mass"),
        ("beta-TCP 0-0.6 mm", "must be above zero"),
        ("beta-TCP -0.3-0.6 mm", "must be above zero"),
        ("beta-TCP nan-0.6 mm", "'nan mm'"),
        ("", "must be a material and its sieves"),
        (7, "must be a material and its sieves"),
    ],
)
def test_labels(label, words):
    assert words in said(lambda: mix(granules=label))


@pytest.mark.parametrize("porosity", [-0.1, 1.0, math.nan, "much"])
def test_porosity(porosity):
    assert "granules › micro-porosity" in said(lambda: granules(JAR, micro_porosity=porosity))


def test_every_mistake_of_a_recipe_is_told_at_once():
    message = said(
        lambda: mix(
            spheroids(10),
            "beta-TCP 0.6-0.3 mm",
            mass="-3 mg",
            share=math.nan,
            spheroids=11,
            carrier="fibrn",
            give=0.7,
        )
    )
    assert "granules › sieves" in message
    assert "mass: found '-3 mg'" in message
    assert "share: found nan" in message
    assert "from 0 to 10, which the lot has" in message
    assert "Did you mean 'fibrin'?" in message
    assert "give: found 0.7; must lie from 0 to 0.3" in message


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"mass": "3 mm"}, "found '3 mm', a length"),
        ({"mass": "0 mg"}, "must be above zero"),
        ({"mass": "0.001 mg"}, "the mass of one granule of 0.3 mm"),
        ({"mass": "2 mg", "share": 0.4}, "leave one out"),
        ({"share": 1.5}, "must lie above 0 and below 1"),
        ({"share": True}, "must lie above 0 and below 1"),
        ({"spheroids": 3}, "there is no lot"),
        ({"carrier_volume": "2 uL"}, "say which: fibrin or collagen"),
        ({"give": -0.1}, "must lie from 0 to 0.3"),
    ],
)
def test_amounts(wrong, words):
    assert words in said(lambda: mix(granules=JAR, **wrong))


def test_nothing_at_all_and_amounts_of_nothing():
    assert "no spheroids, granules or carrier" in said(mix)
    assert "none, but a mass or a share" in said(lambda: mix(spheroids(3), mass="2 mg"))


@pytest.mark.parametrize(
    "change",
    [
        {"radius_um": math.nan},
        {"cells_each": 0.0},
        {"radius_sd_um": 60.0},
        {"viability": np.full(10, 1.2)},
        {"maturity": np.full(9, 0.5)},
        {"viability": np.zeros(10)},
        {"shell_um": np.linspace(90, 9, 10)},
    ],
)
def test_lots(change):
    assert "spheroids" in said(lambda: mix(replace(spheroids(3), **change)))


def test_too_many_granules_say_what_fits():
    message = said(lambda: pack(mix(granules=JAR, mass="2.9 mg"), SMALL, seed=1, threads=1))
    assert "granules: found 2.9 mg in" in message
    fits = float(message.split("; ")[1].split(" mg")[0])
    assert 1.5 < fits < 2.9
    # What was said to fit does.
    assert pack(mix(granules=JAR, mass=f"{0.9 * fits:.3f} mg"), SMALL, seed=1, threads=1).sheet.granules > 10


def test_beyond_all_reason_is_refused_before_pouring():
    message = said(lambda: pack(mix(spheroids(400, radius_um=250.0), JAR, mass="50 mg"), SMALL, seed=1))
    assert "granules: found 50 mg (40.7 mm³ with inner pores); the hole has 3.38 mm³" in message
    assert "spheroids: found 400" in message


def test_spheroids_that_leave_no_room_for_granules():
    message = said(lambda: pack(mix(spheroids(520), JAR), SMALL, seed=1, threads=1))
    found = int(message.split("; ")[1].split(" fit")[0])
    assert 400 < found <= 520


def test_what_is_wider_than_the_hole():
    assert "the hole is 1.5 mm wide at most" in said(
        lambda: pack(mix(granules="beta-TCP 1-2 mm", mass="3 mg"), SMALL, seed=1)
    )
    big = spheroids(1, radius_um=800.0)
    assert "spheroids: found up to 1.6" in said(lambda: pack(mix(big), SMALL, seed=1))


def test_too_much_gel():
    graft = mix(granules=JAR, mass="1 mg", carrier="fibrin", carrier_volume="20 uL")
    assert "carrier volume: found 20 mm³" in said(lambda: pack(graft, SMALL, seed=1, threads=1))


@pytest.mark.parametrize(
    ("share", "inwards", "words"),
    [
        (np.zeros((8, 8, 8)), (1.0, 0.0, 0.0), "must have room"),
        (np.full((8, 8, 8), np.nan), (1.0, 0.0, 0.0), "must be finite and lie between 0 and 1"),
        (np.full((8, 8, 8), 2.0), (1.0, 0.0, 0.0), "shares from 2 to 2"),
        (np.ones((8, 8, 7)), (1.0, 0.0, 0.0), "its grid has shape (8, 8, 8)"),
        (np.ones((8, 8, 8)), (0.0, 0.0, 0.0), "must be a unit vector"),
        (np.ones((8, 8, 8)), (math.nan, 0.0, 0.0), "must be a unit vector"),
    ],
)
def test_cavities(share, inwards, words):
    cavity = Cavity(Grid((8, 8, 8), (0.2,) * 3), share.astype(np.float32), inwards)
    assert words in said(lambda: pack(mix(granules=JAR, mass="1 mg"), cavity, seed=1))


@pytest.mark.parametrize("seed", [-1, 1.5, True, None, 2**63])
def test_seeds(seed):
    assert "must be a whole number from 0" in said(lambda: pack(mix(granules=JAR), SMALL, seed=seed))


def test_the_example_of_the_product_fits():
    """400 spheroids of 2000 cells (radius 90 µm) and granules into a hole of 2 mm."""
    sheet = pack(mix(spheroids(400), JAR), drilled(0.1), seed=7, threads=1).sheet
    assert sheet.spheroids == 400
    assert sheet.cells_living == pytest.approx(800_000)
    assert sheet.tcp_mg > 1.5
