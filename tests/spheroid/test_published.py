"""Published radii and uptake of stem-cell spheroids; the growth of a tumour line."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from spondyl.quantity import shipped
from spondyl.spheroid import culture, radius_fit, uptake_fit
from spondyl.spheroid.numbers import numbers
from spondyl.spheroid.radius import settled_radius_mm
from tumour_spheroid import grown, inhibited, necrotic


@pytest.mark.parametrize(("cells", "radius", "sd"), [(15_000, 176, 8), (30_000, 251, 12), (60_000, 353, 18)])
def test_radii_lie_within_a_standard_deviation_of_those_measured(human, cells, radius, sd):
    course = culture(human, cells_each=cells, count=48, osteogenic="1 day", medium="high glucose")
    assert course.radius_um[-1] == pytest.approx(radius, abs=sd)
    assert 1000 * settled_radius_mm(cells, numbers("human")) == pytest.approx(radius, abs=sd / 4)


def test_the_law_of_the_two_smaller_sizes_foretells_the_largest():
    fit = radius_fit(((15_000.0, 176.0, 8.0), (30_000.0, 251.0, 12.0)))
    assert fit.radius_um(60_000) == pytest.approx(353, abs=18)
    close_packing = 176 * 4 ** (1 / 3)
    assert abs(close_packing - 353) > 3 * 18


def test_the_table_holds_the_fitted_law():
    fit, table = radius_fit(), shipped()["spheroid"]
    assert table["radius_scale"].value == pytest.approx(fit.scale, rel=1e-3)
    assert table["radius_scale"].spread == pytest.approx(fit.scale_sd, rel=0.02)
    assert table["radius_exponent"].value == pytest.approx(fit.exponent, rel=2e-3)
    assert table["radius_exponent"].spread == pytest.approx(fit.exponent_sd, rel=0.02)


def test_cells_are_never_pressed_closer_than_their_volume():
    known = numbers("rat")
    assert settled_radius_mm(1000, known) == pytest.approx((3e6 / (4 * np.pi)) ** (1 / 3) / 1000)


def test_the_table_holds_the_fitted_uptake():
    known = numbers("human")
    fit = uptake_fit(known, 142.6 * known.oxygen_solubility)
    share = shipped()["spheroid"]["spheroid_oxygen_share"]
    assert share.value == pytest.approx(fit.median / known.oxygen_uptake, rel=0.01)
    assert fit.low < fit.median < fit.high < fit.ceiling
    # Monolayer consumption carried over would have made a core that was not there.
    assert known.oxygen_uptake > 5 * fit.ceiling


def test_oxygen_within_the_largest_spheroids_varies_by_less_than_a_tenth_once_adapted(human):
    asked = {
        "cells_each": 60_000,
        "count": 48,
        "osteogenic": "6 day",
        "medium": "high glucose",
        "volume": "60 uL",
    }
    oxygen = culture(human, **asked).shells.oxygen_mM[-1]
    assert 0.0 < 1 - oxygen[0] / oxygen[-1] < 0.1


def published(shared_data: Path) -> tuple[dict, dict]:
    folder = shared_data / "spheroid" / "growth_983b"
    radii, cores = defaultdict(list), defaultdict(list)
    with (folder / "IncucyteData.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["R"] not in ("", "NaN", "NA"):
                radii[int(row["InitialCondition"]), float(row["Day"])].append(float(row["R"]))
    with (folder / "AllConfocalData.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            numbers = (float(row["ϕ"]), float(row["η"]), float(row["R"]))
            cores[int(row["InitialCondition"]), float(row["Day"])].append(numbers)
    return (
        {key: float(np.mean(values)) for key, values in radii.items()},
        {key: np.mean(values, axis=0) for key, values in cores.items()},
    )


@pytest.fixture
def tumours(shared_data):
    radii, cores = published(shared_data)
    starts = {2500: 1.0, 5000: 1.5, 10_000: 1.75}
    grew = {seeded: grown(radii[seeded, day] / 1000, 20.0) for seeded, day in starts.items()}
    return radii, cores, starts, grew


LATE = {2500: 338, 5000: 353, 10_000: 356}
"""Late-time mean radius by cells seeded, µm, as the table of the shared data gives it."""


@pytest.mark.shared
def test_the_late_radius_is_the_largest_mean_of_a_day_in_confocal_sections(shared_data):
    _, sections = published(shared_data)
    for seeded, radius in LATE.items():
        means = [row[2] for (who, _), row in sections.items() if who == seeded]
        assert round(max(means)) == radius


def test_a_tumour_spheroid_saturates_at_one_size_whatever_was_seeded(tumours):
    _, _, _, grew = tumours
    for seeded, (course, _) in grew.items():
        assert 1000 * course.face_mm[-1, -1] == pytest.approx(LATE[seeded], rel=0.06)
    for course, _ in grew.values():
        pace = np.diff(course.face_mm[::10, -1])
        assert pace[-1] < 0.4 * pace[1]


def test_its_radii_follow_the_measured_ones(tumours):
    radii, _, starts, grew = tumours
    for seeded, (course, _) in grew.items():
        found = []
        for (who, day), radius in radii.items():
            if who == seeded and starts[seeded] <= day <= 20:
                k = round((day - starts[seeded]) / 0.1)
                found.append(1000 * course.face_mm[k, -1] / radius - 1)
        assert len(found) > 20
        assert np.sqrt(np.mean(np.square(found))) < 0.06


def test_its_dead_core_comes_after_the_arrested_one_and_sooner_in_the_larger(tumours):
    _, cores, starts, grew = tumours
    for seeded, (course, cells) in grew.items():
        for (who, day), (phi, eta, _) in cores.items():
            k = round((day - starts[seeded]) / 0.1)
            if who != seeded or k > 200:
                continue
            dead, still = necrotic(course, k), inhibited(course, cells, k)
            assert dead <= still
            if day >= 14:
                assert still == pytest.approx(phi, abs=0.06)
                assert dead == pytest.approx(eta, abs=0.14)
    first = {
        seeded: next(k for k in range(course.day.size) if necrotic(course, k) > 0.1) * 0.1 + starts[seeded]
        for seeded, (course, _) in grew.items()
    }
    assert first[10_000] < first[5000] < first[2500]


def test_a_dead_core_is_there_at_250_000_cells_and_hardly_at_60_000(human):
    """Apoptotic cores were seen from 250,000 cells on (Murphy 2017, figure S3); glucose runs out."""
    core = {}
    for cells in (60_000, 250_000):
        asked = {"cells_each": cells, "count": 48, "osteogenic": "0 day", "days": "2 day"}
        asked["exchange"] = "1 day"
        lot = culture(human, network=None, **asked).lot()
        core[cells] = lot.viability[0] / lot.viability[-2]
    assert core[60_000] > 0.85
    assert core[250_000] < 0.5
    fed = culture(human, network=None, medium="high glucose", **asked).lot()
    assert fed.viability[0] > 0.9
