"""Sizes drawn between the sieves, exact in mass."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.graft import granules
from spondyl.graft.granules import draw_diameters


def stream() -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=4))


@pytest.mark.parametrize("volume", [0.02, 0.1, 0.21, 3.0])
@pytest.mark.parametrize("sizes", ["uniform", "lognormal"])
def test_drawn_granules_have_the_volume_and_keep_to_the_sieves(volume, sizes):
    jar = granules("beta-TCP 0.3-0.6 mm", sizes=sizes)
    drawn = draw_diameters(jar, volume, stream())
    assert jar.volume_mm3(drawn).sum() == pytest.approx(volume, rel=1e-14)
    assert drawn.min() >= 0.3 - 1e-12
    assert drawn.max() <= 0.6 + 1e-12


def test_one_size_is_scaled_by_less_than_a_granule():
    jar = granules("beta-TCP 500 um")
    drawn = draw_diameters(jar, 1.0, stream())
    assert np.ptp(drawn) == 0
    assert jar.volume_mm3(drawn).sum() == pytest.approx(1.0, rel=1e-14)
    assert drawn[0] == pytest.approx(0.5, rel=0.05)


def test_less_than_the_smallest_granule_is_none():
    assert draw_diameters(granules("beta-TCP 0.3-0.6 mm"), 0.01, stream()).size == 0


def test_uniform_mass_is_spread_evenly_over_the_diameter():
    jar = granules("beta-TCP 0.3-0.6 mm")
    drawn = draw_diameters(jar, 400.0, stream())
    mass, _ = np.histogram(drawn, bins=np.linspace(0.3, 0.6, 4), weights=jar.volume_mm3(drawn))
    assert mass / mass.sum() == pytest.approx(1 / 3, abs=0.03)


def test_lognormal_mass_has_its_median_between_the_sieves():
    jar = granules("beta-TCP 0.3-0.6 mm", sizes="lognormal")
    drawn = np.sort(draw_diameters(jar, 400.0, stream()))
    half = np.searchsorted(np.cumsum(jar.volume_mm3(drawn)), 200.0)
    assert drawn[half] == pytest.approx(np.sqrt(0.3 * 0.6), rel=0.02)


def test_labels_in_other_units_and_alphabets():
    assert granules("β-TCP 300-600 um") == granules("beta-TCP 0.3-0.6 mm")
    assert granules("b-TCP 0.3–0.6 mm").low_mm == 0.3


def test_mass_follows_from_volume_pores_and_density():
    jar = granules("beta-TCP 0.3-0.6 mm", micro_porosity=0.75)
    assert jar.mg_per_mm3 == pytest.approx(0.25 * 3.07)
