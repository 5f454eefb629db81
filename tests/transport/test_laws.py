"""What holds for any input: nothing is lost, nothing is negative, nothing leaks, mirrors change nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.transport import (
    Domain,
    diffuse,
    drift,
    outer_area,
    produce_destroy,
    splitting_error,
    steady,
    wall_area,
)
from transport_cases import Kept, amounts, box, porous, rates

ROUND_OFF = 1e-14
STEPS = st.sampled_from([0.0, 1e-6, 0.01, 1.0, 1e3, 1e8])


@given(seed=st.integers(0, 10**6), days=STEPS, order=st.sampled_from([1, 2]), reacts=st.booleans())
@settings(max_examples=60)
def test_diffusion_loses_nothing_and_nothing_is_negative(
    seed: int, days: float, order: int, reacts: bool
) -> None:
    rng = np.random.default_rng(seed)
    domain = porous(seed, tuple(rng.integers(1, 9, 3)), share=float(rng.uniform(0.2, 1)))
    n = amounts(domain, 2, seed) * 10.0 ** rng.uniform(-12, 12)
    told = Kept()
    more = {"decay": rates(domain, 2, 5.0, seed), "source": amounts(domain, 2, seed + 1)} if reacts else {}
    after = diffuse(domain, n, rates(domain, 2, 3.0, seed), days, order=order, report=told, **more)
    assert after.min() >= 0
    assert np.isfinite(after).all()
    assert not after[:, ~domain.open].any()
    assert told.last.relative_error.max() < ROUND_OFF
    assert (told.last.removed >= 0).all()


@given(seed=st.integers(0, 10**6), order=st.sampled_from([1, 2]))
@settings(max_examples=30)
def test_what_comes_from_held_voxels_is_accounted_for(seed: int, order: int) -> None:
    rng = np.random.default_rng(seed)
    domain = porous(seed, tuple(rng.integers(1, 9, 3)))
    held = rng.random((2, *domain.shape)) < 0.2
    told = Kept()
    after = diffuse(
        domain, amounts(domain, 2, seed), rates(domain, 2, 0.1, seed), 0.1,
        held=(held, [0.5, 2.0]), decay=1.0, order=order, report=told,
    )  # fmt: skip
    for field, mask, value in zip(after, held & domain.open, (0.5, 2.0), strict=True):
        np.testing.assert_allclose(field[mask], value, rtol=1e-15)
    assert after.min() >= 0
    assert told.last.relative_error.max() < ROUND_OFF * 10


@given(seed=st.integers(0, 10**6), full=st.booleans())
@settings(max_examples=40)
def test_drift_loses_nothing_and_nothing_is_negative_or_overfull(seed: int, full: bool) -> None:
    rng = np.random.default_rng(seed)
    domain = porous(seed, tuple(rng.integers(1, 9, 3)))
    n = amounts(domain, 2, seed) * domain.capacity
    told = Kept()
    after = drift(
        domain, n, rng.normal(size=domain.shape), rates(domain, 2, 0.02, seed), 0.3,
        ceiling=1.0 if full else None, report=told,
    )  # fmt: skip
    assert after.min() >= 0
    assert told.last.relative_error.max() < ROUND_OFF * max(1, told.last.substeps)
    assert not after[:, ~domain.open].any()
    if full:
        assert (after / domain.capacity).max() <= 1 + ROUND_OFF


@given(
    seed=st.integers(0, 10**6),
    half=st.sampled_from([1e-9, 0.01, 100.0]),
    level=st.sampled_from([0.0, 1e-9, 3.0]),
)
@settings(max_examples=30)
def test_a_species_at_rest_is_never_negative_nor_above_its_supply(
    seed: int, half: float, level: float
) -> None:
    rng = np.random.default_rng(seed)
    domain = porous(seed, tuple(rng.integers(1, 9, 3)))
    q, p = rng.uniform(0, 1, (2, *domain.shape)) * 10.0 ** rng.uniform(-3, 3, (2, 1, 1, 1))
    found = steady(domain, rates(domain, 1, 3.0, seed)[0], q, half, p, level, rng.uniform(0, 9, domain.shape))
    assert found.field.min() >= 0
    assert found.field.max() <= level * (1 + 1e-4)
    assert not found.field[~domain.open].any()


@given(seed=st.integers(0, 10**6))
@settings(max_examples=20)
def test_reactions_stay_positive(seed: int) -> None:
    n, p, d = np.random.default_rng(seed).uniform(0, 1e6, (3, 5))
    after = produce_destroy(n, p, d, 10.0)
    assert after.min() >= 0
    np.testing.assert_allclose(produce_destroy(p / d, p, d, 1e3), p / d, rtol=1e-12)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("order", [1, 2])
def test_mirrors(axis: int, order: int) -> None:
    domain = porous(3, (9, 10, 11))
    n, d, g = amounts(domain, 2), rates(domain, 2), np.random.default_rng(1).normal(size=domain.shape)
    turned = Domain(np.flip(domain.open, axis), domain.spacing_mm, np.flip(domain.room, axis))
    pairs = [
        (
            diffuse(domain, n, d, 0.1, order=order),
            diffuse(turned, np.flip(n, axis + 1), np.flip(d, axis + 1), 0.1, order=order),
        ),
        (
            drift(domain, n, g, [0.01, 0.1], 0.1),
            drift(turned, np.flip(n, axis + 1), np.flip(g, axis), [0.01, 0.1], 0.1),
        ),
    ]
    for plain, mirrored in pairs:
        np.testing.assert_allclose(np.flip(mirrored, axis + 1), plain, rtol=0, atol=1e-13)


@pytest.mark.parametrize("order", [1, 2])
def test_exchanged_axes(order: int) -> None:
    domain = porous(4, (8, 8, 8), (0.1,) * 3)
    n, d = amounts(domain, 1), rates(domain, 1)
    turned = replace(domain, open=domain.open.transpose(2, 0, 1), room=domain.room.transpose(2, 0, 1))
    axes = (0, 3, 1, 2)
    found = diffuse(turned, n.transpose(axes), d.transpose(axes), 0.1, order=order, symmetric=True)
    plain = diffuse(domain, n, d, 0.1, order=order, symmetric=True)
    np.testing.assert_allclose(found, plain.transpose(axes), rtol=0, atol=1e-13)
    assert np.abs(diffuse(domain, n, d, 0.1, order=order) - plain).max() > 1e-6


def test_nothing_passes_a_wall() -> None:
    mask = np.ones((6, 7, 12), np.bool_)
    mask[:, :, 5] = False
    domain = Domain(mask, (0.1,) * 3)
    n = amounts(domain, 3)
    g = np.random.default_rng(2).normal(size=mask.shape)
    for after in (
        diffuse(domain, n, [1.0, 10.0, 1e6], 1.0),
        diffuse(domain, n, [1.0, 10.0, 1e6], 1.0, order=2),
        drift(domain, n, g, [0.1, 0.2, 0.3], 0.5),
    ):
        for side in (slice(0, 5), slice(6, 12)):
            rooms = [a[..., side].sum(axis=(1, 2, 3)) for a in (n, after)]
            np.testing.assert_allclose(rooms[1], rooms[0], rtol=1e-13)
        assert not after[..., 5].any()


def test_concentrations_even_out_in_narrow_voxels() -> None:
    domain = Domain(np.ones((1, 1, 4), np.bool_), (0.1,) * 3, np.array([[[1.0, 0.5, 0.25, 1.0]]]))
    after = diffuse(domain, np.array([[[1.0, 0.0, 0.0, 0.0]]]), 1.0, 1e9)
    np.testing.assert_allclose(after, domain.share / domain.share.sum(), rtol=1e-8)


def test_walls_and_outer_faces() -> None:
    mask = np.ones((3, 4, 5), np.bool_)
    mask[1, 2, 3] = False
    domain = Domain(mask, (0.3, 0.2, 0.1))
    faces = 2 * (0.2 * 0.1 + 0.3 * 0.1 + 0.3 * 0.2)
    assert wall_area(domain).sum() * domain.volume_mm3 == pytest.approx(faces)
    assert not wall_area(domain, np.zeros(mask.shape, np.bool_)).any()
    assert outer_area(domain, "x", "high").sum() * domain.volume_mm3 == pytest.approx(3 * 4 * 0.3 * 0.2)


def test_a_flux_through_a_face_is_a_source() -> None:
    domain, told = box((4, 5, 6)), Kept()
    source = 7.0 * outer_area(domain, "z", "low")
    diffuse(domain, np.zeros(domain.shape), 0.1, 0.5, source=source, report=told)
    assert told.last.after[0] == pytest.approx(7.0 * 0.5 * (5 * 0.2) * (6 * 0.1))


def test_splitting_error_falls_with_the_step() -> None:
    domain = porous(5)
    n, d = amounts(domain, 2), rates(domain, 2)
    coarse, fine = (splitting_error(domain, n, d, days) for days in (1e-3, 5e-4))
    assert (fine < coarse / 2).all()
    assert (splitting_error(domain, n, d, 1e-3, order=2) < coarse).all()


def test_no_digit_depends_on_threads() -> None:
    domain = porous(6, (33, 34, 35), (0.05,) * 3)
    n, g = amounts(domain, 2), np.random.default_rng(3).normal(size=domain.shape)
    q, p = np.abs(g) * 20, np.where(g > 1, 500.0, 0.0)
    held = (n > 0.9, 0.5)

    def results(threads: int) -> list[np.ndarray]:
        told = Kept()
        return [
            diffuse(domain, n, 0.1, 0.1, decay=1.0, source=n, threads=threads, report=told),
            diffuse(domain, n, rates(domain, 2), 0.1, held=held, order=2, threads=threads, report=told),
            *(getattr(budget, name) for budget in told.budgets for name in ("removed", "held", "supplied")),
            drift(domain, n, g, 0.001, 0.1, threads=threads),
            steady(domain, 150.0, q, 0.01, p, 0.06, threads=threads).field,
        ]

    for one, three in zip(results(1), results(3), strict=True):
        np.testing.assert_array_equal(one, three)
