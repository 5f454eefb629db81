"""Three phases: the networks against their definition, the classifier against phantoms it has not seen.

The classifier here is a small one, to keep the tests short.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spondyl.assay.microct.phantom import Imaging, Phantom, Phase, in_vivo, materials, phantom
from spondyl.assay.microct.phases import (
    Classifier,
    Misclassification,
    Training,
    imaging_of,
    materials_found,
    misclassification,
    opinion,
    scan_of,
    segment_phases,
    trained,
)
from spondyl.assay.microct.phases import network as net
from spondyl.assay.microct.phases.blocks import blocks
from spondyl.assay.microct.phases.features import CONTEXT_COUNT, COUNT, HALO, of_probabilities, of_values
from spondyl.errors import MeasurementError
from spondyl.volume import Grid, Meaning, Scan

SMALL = Training(seeds=(1, 2, 3), edge=60, rows=8000, rounds=16)
QUIET = Imaging(20.0, 0.8, 40.0, 0.5)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return trained(QUIET, training=SMALL, threads=2)


@pytest.fixture(scope="module")
def unseen() -> Phantom:
    return phantom(77, QUIET, edge=60)


@pytest.fixture(scope="module")
def errors(classifier: Classifier) -> Misclassification:
    return misclassification(classifier, seeds=(78, 79), edge=60)


def dice(found: np.ndarray, truth: np.ndarray, phase: Phase) -> float:
    a, b = found == phase, truth == phase
    return float(2 * (a & b).sum() / (a.sum() + b.sum()))


def sentence(act: object) -> str:
    with pytest.raises(MeasurementError) as caught:
        act()  # type: ignore[operator]
    return str(caught.value)


def test_a_block_with_its_rim_has_the_features_of_the_whole() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(400, 300, (58, 50, 44))
    shares = [rng.integers(0, 128, values.shape).astype(np.uint8) for _ in range(2)]
    whole, context = of_values(values), of_probabilities(*shares)
    assert (len(whole), len(context)) == (COUNT, CONTEXT_COUNT)
    for block in blocks((58, 50, 44), 23):
        cut = (slice(None), *block.own)
        inner = (slice(None), *block.inner)
        np.testing.assert_array_equal(of_values(values[block.wide])[inner], whole[cut])
        nearby = of_probabilities(*(share[block.wide] for share in shares))
        np.testing.assert_array_equal(nearby[inner], context[cut])


def test_blocks_cover_every_voxel_once() -> None:
    seen = np.zeros((50, 23, 97), dtype=int)
    for block in blocks((50, 23, 97), 24):
        seen[block.own] += 1
        assert all(w.stop - w.start <= 24 + 2 * HALO for w in block.wide)
    assert (seen == 1).all()


@pytest.mark.parametrize("turn", [(0, 2, 1), (2, 1, 0), (1, 2, 0)])
def test_features_know_no_direction(turn: tuple[int, int, int]) -> None:
    values = np.random.default_rng(3).normal(400, 300, (30, 31, 32))
    plain, turned = of_values(values), of_values(np.transpose(values, turn)[::-1])
    expected = np.stack([np.transpose(part, turn)[::-1] for part in plain])
    np.testing.assert_allclose(turned, expected, rtol=1e-4, atol=1e-2)


def rows_and_truth() -> tuple[np.ndarray, np.ndarray]:
    """Three classes that no straight line parts: a disc, a ring around it, and the rest."""
    rows = np.random.default_rng(6).uniform(-2, 2, (6000, 2)).astype(np.float32)
    return rows, np.digitize(np.hypot(*rows.T), (0.8, 1.5)).astype(np.uint8)


def test_the_network_learns_what_a_straight_line_cannot() -> None:
    rows, truth = rows_and_truth()
    found = net.train(rows, truth, np.random.default_rng(1), rounds=40)
    chances = net.probabilities(found, np.ascontiguousarray(rows.T))
    np.testing.assert_allclose(chances.sum(axis=0), 1, rtol=1e-12)
    assert np.mean(chances.argmax(axis=0) == truth) > 0.97


def test_the_slope_of_the_loss_is_its_derivative() -> None:
    rows, truth = rows_and_truth()
    inputs = rows[:300].astype(np.float64)
    count = 2 * net.HIDDEN + net.HIDDEN + 3 * net.HIDDEN + 3 + 6
    rng = np.random.default_rng(2)
    at, way = rng.normal(0, 0.5, count), rng.normal(0, 1, count)

    def loss(step: float) -> float:
        return net._loss_and_slope(at + step * way, inputs, truth[:300])[0]

    slope = net._loss_and_slope(at, inputs, truth[:300])[1]
    # Central differences err by the square of the step: halving it divides the error by four.
    wrong = [abs((loss(h) - loss(-h)) / (2 * h) - slope @ way) for h in (0.02, 0.01)]
    assert wrong[0] < 1e-2 * abs(slope @ way)
    assert wrong[0] / wrong[1] == pytest.approx(4, rel=0.1)


def test_the_same_generator_gives_the_same_network() -> None:
    rows, truth = rows_and_truth()
    one, same, other = (net.train(rows, truth, np.random.default_rng(n), rounds=2) for n in (1, 1, 2))
    np.testing.assert_array_equal(one.weights, same.weights)
    assert not np.array_equal(one.weights, other.weights)


def test_blocks_and_threads_change_no_voxel(classifier: Classifier, unseen: Phantom) -> None:
    part = np.ascontiguousarray(unseen.values[:36, :40, :44])
    scan = Scan(part, Grid((36, 40, 44), (0.02,) * 3), Meaning.DENSITY)
    first, *others = (opinion(classifier, scan, threads=n, edge=edge) for n, edge in ((1, 96), (3, 21)))
    for other in others:
        np.testing.assert_array_equal(other.phase, first.phase)
        np.testing.assert_array_equal(other.certainty, first.certainty)


def test_it_tells_phases_apart_far_better_than_thresholds(classifier: Classifier, unseen: Phantom) -> None:
    from scipy.ndimage import gaussian_filter

    found = opinion(classifier, scan_of(unseen)).phase
    smooth = gaussian_filter(unseen.values, 0.8)
    best = {
        phase: max(
            dice(np.digitize(smooth, (low, high)), unseen.truth, phase)
            for low in range(250, 500, 50)
            for high in range(low + 100, 1150, 50)
        )
        for phase in (Phase.BONE, Phase.SCAFFOLD)
    }
    assert dice(found, unseen.truth, Phase.BONE) > max(0.93, best[Phase.BONE] + 0.05)
    assert dice(found, unseen.truth, Phase.SCAFFOLD) > max(0.91, best[Phase.SCAFFOLD] + 0.05)


def test_the_errors_are_those_of_the_phantoms(classifier: Classifier, errors: Misclassification) -> None:
    shown = phantom(78, QUIET, edge=60)
    found = opinion(classifier, scan_of(shown)).phase
    for phase in Phase:
        assert errors.dice[0, phase] == pytest.approx(dice(found, shown.truth, phase))
        true, said = np.sum(shown.truth == phase), np.sum(found == phase)
        assert errors.volume_error[0, phase] == pytest.approx(said / true - 1)
    np.testing.assert_allclose(errors.confusion.sum(axis=1), 1, rtol=1e-12)
    # Nearly all errors are surfaces that lie half a voxel off.
    assert errors.wrong_inside < 0.1 * errors.wrong
    assert f"{errors.wrong:.1%} of the voxels were wrong" in errors.describe()


def test_what_it_is_sure_of_is_right_as_often_as_it_says(errors: Misclassification) -> None:
    stated = np.arange(10) / 10 + 0.05
    known = ~np.isnan(errors.reliability)
    assert known[4:].all()
    np.testing.assert_allclose(errors.reliability[4:], stated[4:], atol=0.08)


def test_more_noise_more_errors(classifier: Classifier, errors: Misclassification) -> None:
    noisy = misclassification(classifier, imaging=replace(QUIET, noise_mgha_cm3=120.0), seeds=(78,), edge=60)
    assert noisy.wrong > 1.5 * errors.wrong


def test_volumes_densities_and_their_doubt(
    classifier: Classifier, errors: Misclassification, unseen: Phantom
) -> None:
    voi = np.zeros(unseen.truth.shape, dtype=bool)
    voi[5:50, 3:57, 2:58] = True
    found = segment_phases(scan_of(unseen), classifier, errors, voi)
    assert sum(found.volumes_mm3.values()) == pytest.approx(voi.sum() * 0.02**3)
    assert not found.phase[~voi].any()
    made_of = classifier.materials
    scaffold = found.density_mgha_cm3[Phase.SCAFFOLD]
    assert scaffold is not None
    # Voxels away from surfaces still see some of the marrow in the pores.
    assert 0.85 * made_of.scaffold < scaffold < 1.05 * made_of.scaffold
    assert 0 < found.doubtful < 0.2
    for phase in (Phase.BONE, Phase.SCAFFOLD):
        low, high = found.volume_interval_mm3(phase)
        assert low < found.volumes_mm3[phase] / (1 + errors.volume_error[:, phase].mean()) < high
    assert found.remarks == ()


def test_a_scan_unlike_the_phantoms_is_remarked_on(classifier: Classifier, errors: Misclassification) -> None:
    other = phantom(80, QUIET, replace(materials(), scaffold=1800.0), edge=60)
    found = segment_phases(scan_of(other), classifier, errors)
    assert any(remark.startswith("scaffold reads") for remark in found.remarks)
    again = materials_found(classifier.materials, found)
    assert 1500 < again.scaffold < 1850
    assert again.granule_um == classifier.materials.granule_um


@pytest.mark.parametrize(("noise", "blur"), [(40.0, 0.5), (100.0, 0.8), (40.0, 1.1)])
def test_noise_and_blur_are_measured(noise: float, blur: float) -> None:
    asked = Imaging(20.0, blur, noise, 0.5)
    found = imaging_of(scan_of(phantom(9, asked, edge=60)), 400.0)
    assert found.noise_mgha_cm3 == pytest.approx(noise, rel=0.15)
    assert found.grain_voxels == pytest.approx(0.5, abs=0.08)
    assert found.blur_voxels == pytest.approx(blur, rel=0.2)
    assert found.voxel_um == pytest.approx(20.0)


def test_noise_and_blur_of_scans_that_do_not_show_them() -> None:
    white = 50 * np.random.default_rng(1).standard_normal((30, 30, 30))
    grid = Grid(white.shape, (0.02,) * 3)
    assert "needs mg HA/cm³ and cubic voxels" in sentence(
        lambda: imaging_of(Scan(white, grid, Meaning.RAW), 400.0)
    )
    assert "0 places where a surface is flat" in sentence(
        lambda: imaging_of(Scan(white, grid, Meaning.DENSITY), 400.0)
    )
    assert "voxels of marrow" in sentence(lambda: imaging_of(Scan(white + 900, grid, Meaning.DENSITY), 400.0))


def test_scans_it_cannot_judge(classifier: Classifier, errors: Misclassification, unseen: Phantom) -> None:
    scan = scan_of(unseen)
    raw = replace(scan, meaning=Meaning.RAW)
    assert "calibrate the scan first" in sentence(lambda: segment_phases(raw, classifier, errors))
    coarse = Scan(scan.stored, Grid(scan.grid.shape, (0.03, 0.02, 0.02)), Meaning.DENSITY)
    assert "trained for cubes of 20 µm" in sentence(lambda: segment_phases(coarse, classifier, errors))
    small = np.ones((3, 3, 3), dtype=bool)
    assert "of shape (3, 3, 3)" in sentence(lambda: segment_phases(scan, classifier, errors, small))
    empty = np.zeros(scan.grid.shape, dtype=bool)
    assert "empty volume" in sentence(lambda: segment_phases(scan, classifier, errors, empty))
    foreign = replace(errors, imaging=in_vivo())
    assert "blur and noise" in sentence(lambda: segment_phases(scan, classifier, foreign))


def test_errors_are_not_counted_on_what_was_learnt(classifier: Classifier) -> None:
    assert "the seeds [2]" in sentence(lambda: misclassification(classifier, seeds=(2, 80)))
    assert "no seed" in sentence(lambda: misclassification(classifier, seeds=()))
