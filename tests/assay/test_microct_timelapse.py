"""Time-lapse: known motions found again, other animals refused, known layers measured, noise told apart."""

from __future__ import annotations

import builtins
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from spondyl.assay.microct.timelapse import (
    Floor,
    Registration,
    Rigid,
    doubts,
    phantom_floor,
    register,
    remodelling,
    repeated_floor,
    seen,
)
from spondyl.assay.microct.timelapse import moved_scan as brought_back
from spondyl.assay.microct.timelapse.interface import interface_mm2
from spondyl.assay.microct.timelapse.itk import from_itk, resampled, to_itk
from spondyl.assay.microct.timelapse.likeness import likeness
from spondyl.assay.microct.timelapse.noise import noise_of
from spondyl.assay.microct.timelapse.search import rotations
from spondyl.assay.microct.timelapse.transform import turn
from spondyl.errors import MeasurementError
from spondyl.volume import Grid, Meaning, Scan, read
from vertebra_phantom import Vertebra, moved_scan

GRID = Grid((36, 40, 44), (0.06, 0.06, 0.06))
BODY = {"height": 1.7, "radii": (0.75, 0.9), "wall": 0.12, "wavelength": 0.5}
CENTRE = tuple(s / 2 for s in GRID.size_mm)
MOTION = turn((0.3, -1.0, 0.5), 11.0, CENTRE, (0.12, -0.16, 0.09))


def scan(seed: int, motion: Rigid = Rigid(), grid: Grid = GRID, noise_seed: int = 0, **more) -> Scan:  # noqa: B008
    values = moved_scan(Vertebra(seed=seed, **BODY), grid, motion, 100 * seed + noise_seed, **more)
    return Scan(values, grid, Meaning.DENSITY)


def worst_error_voxels(found: Rigid, truth: Rigid) -> float:
    corners = np.array(CENTRE) + np.array(
        [[z, y, x] for z in (-0.85, 0.85) for y in (-0.75, 0.75) for x in (-0.9, 0.9)]
    )
    return float(np.linalg.norm(found.many(corners) - truth.many(corners), axis=1).max() / 0.06)


@pytest.fixture(scope="module")
def registered() -> Registration:
    return register(scan(1), scan(1, MOTION, noise_seed=1), widest_deg=24)


def test_a_known_motion_is_found(registered: Registration) -> None:
    assert worst_error_voxels(registered.motion, MOTION) < 0.1
    assert registered.likeness > 0.9
    assert registered.chance < 0.15
    assert registered.overlap > 0.9
    assert "correlation of the grey values" in registered.rule


def test_also_with_thinned_bone_and_other_voxels() -> None:
    grid = Grid((38, 45, 48), (0.06, 0.055, 0.055))
    centre = tuple(s / 2 for s in grid.size_mm)
    motion = turn((1.0, 0.2, 0.1), -7.0, CENTRE, tuple(b - a for a, b in zip(CENTRE, centre, strict=True)))
    follow = scan(2, motion, grid, noise_seed=1, plate=0.33, stood=CENTRE)
    found = register(scan(2), follow, widest_deg=12)
    assert worst_error_voxels(found.motion, motion) < 0.1


def test_another_animal_is_refused() -> None:
    """Of the very same outer shape; only the network inside tells them apart."""
    with pytest.raises(
        MeasurementError, match=r"network inside is not that of.*same bone of the same animal"
    ):
        register(scan(1), scan(7, MOTION), widest_deg=12)


def test_a_failed_registration_is_refused() -> None:
    """The animal is the right one, but turned farther than was looked for."""
    upside_down = turn((0.0, 1.0, 0.0), 90.0, CENTRE)
    with pytest.raises(MeasurementError, match="turned by no more than was searched"):
        register(scan(1), scan(1, upside_down, noise_seed=1), widest_deg=0)


def test_a_follow_up_that_shows_too_little_is_refused() -> None:
    whole = scan(1)
    part = Scan(whole.stored[:14], Grid((14, 40, 44), GRID.spacing_mm), Meaning.DENSITY)
    with pytest.raises(MeasurementError, match=r"must show at least 50%|network inside"):
        register(whole, part, widest_deg=0)


