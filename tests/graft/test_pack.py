"""A graft holds what its recipe says, wherever and however it is packed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from holes import box, drilled, spheroids
from spondyl.graft import PARTS, Cavity, Graft, granules, mix, pack, repack
from spondyl.volume import Grid

EDGE = 0.05
JAR = "beta-TCP 0.3-0.6 mm"


@pytest.fixture(scope="module")
def hole() -> Cavity:
    return drilled(EDGE)


@pytest.fixture(scope="module")
def mixed(hole) -> Graft:
    return pack(mix(spheroids(120), JAR, mass="3 mg", carrier="fibrin"), hole, seed=5, threads=1)


def volume(field: np.ndarray, edge: float = EDGE) -> float:
    return float(field.sum()) * edge**3


def test_the_recipe_is_in_the_voxels_to_round_off(mixed):
    assert volume(mixed.tcp) * 3.07 == pytest.approx(3.0, rel=1e-12)
    assert volume(mixed.cells_per_mm3) == pytest.approx(120 * 2000, rel=1e-13)
    assert volume(mixed.spheroid) == pytest.approx(float(mixed.bed.spheroids.volumes_mm3.sum()), rel=1e-12)
    assert volume(mixed.granules) == pytest.approx(3.0 / (0.4 * 3.07), rel=1e-12)


def test_parts_add_up_to_the_hole_and_none_is_negative(mixed, hole):
    parts = mixed.composition()
    assert set(parts) == set(PARTS)
    assert min(float(part.min()) for part in parts.values()) >= 0
    assert sum(parts.values()) == pytest.approx(mixed.hole, abs=1e-12)
    assert sum(mixed.whole(part) for part in PARTS) == pytest.approx(hole.share, abs=1e-6)
    assert mixed.whole("cells_per_mm3").shape == hole.grid.shape


def test_each_granule_and_spheroid_has_its_number(mixed):
    assert set(np.unique(mixed.granule)) == set(range(mixed.sheet.granules + 1))
    assert set(np.unique(mixed.spheroid_number)) == set(range(121))
    assert (mixed.granules[mixed.granule > 0] > 0).all()
    assert (mixed.granules[mixed.granule == 0] == 0).all()


def inside(bodies, points: np.ndarray, shrink: float) -> np.ndarray:
    """How many bodies each point lies in, deeper than a length."""
    count = np.zeros(len(points), int)
    for n in range(len(bodies)):
        at = points - bodies.centres_mm[n]
        within = np.linalg.norm(at, axis=1) < bodies.radii_mm[n] - shrink
        count += within & (at @ bodies.normals[n].T < bodies.offsets_mm[n] - shrink).all(axis=1)
    return count


def test_no_point_lies_in_two_bodies(mixed):
    points = np.random.default_rng(1).uniform(0.15, 2.2, (25_000, 3))
    grains = inside(mixed.bed.granules, points, 1e-6)
    lots = inside(mixed.bed.spheroids, points, 1e-6)
    assert (grains + lots).max() == 1
    # The same points give the volumes, so the count does look at the bodies.
    found = (grains > 0).mean() * 2.05**3
    assert found == pytest.approx(float(mixed.bed.granules.volumes_mm3.sum()), rel=0.06)


def test_granules_touch_in_pieces_of_face(mixed):
    """Most granules share a face with another: points just beyond one's plane lie in the other."""
    bodies = mixed.bed.granules
    touching = 0
    for n in range(len(bodies)):
        planes = bodies.offsets_mm[n] < 1.02 * bodies.radii_mm[n] / 1.3
        beyond = (
            bodies.centres_mm[n] + bodies.normals[n][planes] * (bodies.offsets_mm[n][planes] + 2e-3)[:, None]
        )
        touching += bool(len(beyond)) and inside(bodies, beyond, 0.0).any()
    assert touching > 0.7 * len(bodies)


def test_the_same_seed_gives_the_same_bits_on_any_number_of_threads(mixed, hole):
    again = pack(mixed.mix, hole, seed=5, threads=3)
    for field in (*PARTS, "granule", "spheroid_number", "cells_per_mm3", "viability", "maturity"):
        assert np.array_equal(getattr(mixed, field), getattr(again, field)), field
    assert again.sheet == mixed.sheet
    other = pack(mixed.mix, hole, seed=6, threads=1)
    assert not np.array_equal(other.tcp, mixed.tcp)
    assert other.sheet.tcp_mg == pytest.approx(3.0)


def test_cells_carry_the_profile_of_their_spheroid(mixed):
    lot = spheroids(1)
    shells = np.diff(np.concatenate([[0.0], (lot.shell_um / lot.shell_um[-1]) ** 3]))
    living = float((shells * lot.viability).sum())
    assert mixed.sheet.cells_total == pytest.approx(240_000 / living, rel=0.01)
    ripe = float((mixed.maturity * mixed.cells_per_mm3).sum() / mixed.cells_per_mm3.sum())
    assert ripe == pytest.approx(float((shells * lot.viability * lot.maturity).sum() / living), rel=0.01)
    seen = mixed.viability[mixed.cells_per_mm3 > 0]
    assert 0.69 < seen.min() < seen.max() < 0.981


def test_more_granules_leave_less_space(hole):
    spaces = [
        pack(mix(granules=JAR, mass=mass), hole, seed=2, threads=1).sheet for mass in ("1 mg", "2 mg", "3 mg")
    ]
    voids = [sheet.void_mm3 for sheet in spaces]
    heights = [sheet.fill_height for sheet in spaces]
    assert voids[0] > voids[1] > voids[2]
    assert heights[0] < heights[1] < heights[2]
    assert all("the rest stays without graft" in " ".join(sheet.warnings) for sheet in spaces[:2])


