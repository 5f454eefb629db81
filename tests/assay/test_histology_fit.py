"""How a slide came out, and seams: closed cases, without the virtual microtome."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.assay.histology.cells import by_cells, with_cells
from spondyl.assay.histology.mixture import FAR, PALEST, Fit, fits, free_dyes, means_at, usual_spread
from spondyl.assay.histology.nuclei import filled, nuclei
from spondyl.assay.histology.pairs import moved
from spondyl.assay.histology.seams import disc, halved, parted, thin
from spondyl.assay.histology.specks import without_enclosed, without_specks
from spondyl.assay.histology.stain import STAINS, stain
from spondyl.assay.histology.tissues import tissues
from spondyl.quantity import shipped

TABLE = shipped()["assay/histology"]
USUAL = np.zeros(8)


def fitted(*arguments: object) -> Fit:
    """The best fit."""
    return fits(*arguments)[0]


def sample(place: np.ndarray, name: str = "he", each: int = 400, noise: float = 0.01) -> np.ndarray:
    """Pixels of every tissue of a stain, thickness varying by 8 %."""
    rng = np.random.default_rng(3)
    means = means_at(stain(name), place)
    thick = 1 + 0.08 * rng.standard_normal((len(means), each, 1))
    return (thick * means[:, None] + noise * rng.standard_normal((len(means), each, 3))).reshape(-1, 3)


@pytest.mark.parametrize("name", ["he", "masson-goldner", "osteocalcin"])
@pytest.mark.parametrize("strength", [(0.7, 1.3), (1.4, 0.8)])
def test_strengths_and_colours_are_found(name: str, strength: tuple[float, float]) -> None:
    place = np.array([*np.log(strength), 0.03, -0.02, 0.0, 0.03, 0.05, -0.02])
    found = fitted(sample(place, name), stain(name), [USUAL], TABLE)
    assert found.strength[free_dyes(stain(name))] == pytest.approx(strength, rel=0.08)
    true = means_at(stain(name), place)
    assert np.linalg.norm(found.means - true, axis=1).max() < 0.04
    right = found.scores(sample(place, name)).argmax(axis=0) == np.repeat(np.arange(len(true)), 400)
    assert right.mean() > 0.95


@pytest.mark.parametrize("name", STAINS)
def test_the_palest_tissue_is_the_second_in_every_stain(name: str) -> None:
    taken = np.linalg.norm(means_at(stain(name), USUAL), axis=1)
    assert np.argsort(taken).tolist()[:2] == [0, PALEST]


def test_the_usual_slide_is_the_usual_slide() -> None:
    found = fitted(sample(USUAL), stain("he"), [USUAL], TABLE)
    assert np.abs(found.place).max() < 0.05
    assert found.belief > 0.5 * FAR


def test_the_better_of_two_starts_is_taken() -> None:
    place = np.array([np.log(1.5), np.log(0.7), *[0.0] * 6])
    pixels, starts = sample(place), [np.array([-0.6, 0.6, *[0.0] * 6]), place]
    both = fitted(pixels, stain("he"), starts, TABLE)
    assert both.belief == max(fitted(pixels, stain("he"), [one], TABLE).belief for one in starts)


@pytest.mark.parametrize("place", [(0.0, -0.05), (-0.12, 0.0), (0.1, 0.03)])
def test_thickness_and_a_lamp_that_is_off_are_found(place: tuple[float, float]) -> None:
    true = np.array([0.1, -0.1, *[0.0] * 4, *place])
    how = stain("masson-goldner")
    found = fitted(sample(true, how.name), how, [USUAL], TABLE)
    assert found.place[6:] == pytest.approx(place, abs=0.03)
    assert np.linalg.norm(found.means - means_at(how, true), axis=1).max() < 0.02


def greys() -> tuple[Fit, np.ndarray, np.ndarray, np.ndarray]:
    """A slide half of which is cartilage, half granule, of one grey; labels of one; nuclei in the first."""
    how = stain("masson-goldner")
    cartilage, granule = how.tissues.index("cartilage"), how.tissues.index("scaffold")
    found = fitted(sample(USUAL, how.name), how, [USUAL], TABLE)
    fit = Fit(how, np.array([-0.3, -0.25, *[0.0] * 6]), found.spread, 0.0)
    true = np.full((120, 240), cartilage, np.int8)
    true[:, 120:] = granule
    density = np.broadcast_to((fit.means[cartilage] + fit.means[granule]) / 2, (*true.shape, 3)).copy()
    hidden = np.zeros(true.shape, np.bool_)
    for row in range(10, 120, 20):
        for column in range(10, 120, 20):
            hidden[row : row + 3, column : column + 3] = True
    return fit, true, density, hidden


def test_what_holds_no_cells_is_a_granule() -> None:
    fit, true, density, hidden = greys()
    granule = fit.how.tissues.index("scaffold")
    for start in np.unique(true):
        found = by_cells(np.full_like(true, start), density, fit, hidden, 1.5, TABLE)
        assert (found == true).mean() > 0.9
    nowhere = by_cells(true, density, fit, np.zeros_like(hidden), 1.5, TABLE)
    assert (nowhere == granule).mean() > 0.95
    apart = Fit(fit.how, np.array([0.6, 0.6, *[0.0] * 6]), fit.spread / 20, 0.0)
    assert np.array_equal(by_cells(true, density, apart, hidden, 1.5, TABLE), true)  # colours tell


def test_nuclei_beside_a_granule_do_not_speak_for_what_is_in_it() -> None:
    fit, true, density, hidden = greys()
    granule = fit.how.tissues.index("scaffold")
    lone = np.full_like(true, granule)
    lone[:, 120:] = fit.how.tissues.index("bone")
    rim = np.zeros_like(hidden)
    rim[10:120:12, 116:119] = True
    assert np.array_equal(by_cells(lone, density, fit, rim, 1.5, TABLE), lone)
    inside = np.roll(rim, -20, axis=1)
    assert not np.array_equal(by_cells(lone, density, fit, inside, 1.5, TABLE), lone)


def test_a_hue_that_no_pixel_shows_clearly_is_told_by_the_mean_of_many() -> None:
    grey, true, _, hidden = greys()
    fit = Fit(grey.how, np.array([-0.1, -0.1, *[0.0] * 6]), grey.spread, 0.0)
    rng = np.random.default_rng(5)
    density = fit.means[true] + 0.05 * rng.standard_normal((*true.shape, 3))
    for start in np.unique(true):
        found = by_cells(np.full_like(true, start), density, fit, np.zeros_like(hidden), 1.5, TABLE)
        assert (found == true).mean() > 0.85


def test_of_two_fits_the_one_whose_granules_hold_no_cells_is_taken() -> None:
    fit, true, _, hidden = greys()
    other = Fit(fit.how, fit.place, fit.spread, 3.0)
    swapped = true[:, ::-1].copy()

    def labelled(one: Fit) -> np.ndarray:
        return swapped if one is other else true

    assert with_cells([other, fit], labelled, hidden, 1.5, TABLE) is fit
    assert with_cells([other, fit], labelled, np.zeros_like(hidden), 1.5, TABLE) is other
    certain = Fit(fit.how, fit.place, fit.spread, 1000.0)
    assert with_cells([certain, fit], labelled, hidden, 1.5, TABLE) is certain


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_bone_and_woven_bone_are_moved_to_their_heaps(share: float) -> None:
    how, rng = stain("he"), np.random.default_rng(7)
    bone, woven = how.tissues.index("bone"), how.tissues.index("new_bone")
    found = fitted(sample(USUAL), how, [USUAL], TABLE)
    way = found.means[woven] - found.means[bone]
    kinds = np.where(rng.random(4000) < share, woven, bone)
    pixels = found.means[kinds] + 0.3 * way + 0.015 * rng.standard_normal((4000, 3))
    better = moved(found, pixels, ("bone", "new_bone"))
    assert (better.means - found.means)[[bone, woven]] == pytest.approx(np.tile(0.3 * way, (2, 1)), abs=0.02)
    assert np.array_equal(np.delete(better.means, [bone, woven], 0), np.delete(found.means, [bone, woven], 0))
    wrong = (better.scores(pixels).argmax(axis=0) != kinds).mean()
    assert wrong < 0.02
    assert moved(found, pixels[:50], ("bone", "new_bone")) is found
    other = fitted(sample(USUAL, "trap"), stain("trap"), [USUAL], TABLE)
    assert moved(other, pixels, ("bone", "new_bone")) is other


def test_spreads_are_long_along_a_tissue_and_small_where_there_is_none() -> None:
    means = means_at(stain("he"), USUAL)
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
    density = means_at(how, USUAL)[labels]
    return labels, gaussian_filter1d(density, blur, axis=1) if blur else density


def test_a_border_of_bone_and_void_is_no_soft_tissue() -> None:
    true, density = bands("he", {"void": 15, "bone": 15}, 1.2)
    found = fitted(sample(USUAL), stain("he"), [USUAL], TABLE)
    labels = found.scores(density.reshape(-1, 3)).argmax(axis=0).reshape(true.shape).astype(np.int8)
    soft = stain("he").tissues.index("soft")
    assert (labels == soft).any()
    mended = parted(labels, density, found, thin(stain("he"), 1.5, TABLE))
    assert (mended == true).mean() > (labels == true).mean()
    assert not (mended == soft).any()


def test_a_band_as_wide_as_its_tissue_may_be_stays() -> None:
    true, density = bands("masson-goldner", {"soft": 12, "cartilage": 12, "bone": 12}, 0)
    found = fitted(sample(USUAL, "masson-goldner"), stain("masson-goldner"), [USUAL], TABLE)
    limits = thin(stain("masson-goldner"), 1.5, TABLE)
    assert np.array_equal(parted(true, density, found, limits), true)


def test_a_line_of_osteoid_that_is_nowhere_seen_is_no_cartilage() -> None:
    true, density = bands("masson-goldner", {"bone": 15, "osteoid": 2, "bone ": 15}, 1.3)
    how = stain("masson-goldner")
    found = fitted(sample(USUAL, how.name), how, [USUAL], TABLE)
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
    found = fitted(sample(USUAL, how.name), how, [USUAL], TABLE)
    mended = parted(true, density, found, thin(how, 1.5, TABLE))
    assert not (mended == how.tissues.index("osteoid")).any()


@pytest.mark.parametrize("name", ["he", "trap"])
def test_a_border_lies_where_a_pixel_holds_half_of_each(name: str) -> None:
    """The likelier tissue spreads more and takes more than half of the border."""
    true, density = bands(name, {"void": 20, "bone": 20, "scaffold": 20}, 2.0)
    how = stain(name)
    found = fitted(sample(USUAL, name), how, [USUAL], TABLE)
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
    found = fitted(sample(USUAL), stain("he"), [USUAL], TABLE)
    assert np.array_equal(parted(true, density, found, thin(stain("he"), 20.0, TABLE)), true)


def test_specks_belong_to_what_is_nearest() -> None:
    labels = np.ones((40, 40), np.int8)
    labels[5:25, 5:25] = 6
    labels[32:34, 32:34] = 6
    mended = without_specks(labels, 6, 20)
    assert (mended[30:, 30:] == 1).all()
    assert (mended[5:25, 5:25] == 6).all()
    assert np.array_equal(without_specks(labels, 5, 20), labels)


def test_what_a_tissue_encloses_is_that_tissue_where_it_holds_none() -> None:
    labels = np.ones((40, 60), np.int8)
    labels[:, 30:] = 2
    labels[5:8, 5:8] = 3  # enclosed in the first
    labels[20:30, 5:15] = 3  # too large
    labels[5:8, 50:53] = 3  # enclosed in another
    labels[20:23, 29:32] = 3  # between both
    labels[0:3, 20:23] = 3  # at the edge of the picture
    mended = without_enclosed(labels, 3, [1], 20)
    expected = labels.copy()
    expected[5:8, 5:8] = expected[0:3, 20:23] = 1
    assert np.array_equal(mended, expected)
    assert (without_enclosed(labels, 3, [1, 2], 20)[5:8, 50:53] == 2).all()
    assert np.array_equal(without_enclosed(labels, 5, [1], 20), labels)


def test_nuclei_are_hidden_and_filled_and_large_dark_things_are_not() -> None:
    density = np.full((60, 60, 3), 0.1)
    density[20:25, 20:25] = 0.8
    density[35:60, 35:60] = 0.8
    hidden = nuclei(density, 0.2, 0.8, 5.0)
    assert hidden[20:25, 20:25].all()
    assert not hidden[45:, 45:].any()
    assert filled(density, hidden, 5.0)[22, 22] == pytest.approx([0.1] * 3, abs=0.02)


@pytest.mark.parametrize("strength", [1.0, 1.4])
def test_a_stained_cell_as_dark_as_a_nucleus_is_none(strength: float) -> None:
    how, rng = stain("trap"), np.random.default_rng(2)
    true = np.full((160, 160), how.tissues.index("soft"), np.int8)
    true[:, :50] = how.tissues.index("bone")
    true[:, 130:] = how.tissues.index("void")
    y, x = np.mgrid[:160, :160]
    cells = np.min([(y - row) ** 2 + (x - 56) ** 2 for row in (30, 80, 130)], axis=0) < 6**2
    true[cells & (x >= 50)] = how.tissues.index("positive")
    means = means_at(how, np.array([np.log(strength), 0.0, *[0.0] * 6]))
    density = means[true] * (1 + 0.05 * rng.standard_normal((160, 160, 1)))
    density[80:84, 57:61] += how.nuclei @ how.colours
    labels, _ = tissues(density + 0.005 * rng.standard_normal(density.shape), how, 1.5, TABLE)
    stained = true == how.tissues.index("positive")
    assert ((labels == true) & stained).sum() > 0.85 * stained.sum()


def test_a_disc_is_round() -> None:
    assert disc(0).sum() == 1
    assert disc(3).sum() == 29
    assert np.array_equal(disc(4), disc(4).T)