def test_threads_change_nothing(registered: Registration) -> None:
    import SimpleITK

    before = SimpleITK.ProcessObject.GetGlobalDefaultNumberOfThreads()
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(3 if before != 3 else 2)
    try:
        again = register(scan(1), scan(1, MOTION, noise_seed=1), widest_deg=24)
    finally:
        SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(before)
    assert again == registered


def test_motions_there_and_back() -> None:
    points = np.random.default_rng(4).normal(size=(5, 3))
    np.testing.assert_allclose(MOTION.inverse().many(MOTION.many(points)), points, rtol=0, atol=1e-12)
    np.testing.assert_allclose(from_itk(to_itk(MOTION, CENTRE)).many(points), MOTION.many(points), atol=1e-12)
    assert MOTION.angle_deg == pytest.approx(11.0)
    assert max(Rigid(tuple(map(tuple, r))).angle_deg for r in rotations(36)) == pytest.approx(36)


def test_resampling_follows_the_motion() -> None:
    """Moved by two voxels along y the follow-up comes back exactly, and what it does not show is known."""
    values = np.random.default_rng(2).normal(size=(8, 9, 10)).astype(np.float32)
    grid = Grid(values.shape, (0.3, 0.2, 0.1))
    motion = Rigid(shift_mm=(0.0, 0.4, 0.0))
    back = resampled(values, grid, motion, grid, outside=-9.0)
    np.testing.assert_allclose(back[:, :7], values[:, 2:], rtol=0, atol=1e-5)
    shown = seen(grid, motion, grid)
    assert shown[:, :7].all()
    assert not shown[:, 7:].any()
    assert (back[:, 7:] == -9).all()


def test_cubic_resampling_keeps_the_scan() -> None:
    baseline, follow = scan(1, noise=0.0), scan(1, MOTION, noise=0.0)
    back = brought_back(follow, baseline, MOTION)
    shown = seen(GRID, MOTION, GRID)
    assert np.corrcoef(back.stored[shown], baseline.stored[shown])[0, 1] > 0.99
    assert back.grid == GRID


SPACINGS = [(0.02, 0.02, 0.02), (0.04, 0.02, 0.02)]


@pytest.mark.parametrize("spacing", SPACINGS)
def test_layers_on_a_plate(spacing: tuple[float, float, float]) -> None:
    grid = Grid((30, 40, 40), spacing)
    before = np.zeros(grid.shape, dtype=bool)
    before[:, 10:20] = True
    after = before.copy()
    after[:, 20:23], after[:, 10:12] = True, False
    found = remodelling(before, after, grid, days=10)
    area = 30 * 40 * spacing[0] * spacing[2]
    assert found.formed_mm3 == pytest.approx(area * 0.06, rel=1e-9)
    assert found.resorbed_mm3 == pytest.approx(area * 0.04, rel=1e-9)
    assert found.quiescent_mm3 == pytest.approx(area * 0.16, rel=1e-9)
    assert (found.formed_bv, found.resorbed_bv) == pytest.approx((0.3, 0.2))
    assert (found.mar_um_day, found.mrr_um_day) == pytest.approx((6.0, 4.0), rel=1e-6)
    assert (found.ms_bs, found.es_bs) == pytest.approx((0.5, 0.5), rel=1e-6)
    assert (found.bfr_bs_um_day, found.brr_bs_um_day) == pytest.approx((3.0, 2.0), rel=1e-6)
    assert (found.bfr_bv_percent_day, found.brr_bv_percent_day) == pytest.approx((3.0, 2.0))
    assert np.bincount(found.labels.ravel()).tolist()[1:] == [9600, 3600, 2400]
    assert len(found.remarks) == (0 if spacing[0] == 0.02 else 1)  # 0.04 mm is 1.6 of its voxels


@pytest.mark.parametrize("spacing", SPACINGS)
def test_layer_on_and_under_a_ball(spacing: tuple[float, float, float]) -> None:
    grid = Grid(tuple(round(1.0 / s) for s in spacing), spacing)
    axes = [(np.arange(n) + 0.5) * s - 0.5 for n, s in zip(grid.shape, spacing, strict=True)]
    z, y, x = np.meshgrid(*axes, indexing="ij")
    radius = np.sqrt(z**2 + y**2 + x**2)
    small, large = radius < 0.3, radius < 0.36
    grew, shrank = (remodelling(a, b, grid, days=10) for a, b in ((small, large), (large, small)))
    assert grew.mar_um_day == pytest.approx(6.0, rel=0.04)
    assert shrank.mrr_um_day == grew.mar_um_day
    assert (grew.ms_bs, grew.es_bs) == (pytest.approx(1.0), 0.0)
    assert grew.formed_bv == pytest.approx(1.2**3 - 1, rel=0.04)
    assert grew.mrr_um_day is None


