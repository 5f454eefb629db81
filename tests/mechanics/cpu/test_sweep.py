"""Products with the stiffness against plain sums over the elements, in double and single precision."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from cpu_cases import LARGE, filled, folded, forces, level_of, masks, moduli, seeds, spread, wrapped
from spondyl.mechanics.cpu.lanes import coefficients
from spondyl.mechanics.cpu.level import Level
from spondyl.mechanics.cpu.operator import Operator
from spondyl.mechanics.cpu.places import belongs
from spondyl.mechanics.cpu.sweep import PRODUCT, RESIDUAL, SMOOTH
from spondyl.mechanics.element import stiffness
from spondyl.mechanics.model import Model
from spondyl.threads import Team
from spondyl.volume import Grid

BRICK = (0.3, 0.2, 0.1)


def brick(bone: np.ndarray, seed: int = 0, poisson: float = 0.3) -> Model:
    return Model(Grid(bone.shape, BRICK), moduli(bone, seed), poisson)


def random_field(model: Model, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(int(np.prod(model.nodes_shape)), 3))


def doubles(model: Model, level: Level) -> Operator:
    return Operator(level, coefficients(stiffness(model.grid.spacing_mm, model.poisson)))


def close(found: np.ndarray, expected: np.ndarray, share: float, scale: np.ndarray | None = None) -> None:
    size = float(np.abs(expected if scale is None else scale).max())
    np.testing.assert_allclose(found, expected, rtol=0, atol=share * size)


@given(masks, seeds)
def test_product(bone, seed):
    model = brick(bone, seed, poisson=0.45)
    level = level_of(model, Team(1))
    field = random_field(model, seed)
    p, out = filled(level, field, np.float64), np.full(3 * level.rows.stride, np.nan)
    out.reshape(3, -1)[:, level.nodes :] = 0
    energy = doubles(model, level).apply(p, out)
    close(spread(level, out), forces(model, field), 1e-13)
    assert energy == pytest.approx(float(p @ out), rel=1e-12)
    assert not out.reshape(3, -1)[:, level.nodes :].any()


@given(masks, seeds)
def test_held_places_get_no_force_unless_asked(bone, seed):
    model = brick(bone, seed)
    free = level_of(model, Team(1))
    rng = np.random.default_rng(seed)
    fixed = rng.choice(free.places(), rng.integers(1, 3 * free.nodes), replace=False)
    level = level_of(model, Team(1), fixed)
    field = random_field(model, seed)
    p, out = filled(level, field, np.float64), np.empty(3 * level.rows.stride)
    operator = doubles(model, level)
    operator.apply(p, out, everywhere=True)
    expected = out.copy()
    close(spread(level, expected), forces(model, field), 1e-13)
    operator.apply(p, out)
    expected[fixed] = 0
    np.testing.assert_array_equal(out[level.places()], expected[level.places()])


@given(masks, seeds)
def test_periodic_product(bone, seed):
    model = brick(bone, seed)
    level = level_of(model, Team(1), periodic=True)
    field = wrapped(model, random_field(model, seed))
    p, out = filled(level, field, np.float64), np.empty(3 * level.rows.stride)
    operator = doubles(model, level)
    energy = operator.apply(p, out)
    plain = forces(model, field)
    close(spread(level, out), folded(model, plain), 1e-12, field)
    work = float((field * plain).sum())
    assert energy == pytest.approx(work, rel=0, abs=1e-12 * float((field**2).sum()))


@given(masks, seeds)
def test_energy_of_any_displacement(bone, seed):
    model = brick(bone, seed)
    for periodic in (False, True):
        level = level_of(model, Team(1), periodic=periodic)
        field = random_field(model, seed)
        expected = float((field * forces(model, field)).sum()) / 2
        energy = doubles(model, level).energy(filled(level, field, np.float64))
        assert energy == pytest.approx(expected, rel=1e-11)


@given(masks, seeds)
def test_residual_and_product_in_single_precision(bone, seed):
    model = brick(bone, seed)
    level = level_of(model, Team(1))
    field, load = random_field(model, seed), random_field(model, seed + 1)
    x, b = filled(level, field, np.float32), filled(level, load, np.float32)
    d = np.zeros_like(x)
    plain = forces(model, field)
    level.sweep(PRODUCT, x, d, b)
    close(spread(level, d), plain, 1e-6)
    level.sweep(RESIDUAL, x, d, b)
    close(spread(level, d), spread(level, filled(level, load, np.float64)) - plain, 1e-6)


@given(masks, seeds)
def test_smoothing_step(bone, seed):
    model = brick(bone, seed)
    free = level_of(model, Team(1))
    fixed = np.random.default_rng(seed).choice(free.places(), free.nodes, replace=False)
    level = level_of(model, Team(1), fixed)
    x, d, b = (filled(level, random_field(model, seed + n), np.float32) for n in range(3))
    for vector in (x, d, b):
        vector[fixed] = 0
    begun, moved = x.astype(float), d.astype(float)
    force = filled(level, forces(model, spread(level, x)), np.float64)
    # One over the diagonal of the stiffness, summed element by element.
    diagonal = np.zeros((int(np.prod(model.nodes_shape)), 3))
    for node in range(8):
        unit = np.diag(stiffness(BRICK, 0.3))[3 * node : 3 * node + 3]
        corner = np.zeros(model.nodes_shape)
        k, j, i = node // 4, node // 2 % 2, node % 2
        z, y, w = model.grid.shape
        corner[k : k + z, j : j + y, i : i + w] = model.modulus
        diagonal += corner.ravel()[:, None] * unit
    weights = filled(level, np.divide(1, diagonal, out=np.zeros_like(diagonal), where=diagonal > 0), float)
    step = 0.3 * moved + 0.2 * weights * (b - force)
    step[fixed] = 0
    level.sweep(SMOOTH, x, d, b, momentum=0.3, step=0.2)
    close(d, step, 3e-6)
    close(x, begun + step, 3e-6)


@given(masks, seeds)
def test_the_first_step_is_one_from_zero(bone, seed):
    level = level_of(brick(bone, seed), Team(1))
    load = random_field(brick(bone), seed)
    level.b[:] = filled(level, load, np.float32)
    level.x[:] = level.d[:] = 0
    level.smooth(3, from_zero=False)
    expected = level.x.copy()
    level.x[:] = level.d[:] = 7  # must not be looked at
    level.smooth(3, from_zero=True)
    close(level.x[level.places()], expected[level.places()], 1e-6)


@pytest.fixture(scope="module")
def large() -> Model:
    return brick(np.random.default_rng(1).random(LARGE) < 0.7)


@pytest.mark.parametrize("periodic", [False, True])
def test_slabs_and_rims(large, periodic):
    level = level_of(large, Team(1), periodic=periodic)
    assert level.packets.slab_start.size > 4
    field = random_field(large, 2)
    field = wrapped(large, field) if periodic else field
    p, out = filled(level, field, np.float64), np.empty(3 * level.rows.stride)
    doubles(large, level).apply(p, out)
    expected = forces(large, field)
    expected = folded(large, expected) if periodic else expected
    close(spread(level, out), expected, 1e-13)
    d = np.zeros(p.size, np.float32)
    level.sweep(PRODUCT, p.astype(np.float32), d, level.b)
    close(spread(level, d), expected, 1e-6)


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_bit(large, threads, periodic):
    found = []
    for count in (1, threads):
        team = Team(count)
        level = level_of(large, team, np.arange(50, 900), periodic=periodic)
        load = random_field(large, 3)
        level.b[:] = filled(level, wrapped(large, load) if periodic else load, np.float32)
        level.smooth(3, from_zero=True)
        p, out = level.x.astype(np.float64), np.empty(level.x.size)
        energy = doubles(large, level).apply(p, out)
        level.residual()
        found.append((energy, level.x.tobytes(), out[level.places()].tobytes(), level.d.tobytes()))
        team.close()
    assert found[0] == found[1]


def test_bound_is_above_every_eigenvalue():
    bone = np.random.default_rng(6).random((3, 4, 3)) < 0.6
    model = brick(bone)
    level = level_of(model, Team(1))
    operator, places = doubles(model, level), level.places()
    matrix = np.empty((places.size, places.size))
    for column, place in enumerate(places):
        p, out = np.zeros(3 * level.rows.stride), np.empty(3 * level.rows.stride)
        p[place] = 1
        operator.apply(p, out)
        matrix[:, column] = out[places]
    root = np.sqrt(np.diag(matrix))
    largest = np.linalg.eigvalsh(matrix / np.outer(root, root))[-1]
    assert largest <= level.bound * (1 + 1e-12)
    assert belongs(level.rows, level.packets).all()
