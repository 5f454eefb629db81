"""Vector operations against plain NumPy, and the same to the last bit whatever the number of threads."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.mechanics.cpu.vectors import BLOCK, Vectors
from spondyl.threads import SMALL, Team

SIZES = [5, BLOCK, 3 * BLOCK + 17]


@pytest.fixture(params=SIZES)
def three(request) -> tuple[Vectors, np.ndarray]:
    vectors = np.random.default_rng(request.param).normal(size=(3, request.param))
    return Vectors(Team(1), request.param), vectors


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_dots(three, kind):
    work, vectors = three
    a, b, c = vectors.astype(kind)
    expected = float(a.astype(float) @ b), float(a.astype(float) @ c)
    scale = float(np.linalg.norm(a) * np.linalg.norm(b))
    # Even of single precision vectors the sum is taken in double precision.
    assert work.dots(a, b, c) == pytest.approx(expected, rel=0, abs=1e-14 * scale)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_follow(three, kind):
    work, (p, z, _) = three
    p, z = p.astype(kind), z.astype(kind)
    found = p.copy()
    work.follow(found, z, 0.3)
    atol = 20 * float(np.finfo(kind).eps) * float(np.abs(p).max())
    np.testing.assert_allclose(found, z + kind(0.3) * p, rtol=0, atol=atol)


def test_advance(three):
    work, (x, r, p) = three
    q, b = x - r, np.empty(x.size, np.float32)
    new_x, new_r = x.copy(), r.copy()
    squares = work.advance(new_x, new_r, p, q, 0.2, b, 10.0)
    np.testing.assert_allclose(new_x, x + 0.2 * p, atol=1e-14)
    np.testing.assert_allclose(new_r, r - 0.2 * q, atol=1e-14)
    np.testing.assert_allclose(b, 10 * new_r, rtol=1e-7)
    assert squares == pytest.approx(float(new_r @ new_r), rel=1e-13)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_bit(kind, threads):
    size = 3 * SMALL + 1000
    x, r, p, q = np.random.default_rng(4).normal(size=(4, size)).astype(kind)
    found = []
    for count in (1, threads):
        team = Team(count)
        work, b = Vectors(team, size), np.empty(size, np.float32)
        vectors = [x.copy(), r.copy(), p.copy()]
        numbers = [*work.dots(x, r, q), work.advance(*vectors, q, 0.2, b, 3.0)]
        work.follow(vectors[2], q, 0.1)
        found.append([*numbers, *(v.tobytes() for v in vectors), b.tobytes()])
        team.close()
    assert found[0] == found[1]