def test_area_of_oblique_planes_and_balls() -> None:
    grid = Grid((50, 50, 50), (0.02, 0.02, 0.02))
    z, y, x = (np.indices(grid.shape) + 0.5) * 0.02 - 0.5
    nowhere = np.zeros(grid.shape, dtype=bool)
    middle = np.abs(z) < 0.2
    for a, b in ((0.0, 0.0), (0.3, 0.1), (0.7, 0.6), (1.0, -0.9)):
        plane = x < a * y + b * z
        held = middle & (np.abs(y) < 0.2)
        found = interface_mm2(plane, grid, held, nowhere, nowhere).whole
        assert found == pytest.approx(0.16 * np.sqrt(1 + a * a + b * b), rel=0.02)
    ball = z**2 + y**2 + x**2 < 0.16
    assert interface_mm2(ball, grid, ~nowhere, nowhere, ball).inside == pytest.approx(
        4 * np.pi * 0.16, rel=0.02
    )


def test_the_network_decides_and_not_the_coarse_shape() -> None:
    rng = np.random.default_rng(8)
    z, y, _ = np.indices((40, 40, 40)) / 40
    shape = (60 * (z - z**2) + 30 * y).astype(np.float32)
    one, other = (shape + gaussian_filter(rng.normal(size=shape.shape), 2) * 40 for _ in range(2))
    grid = Grid(shape.shape, (0.1, 0.1, 0.1))
    inside = np.pad(np.ones((24, 24, 24), dtype=bool), 8)
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.8
    assert abs(likeness(one, other, grid, inside, 2.0).found) < 0.3
    assert likeness(one, one + 1, grid, inside, 2.0).found == pytest.approx(1)


def test_a_thin_layer_is_flagged() -> None:
    grid = Grid((10, 20, 20), (0.02, 0.02, 0.02))
    before = np.zeros(grid.shape, dtype=bool)
    before[:, :10] = True
    after = np.roll(before, 1, axis=1) | before
    (remark,) = remodelling(before, after, grid, days=5).remarks
    assert "Formed packets are 1.0 voxels thick" in remark


def test_the_volume_of_interest_bounds_the_comparison() -> None:
    grid = Grid((10, 20, 20), (0.02, 0.02, 0.02))
    before = np.zeros(grid.shape, dtype=bool)
    before[:, :10] = True
    after = before.copy()
    after[:, 10:13, :10] = True
    voi = np.zeros_like(before)
    voi[:, :, :10] = True
    whole, part = (remodelling(before, after, grid, days=5, voi=v) for v in (None, voi))
    assert part.formed_mm3 == whole.formed_mm3
    assert part.tv_mm3 == pytest.approx(whole.tv_mm3 / 2)
    assert part.formed_bv == pytest.approx(2 * whole.formed_bv)
    assert part.ms_bs == pytest.approx(2 * whole.ms_bs, rel=0.05)


def threshold(given: Scan) -> np.ndarray:
    return np.asarray(gaussian_filter(given.stored, 0.8) >= 500)


def test_noise_is_measured() -> None:
    assert noise_of(scan(1, noise=80.0).stored) == pytest.approx(80, rel=0.1)


