"""Random numbers: the published vectors of Philox 4x32-10, and their distribution."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.spheroid.agents.chance import FATE, MOVE, directions, normals, philox, uniforms

KNOWN = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def words(text: str) -> np.ndarray:
    return np.array([int(word, 16) for word in text.split()], np.uint64)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_the_known_answers_of_its_authors(counter, key, answer):
    found = words(counter)[None]
    philox(found, words(key))
    assert (found[0] == words(answer)).all()


def test_a_cell_draws_the_same_whoever_else_draws():
    many = normals(9, 4, np.arange(100), MOVE)
    assert (normals(9, 4, np.array([57]), MOVE)[0] == many[57]).all()


@pytest.mark.parametrize("other", [(8, 4, MOVE), (9, 5, MOVE), (9, 4, FATE)])
def test_seed_step_and_purpose_each_give_other_numbers(other):
    seed, step, purpose = other
    cells = np.arange(50)
    assert not np.any(uniforms(9, 4, cells, MOVE) == uniforms(seed, step, cells, purpose))


def test_mean_variance_and_independence():
    drawn = normals(1, 2, np.arange(50_000), MOVE)
    assert np.abs(drawn.mean(axis=0)).max() < 4 / np.sqrt(50_000)
    assert np.abs(np.cov(drawn.T) - np.eye(4)).max() < 0.03
    way = directions(1, 2, np.arange(50_000), MOVE)
    assert np.allclose(np.linalg.norm(way, axis=1), 1, atol=1e-12)
    assert np.abs(way.T @ way / 50_000 - np.eye(3) / 3).max() < 0.01
