"""How a slide came out, and seams: closed cases, without the virtual microtome."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.assay.histology.mixture import FAR, fitted, free_dyes, means_at, usual_spread
from spondyl.assay.histology.nuclei import filled, nuclei
from spondyl.assay.histology.seams import disc, halved, parted, thin, without_specks
from spondyl.assay.histology.stain import stain
from spondyl.quantity import shipped

TABLE = shipped()["assay/histology"]


def sample(place: np.ndarray, name: str = "he", each: int = 400, noise: float = 0.01) -> np.ndarray:
    """Pixels of every tissue of a stain, thickness varying by 8 %."""
    rng = np.random.default_rng(3)
    means = means_at(stain(name), place)
    thick = 1 + 0.08 * rng.standard_normal((len(means), each, 1))
    return (thick * means[:, None] + noise * rng.standard_normal((len(means), each, 3))).reshape(-1, 3)


@pytest.mark.parametrize("name", ["he", "masson-goldner", "osteocalcin"])
@pytest.mark.parametrize("strength", [(0.7, 1.3), (1.4, 0.8)])
def test_strengths_and_colours_are_found(name: str, strength: tuple[float, float]) -> None:
    place = np.array([*np.log(strength), 0.03, -0.02, 0.0, 0.03])
    found = fitted(sample(place, name), stain(name), [np.zeros(6)], TABLE)
    assert found.strength[free_dyes(stain(name))] == pytest.approx(strength, rel=0.08)
    true = means_at(stain(name), place)
    assert np.linalg.norm(found.means - true, axis=1).max() < 0.04
    right = found.scores(sample(place, name)).argmax(axis=0) == np.repeat(np.arange(len(true)), 400)
    assert right.mean() > 0.95


def test_the_usual_slide_is_the_usual_slide() -> None:
    found = fitted(sample(np.zeros(6)), stain("he"), [np.zeros(6)], TABLE)
    assert np.abs(found.place).max() < 0.05
    assert found.belief > 0.5 * FAR


def test_the_better_of_two_starts_is_taken() -> None:
    place = np.array([np.log(1.5), np.log(0.7), 0, 0, 0, 0.0])
    pixels, starts = sample(place), [np.array([-0.6, 0.6, 0, 0, 0, 0]), place]
    both = fitted(pixels, stain("he"), starts, TABLE)
    assert both.belief == max(fitted(pixels, stain("he"), [one], TABLE).belief for one in starts)


def test_spreads_are_long_along_a_tissue_and_small_where_there_is_none() -> None:
    means = means_at(stain("he"), np.zeros(6))
    spread = usual_spread(means, TABLE)
    for mean, covariance in zip(means[1:], spread[1:], strict=True):
        way = mean / np.linalg.norm(mean)
        assert way @ covariance @ way == pytest.approx(np.linalg.eigvalsh(covariance)[-1])
    assert np.sqrt(np.linalg.eigvalsh(spread[0])) == pytest.approx([TABLE["spread_void"].value] * 3)


def bands(name: str, widths: dict[str, int], blur: float) -> tuple[np.ndarray, np.ndarray]:
    """Labels of upright bands, and their blurred optical densities."""
    from scipy.ndimage import gaussian_filter1d

    how = stain(name)
    row = np.concatenate([[how.tissues.index(tissue.strip())] * wide for tissue, wide in widths.items()])
    labels = np.tile(row.astype(np.int8), (30, 1))
    density = means_at(how, np.zeros(6))[labels]
    return labels, gaussian_filter1d(density, blur, axis=1) if blur else density


def test_a_border_of_bone_and_void_is_no_soft_tissue() -> None:
    true, density = bands("he", {"void": 15, "bone": 15}, 1.2)
    found = fitted(sample(np.zeros(6)), stain("he"), [np.zeros(6)], TABLE)
    labels = found.scores(density.reshape(-1, 3)).argmax(axis=0).reshape(true.shape).astype(np.int8)
    soft = stain("he").tissues.index("soft")
    assert (labels == soft).any()
    mended = parted(labels, density, found, thin(stain("he"), 1.5, TABLE))
    assert (mended == true).mean() > (labels == true).mean()
    assert not (mended == soft).any()


def test_a_band_as_wide_as_its_tissue_may_be_stays() -> None:
    true, density = bands("masson-goldner", {"soft": 12, "cartilage": 12, "bone": 12}, 0)
    found = fitted(sample(np.zeros(6), "masson-goldner"), stain("masson-goldner"), [np.zeros(6)], TABLE)
    limits = thin(stain("masson-goldner"), 1.5, TABLE)
    assert np.array_equal(parted(true, density, found, limits), true)


def test_a_line_of_osteoid_that_is_nowhere_seen_is_no_cartilage() -> None:
    true, density = bands("masson-goldner", {"bone": 15, "osteoid": 2, "bone ": 15}, 1.3)
    how = stain("masson-goldner")
    found = fitted(sample(np.zeros(6), how.name), how, [np.zeros(6)], TABLE)
    labels = found.scores(density.reshape(-1, 3)).argmax(axis=0).reshape(true.shape).astype(np.int8)
    cartilage, osteoid = how.tissues.index("cartilage"), how.tissues.index("osteoid")
    assert (labels == cartilage).any()
    assert not (labels == osteoid).any()
    mended = parted(labels, density, found, thin(how, 1.5, TABLE))
    assert not (mended == cartilage).any()
    assert 1 <= (mended[0] == osteoid).sum() <= 4


def test_thin_cartilage_on_bone_does_not_become_osteoid() -> None:
    true, density = bands("masson-goldner", {"soft": 12, "cartilage": 4, "bone": 12}, 1.0)
    how = stain("masson-goldner")
    found = fitted(sample(np.zeros(6), how.name), how, [np.zeros(6)], TABLE)
    mended = parted(true, density, found, thin(how, 1.5, TABLE))
    assert not (mended == how.tissues.index("osteoid")).any()


@pytest.mark.parametrize("name", ["he", "trap"])
def test_a_border_lies_where_a_pixel_holds_half_of_each(name: str) -> None:
    """The likelier tissue spreads more and takes more than half of the border."""
    true, density = bands(name, {"void": 20, "bone": 20, "scaffold": 20}, 2.0)
    how = stain(name)
    found = fitted(sample(np.zeros(6), name), how, [np.zeros(6)], TABLE)
    limits, void, bone = thin(how, 1.5, TABLE), how.tissues.index("void"), how.tissues.index("bone")
    labels = true.copy()
    labels[:, 18:20] = bone  # two pixels too far outside, and two too far inside
    labels[:, 38:40] = how.tissues.index("scaffold")
    mended = halved(labels, density, found, limits)
    assert np.array_equal(mended, true)
    speck = true.copy()
    speck[10:12, 30:32] = void
    assert np.array_equal(halved(speck, density, found, limits), speck)  # no larger than it was
    assert np.array_equal(halved(labels, density, found, thin(how, 20.0, TABLE)), labels)


def test_coarse_pixels_have_no_seams() -> None:
    true, density = bands("he", {"void": 4, "soft": 1, "bone": 4}, 0)
    found = fitted(sample(np.zeros(6)), stain("he"), [np.zeros(6)], TABLE)
    assert np.array_equal(parted(true, density, found, thin(stain("he"), 20.0, TABLE)), true)


def test_specks_belong_to_what_is_nearest() -> None:
    labels = np.ones((40, 40), np.int8)
    labels[5:25, 5:25] = 6
    labels[32:34, 32:34] = 6
    mended = without_specks(labels, 6, 20)
    assert (mended[30:, 30:] == 1).all()
    assert (mended[5:25, 5:25] == 6).all()
    assert np.array_equal(without_specks(labels, 5, 20), labels)


def test_nuclei_are_hidden_and_filled_and_large_dark_things_are_not() -> None:
    density = np.full((60, 60, 3), 0.1)
    density[20:25, 20:25] = 0.8
    density[35:60, 35:60] = 0.8
    hidden = nuclei(density, 0.2, 0.8, 5.0)
    assert hidden[20:25, 20:25].all()
    assert not hidden[45:, 45:].any()
    assert filled(density, hidden, 5.0)[22, 22] == pytest.approx([0.1] * 3, abs=0.02)


def test_a_disc_is_round() -> None:
    assert disc(0).sum() == 1
    assert disc(3).sum() == 29
    assert np.array_equal(disc(4), disc(4).T)