def test_a_hole_is_filled_to_the_brim_without_a_mass(hole):
    sheet = pack(mix(granules=JAR), hole, seed=2, threads=1).sheet
    assert 0.45 < sheet.macro_porosity < 0.60
    assert sheet.fill_height > 0.9
    assert sheet.total_porosity == pytest.approx(1 - 0.4 * (1 - sheet.macro_porosity), rel=1e-12)


def test_granules_stay_within_their_sieves(mixed):
    sizes = np.cbrt(6 / np.pi * mixed.bed.granules.volumes_mm3)
    assert sizes.min() >= 0.3 - 1e-12
    assert sizes.max() <= 0.6 + 1e-12


@pytest.mark.parametrize("axis", [1, 2])
def test_gravity_may_point_anywhere(axis):
    cavity = drilled(0.1, axis=axis)
    graft = pack(mix(granules=JAR, mass="1 mg"), cavity, seed=1, threads=1)
    at = (graft.bed.granules.centres_mm)[:, axis].mean() + 0.05
    assert at > 1.2 + 0.4  # the heap lies at the far end
    up = Cavity(cavity.grid, cavity.share, tuple(-d for d in cavity.inwards))
    graft = pack(mix(granules=JAR, mass="1 mg"), up, seed=1, threads=1)
    assert graft.bed.granules.centres_mm[:, axis].mean() + 0.05 < 1.2 - 0.4


def test_a_slanted_hole_is_packed_too():
    down = (math.cos(0.5), math.sin(0.5), 0.0)
    cavity = box((1.8, 1.8, 1.8), 0.1)
    graft = pack(mix(granules=JAR, mass="1.5 mg"), Cavity(cavity.grid, cavity.share, down), seed=1, threads=1)
    assert float(graft.tcp.sum()) * 1e-3 * 3.07 == pytest.approx(1.5, rel=1e-12)
    assert 0 < graft.sheet.fill_height < 1


def test_another_grid_shows_the_same_graft(mixed):
    """50 µm and 25 µm: the same doses, and the mean of the fine voxels is the coarse one to first order."""
    fine = repack(mixed, drilled(0.025), threads=1)
    assert volume(fine.tcp, 0.025) * 3.07 == pytest.approx(3.0, rel=1e-12)
    assert volume(fine.cells_per_mm3, 0.025) == pytest.approx(240_000, rel=1e-13)
    for field in ("tcp", "spheroid", "cells_per_mm3"):
        small = fine.whole(field)
        shape = [n // 2 for n in small.shape]
        mean = small.reshape(shape[0], 2, shape[1], 2, shape[2], 2).mean(axis=(1, 3, 5))
        big = mixed.whole(field)
        assert np.abs(mean - big).sum() < 0.02 * big.sum()
    assert fine.sheet.pore_um == pytest.approx(mixed.sheet.pore_um, abs=50)


def test_another_grid_must_show_the_same_hole(mixed):
    from spondyl.errors import GraftError

    with pytest.raises(GraftError, match="must be the hole that was packed"):
        repack(mixed, drilled(0.05, diameter=1.5))


def test_the_grid_of_a_graft_lies_where_its_box_is(mixed):
    starts = [s.start for s in mixed.box]
    assert mixed.grid.shape == mixed.tcp.shape
    assert mixed.grid.origin_mm == pytest.approx([EDGE / 2 + EDGE * s for s in starts])


def test_soft_spheroids_keep_their_volume(hole):
    graft = pack(mix(spheroids(150), JAR, mass="2 mg", give=0.2), hole, seed=3, threads=1)
    assert volume(graft.spheroid) == pytest.approx(float(graft.bed.spheroids.volumes_mm3.sum()), rel=1e-12)
    assert sum(graft.composition().values()) == pytest.approx(graft.hole, abs=1e-12)


def test_a_measured_volume_of_gel_is_spread_over_what_is_left(hole):
    graft = pack(
        mix(granules=JAR, mass="2 mg", carrier="collagen", carrier_volume="1 uL"), hole, seed=3, threads=1
    )
    assert volume(graft.carrier) == pytest.approx(1.0, rel=1e-12)
    assert graft.sheet.void_mm3 > 1


def test_gel_alone_and_balls_alone():
    cavity = box((1.5, 1.5, 1.5), 0.1)
    gel = pack(mix(carrier="fibrin"), cavity, seed=1, threads=1)
    assert gel.sheet.carrier_mm3 == pytest.approx(1.5**3, rel=1e-6)
    balls = pack(mix(granules=granules(JAR, reach=1.0), mass="1 mg"), cavity, seed=1, threads=1)
    assert balls.sheet.sphericity == pytest.approx(1.0)
    lot = pack(mix(spheroids(50)), cavity, seed=1, threads=1)
    assert lot.sheet.granules == 0
    assert lot.sheet.macro_porosity == 1


def test_voxels_need_not_be_cubes():
    share = np.pad(np.ones((10, 20, 40), np.float32), 2)
    cavity = Cavity(Grid(share.shape, (0.16, 0.08, 0.04)), share, (1.0, 0.0, 0.0))
    graft = pack(mix(spheroids(20), JAR, mass="1 mg"), cavity, seed=1, threads=1)
    assert float(graft.tcp.sum()) * cavity.grid.voxel_mm3 * 3.07 == pytest.approx(1.0, rel=1e-12)
