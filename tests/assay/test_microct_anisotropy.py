"""Degree of anisotropy of stretched random fields, whose mean intercept length is an ellipsoid by theory."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.fft import irfftn, rfftn
from scipy.ndimage import gaussian_filter

from spondyl.assay.microct import Settings, segment
from spondyl.assay.microct.shape import SurfaceSums, anisotropy, surface_fabric, surface_sums
from spondyl.assay.microct.shape.ellipsoid import fit_ellipsoid
from spondyl.assay.microct.shape.intercepts import STEPS, solid_angles
from spondyl.assay.microct.shape.surface_fabric import shares_of_stretch, stretch_of_shares
from spondyl.volume import Grid, Meaning, Scan

Triple = tuple[float, float, float]
CUBIC: Triple = (1.0, 1.0, 1.0)
EDGE = 80


@cache
def stretched(sigmas: Triple, seed: int, turned: bool = False) -> NDArray[np.float64]:
    """White noise under a Gaussian of these standard deviations along the (turned) axes."""
    turn = oblique() if turned else np.eye(3)
    covariance = turn @ np.diag(np.square(sigmas)) @ turn.T
    waves = [2 * np.pi * np.fft.fftfreq(EDGE)] * 2 + [2 * np.pi * np.fft.rfftfreq(EDGE)]
    grid = np.meshgrid(*waves, indexing="ij", sparse=True)
    power = sum(covariance[i, j] * grid[i] * grid[j] for i in range(3) for j in range(3))
    noise = np.random.default_rng(seed).normal(size=(EDGE, EDGE, EDGE))
    return irfftn(rfftn(noise) * np.exp(-power / 2), s=noise.shape)


def oblique() -> NDArray[np.float64]:
    """A turn that leaves no axis near one of the grid."""
    turn = np.linalg.qr(np.array([[2.0, 1.0, 0.5], [-1.0, 2.0, 1.5], [0.7, -1.1, 2.0]]))[0]
    return np.asarray(turn)


def intercept(sigma: float) -> float:
    """Rice 1944: a Gaussian field crosses its mean √λ / π times a length, λ = 1 / 2σ²."""
    return math.pi * math.sqrt(2) * sigma


RATIOS = [((2.0, 2.0, 2.0), 1.0), ((2.5, 2.5, 3.75), 1.5), ((2.0, 2.0, 4.0), 2.0), ((2.0, 3.0, 4.0), 2.0)]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("sigmas", "ratio"), RATIOS)
def test_intercepts_of_stretched_fields(sigmas: Triple, ratio: float, turned: bool) -> None:
    fields = [stretched(sigmas, seed, turned) for seed in range(4)]
    found = [anisotropy(field > 0, None, CUBIC) for field in fields]
    assert np.mean([f.da for f in found]) == pytest.approx(ratio, rel=0.05)
    lengths = np.mean([f.mil_lengths_mm for f in found], axis=0)
    assert lengths == pytest.approx([intercept(s) for s in sorted(sigmas, reverse=True)], rel=0.05)
    assert not any(f.unbounded for f in found)


def test_boundaries_between_the_voxels_of_a_line_are_not_lost() -> None:
    """Without looking two steps on, every length comes out 2 % too long here."""
    found = [anisotropy(stretched((2.0, 2.0, 2.0), seed) > 0, None, CUBIC) for seed in range(4)]
    assert np.mean([f.mil_lengths_mm for f in found]) == pytest.approx(intercept(2.0), rel=0.01)


def test_axes_are_those_of_the_stretch() -> None:
    turn = oblique()
    found = anisotropy(stretched((2.0, 3.0, 4.5), 1, True) > 0, None, CUBIC)
    for axis, true in zip(found.mil_axes, turn.T[::-1], strict=True):
        assert abs(np.dot(axis, true)) > math.cos(math.radians(5))
    assert np.array(found.mil_axes) @ np.array(found.mil_axes).T == pytest.approx(np.eye(3), abs=1e-12)


def test_stretched_voxels_are_no_anisotropy() -> None:
    """Isotropic in mm, on voxels twice as long along z."""
    found = [anisotropy(stretched((2.0, 4.0, 4.0), s) > 0, None, (2.0, 1.0, 1.0)) for s in range(4)]
    assert np.mean([f.mil_lengths_mm for f in found], axis=0) == pytest.approx([intercept(4.0)] * 3, rel=0.05)


def test_volume_of_interest_of_any_shape_gives_the_same() -> None:
    z, y, x = np.ogrid[:EDGE, :EDGE, :EDGE]
    voi = (z - 40) ** 2 + (y - 40) ** 2 + (x - 40) ** 2 < 38**2
    voi &= (z // 7 + y // 5) % 9 != 0
    fields = [stretched((2.0, 2.0, 4.0), seed) > 0 for seed in range(4)]
    assert np.mean([anisotropy(f, voi, CUBIC).da for f in fields]) == pytest.approx(2.0, rel=0.05)
    changed = np.where(voi, fields[0], ~fields[0])
    assert anisotropy(changed, voi, CUBIC) == anisotropy(fields[0], voi, CUBIC)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_plates_and_rods_have_no_end_along_themselves(axis: int) -> None:
    bone = np.zeros((30, 30, 30), dtype=bool)
    plates = np.moveaxis(bone, axis, 0)
    plates[::6] = plates[1::6] = True
    found = anisotropy(bone, None, CUBIC)
    assert found.unbounded
    assert found.mil_lengths_mm == pytest.approx([30 * math.sqrt(3)] * 2 + [29 / 9], rel=0.02)
    assert np.abs(found.mil_axes[2]) == pytest.approx(np.eye(3)[axis], abs=1e-9)
    rods = np.moveaxis(np.zeros_like(bone), axis, 2)
    rods[4::9, 4::9] = rods[5::9, 4::9] = rods[4::9, 5::9] = rods[5::9, 5::9] = True
    found = anisotropy(np.moveaxis(rods, 2, axis), None, CUBIC)
    assert found.unbounded
    assert np.abs(found.mil_axes[0]) == pytest.approx(np.eye(3)[axis], abs=1e-9)
    assert found.da == pytest.approx(found.mil_lengths_mm[0] / found.mil_lengths_mm[2], rel=1e-12)


@pytest.mark.parametrize("masked", [False, True])
def test_mirror_and_turn_change_nothing_beyond_round_off(masked: bool) -> None:
    spacing = (0.03, 0.02, 0.015)
    bone = stretched((2.0, 3.0, 4.5), 1, True)[:40, :50, :60] > 0
    voi = gaussian_filter(np.random.default_rng(2).normal(size=bone.shape), 8) > -0.01 if masked else None
    plain = anisotropy(bone, voi, spacing)
    for axis in range(3):
        found = anisotropy(np.flip(bone, axis), None if voi is None else np.flip(voi, axis), spacing)
        assert found.mil_lengths_mm == pytest.approx(plain.mil_lengths_mm, rel=1e-11)
        back = np.array(found.mil_axes)
        back[:, axis] *= -1
        assert np.abs((back * plain.mil_axes).sum(axis=1)) == pytest.approx(1, abs=1e-11)
    for order in ((1, 2, 0), (2, 0, 1), (1, 0, 2)):
        turned = None if voi is None else voi.transpose(order)
        found = anisotropy(bone.transpose(order), turned, tuple(spacing[i] for i in order))
        assert found.mil_lengths_mm == pytest.approx(plain.mil_lengths_mm, rel=1e-11)


def test_slabs_and_threads_change_no_digit() -> None:
    bone = stretched((2.0, 3.0, 4.5), 1)[:41, :50, :70] > 0
    plain = anisotropy(bone, None, CUBIC)
    for thickness, threads in ((1, 1), (2, 2), (7, 3), (100, 2)):
        assert anisotropy(bone, None, CUBIC, thickness=thickness, threads=threads) == plain


@pytest.mark.parametrize("width", [3, 63, 64, 65, 130])
def test_pairs_are_counted_as_by_hand(width: int) -> None:
    from spondyl.assay.microct.shape.lines import count_pairs, pack

    rng = np.random.default_rng(width)
    bone, voi = rng.random((5, 6, width)) < 0.4, rng.random((5, 6, width)) < 0.8
    for step in [*STEPS, (2, -2, 2), (0, 0, 2), (2, 2, -2)]:
        pairs = mixed = 0
        for at in np.argwhere(voi):
            other = at + step
            if (other >= 0).all() and (other < bone.shape).all() and voi[tuple(other)]:
                pairs += 1
                mixed += bone[tuple(at)] != bone[tuple(other)]
        assert count_pairs(pack(bone), pack(voi), step, 0, 5) == (pairs, mixed)


def test_nothing_to_measure_gives_none() -> None:
    assert anisotropy(np.ones((1, 5, 5), dtype=bool), None, CUBIC) is None
    assert anisotropy(np.ones((5, 5, 5), dtype=bool), None, CUBIC) is None
    assert surface_fabric(SurfaceSums(0.0, 0.0, 0.0, 0.0, np.zeros((3, 3)))) is None


@pytest.mark.parametrize("spacing", [CUBIC, (2.0, 1.0, 1.0), (3.0, 2.0, 1.0)])
def test_ellipsoid_is_found_from_the_thirteen_directions(spacing: Triple) -> None:
    vectors = np.array(STEPS) * spacing
    directions = vectors / np.linalg.norm(vectors, axis=1)[:, None]
    turn = oblique()
    lengths = 1 / np.linalg.norm(directions @ turn / [1.0, 1.7, 0.6], axis=1)
    weights = solid_angles(directions)
    assert weights.sum() == pytest.approx(1, rel=1e-12)
    found = fit_ellipsoid(directions, lengths, weights, 1e3)
    assert found.lengths == pytest.approx([1.7, 1.0, 0.6], rel=1e-9)
    assert np.abs(found.axes @ turn[:, [1, 0, 2]]) == pytest.approx(np.eye(3), abs=1e-9)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("sigmas", "ratio"), RATIOS)
def test_second_opinion_by_the_normals_agrees(sigmas: Triple, ratio: float, turned: bool) -> None:
    found = []
    for seed in range(3):
        field = stretched(sigmas, seed, turned)
        scan = Scan(field, Grid(field.shape, CUBIC), Meaning.RAW)
        found.append(surface_fabric(surface_sums(segment(scan, Settings(threshold=0)))).da)
    assert np.mean(found) == pytest.approx(ratio, rel=0.05)


@pytest.mark.parametrize("stretch", [(1.0, 1.0, 1.0), (2.0, 1.0, 1.0), (1.0, 4.0, 9.0), (30.0, 30.0, 1.0)])
def test_shares_of_a_stretch_are_those_of_its_normals(stretch: Triple) -> None:
    """Against the mean over half a million normals, and back again."""
    sphere = np.random.default_rng(0).normal(size=(500_000, 3))
    sphere /= np.linalg.norm(sphere, axis=1)[:, None]
    normals = sphere / stretch
    mean = (normals**2 / np.linalg.norm(normals, axis=1)[:, None]).mean(axis=0)
    shares = shares_of_stretch(np.array(stretch))
    assert shares == pytest.approx(mean / mean.sum(), rel=0.02)
    again = stretch_of_shares(shares)
    assert again / again.min() == pytest.approx(np.array(stretch) / min(stretch), rel=1e-6)


def test_second_opinion_on_plates_has_no_number() -> None:
    found = surface_fabric(SurfaceSums(1.0, 1.0, 0.0, 0.0, np.diag([0.0, 1.0, 0.0])))
    assert found.da is None
    assert found.axes[2] == (0.0, 1.0, 0.0)