def test_the_floor_of_unchanged_bone_and_what_stands_out_of_it(registered: Registration) -> None:
    baseline = scan(1)
    voi = seen(GRID, registered.motion, GRID)
    floor = phantom_floor(baseline, threshold, registered.motion, voi=voi)
    assert floor == phantom_floor(baseline, threshold, registered.motion, voi=voi)
    before = threshold(baseline)

    def compared(**follow) -> object:
        after = threshold(brought_back(scan(1, MOTION, noise_seed=1, **follow), baseline, registered.motion))
        return remodelling(before, after, GRID, days=14, voi=voi)

    same, thinner = compared(), compared(plate=0.36)
    assert 0 < same.formed_bv < 0.06
    assert floor.formed_bv == pytest.approx(same.formed_bv, rel=0.3)
    assert "a phantom of the baseline" in floor.origin
    assert thinner.resorbed_bv > 2 * floor.resorbed_bv
    assert [d.split()[0] for d in doubts(thinner, Floor(1.0, 0.0, "x"))] == ["Formed"]
    assert repeated_floor(same).resorbed_bv == same.resorbed_bv
    assert len(doubts(same, repeated_floor(same))) == 2


BOX = np.pad(np.ones((4, 4, 4), dtype=bool), 4)
SMALL = Grid(BOX.shape, (0.1, 0.1, 0.1))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: remodelling(BOX, BOX, SMALL, days=0), ["days: found 0", "above zero"]),
        (lambda: remodelling(BOX, BOX, SMALL, days=float("nan")), ["days: found nan"]),
        (lambda: remodelling(BOX, BOX[1:], SMALL, days=1), ["(11, 12, 12)", "(12, 12, 12)"]),
        (lambda: remodelling(BOX & ~BOX, BOX, SMALL, days=1), ["no bone at baseline"]),
        (lambda: Rigid(((1, 0, 0), (0, 1, 0), (0, 0, -1))), ["matrix of a rotation"]),
        (lambda: Rigid(shift_mm=(0, float("inf"), 0)), ["inf", "finite lengths"]),
        (
            lambda: register(Scan(BOX, SMALL, Meaning.LABELS), Scan(BOX, SMALL, Meaning.LABELS)),
            ["labels", "grey values"],
        ),
        (lambda: register(scan(1), scan(1), guide=BOX), ["guide of shape (12, 12, 12)", "(36, 40, 44)"]),
        (lambda: register(Scan(BOX * 0.0, SMALL, Meaning.RAW), scan(1)), ["0", "contrast"]),
        (lambda: register(Scan(np.where(BOX, np.nan, 0.0), SMALL, Meaning.RAW), scan(1)), ["not finite"]),
    ],
)
def test_mistakes(make: object, words: list[str]) -> None:
    with pytest.raises(MeasurementError) as error:
        make()
    assert all(word in str(error.value) for word in words), str(error.value)


def test_without_simpleitk_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = builtins.__import__

    def without(name: str, *args: object, **more: object) -> object:
        if name == "SimpleITK":
            raise ImportError(name)
        return plain(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MeasurementError, match=r"pip install 'spondyl\[registration\]'"):
        register(scan(1), scan(1))


@pytest.mark.shared
def test_a_real_network_is_found_and_another_part_of_it_refused(shared_data: Path) -> None:
    folder = shared_data / "microct" / "trabecular_3155"
    if not folder.is_dir():
        pytest.skip("the scan trabecular_3155 is not in the shared data folder")
    whole = read(folder, voxel_mm=0.0195)
    small = np.ascontiguousarray(whole.stored[20:180:2, 20:180:2, 20:180:2]).astype(np.float32)
    grid = Grid((40, 40, 40), (0.039, 0.039, 0.039))
    blocks = [Scan(small[k : k + 40, k : k + 40, k : k + 40], grid, Meaning.RAW) for k in (0, 40)]
    centre = tuple(s / 2 for s in grid.size_mm)
    motion = turn((0.2, 0.5, 1.0), 6.0, centre, (0.08, -0.06, 0.05))
    around = Grid(small.shape, grid.spacing_mm)
    moved = resampled(small, around, motion.inverse(), grid, outside=0.0, cubic=True)
    noisy = moved + np.random.default_rng(3).normal(0, 5, moved.shape).astype(np.float32)
    found = register(blocks[0], Scan(noisy, grid, Meaning.RAW), widest_deg=12)
    corners = np.array([[z, y, x] for z in (0, 1) for y in (0, 1) for x in (0, 1)]) * np.array(grid.size_mm)
    error = np.linalg.norm(found.motion.many(corners) - motion.many(corners), axis=1).max() / 0.039
    assert error < 0.3
    with pytest.raises(MeasurementError, match=r"network inside|must show at least"):
        register(blocks[0], blocks[1], widest_deg=12)
