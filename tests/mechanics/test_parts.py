"""Which elements hang together, against a search from voxel to voxel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanics_cases import box, every_node, face, noise
from spondyl.errors import MechanicsError
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.parts import held_parts, label_parts, labels_at_nodes
from spondyl.mechanics.reference import element_nodes
from spondyl.mechanics.supports import combine, hold, push


def set_voxels(shape: tuple[int, int, int], *voxels: tuple[int, int, int]) -> Model:
    modulus = np.zeros(shape)
    for voxel in voxels:
        modulus[voxel] = 1000
    return box(shape, modulus=modulus)


def searched(model: Model, *, periodic: bool) -> list[frozenset[tuple[int, ...]]]:
    """Return the sets of connected voxels, found by walking from neighbour to neighbour."""
    shape = model.grid.shape
    left = set(zip(*np.nonzero(model.modulus), strict=True))
    parts = []
    while left:
        todo = [left.pop()]
        part = set(todo)
        while todo:
            voxel = todo.pop()
            for step in np.ndindex(3, 3, 3):
                near = tuple(int(v) + s - 1 for v, s in zip(voxel, step, strict=True))
                if periodic:
                    near = tuple(n % size for n, size in zip(near, shape, strict=True))
                if near in left:
                    left.remove(near)
                    part.add(near)
                    todo.append(near)
        parts.append(frozenset(tuple(int(v) for v in voxel) for voxel in part))
    return sorted(parts, key=sorted)


@given(
    shape=st.tuples(*[st.integers(1, 6)] * 3),
    seed=st.integers(0, 10_000),
    share=st.sampled_from([0.08, 0.2]),
    periodic=st.booleans(),
)
@settings(max_examples=80)
def test_labels(shape: tuple[int, int, int], seed: int, share: float, periodic: bool) -> None:
    filled = np.random.default_rng(seed).random(shape) < share
    filled[0, 0, 0] = True
    model = box(shape, modulus=filled * 1000.0)
    parts = label_parts(model, periodic=periodic)
    found = []
    for part in range(1, parts.count + 1):
        voxels = zip(*np.nonzero(parts.labels == part), strict=True)
        found.append(frozenset(tuple(int(v) for v in voxel) for voxel in voxels))
    assert sorted(found, key=sorted) == searched(model, periodic=periodic)
    assert ((parts.labels > 0) == filled).all()


def test_a_shared_corner_connects_and_a_gap_does_not() -> None:
    assert label_parts(set_voxels((3, 3, 3), (0, 0, 0), (1, 1, 1))).count == 1
    assert label_parts(set_voxels((3, 3, 3), (0, 0, 0), (0, 0, 2))).count == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_labels_at_nodes_are_those_of_the_elements_around(seed: int) -> None:
    model = noise(seed, share=0.1)
    parts = label_parts(model)
    expected = np.zeros(every_node(model).size, int)
    expected[element_nodes(model)] = parts.labels[model.modulus > 0][:, None]
    np.testing.assert_array_equal(labels_at_nodes(parts, every_node(model)), expected)
    some = every_node(model)[5::3]
    np.testing.assert_array_equal(labels_at_nodes(parts, some), expected[some])


def test_only_parts_that_nothing_holds_are_removed() -> None:
    model = set_voxels((5, 5, 5), (0, 0, 0), (0, 2, 2), (0, 2, 3), (4, 4, 4))
    held = held_parts(model, hold(model, face(model, "z", 0)))
    assert (held.removed_elements, held.removed_parts) == (1, 1)
    assert (held.model.modulus > 0).sum() == 3
    assert held.model.modulus[4, 4, 4] == 0
    assert model.modulus[4, 4, 4] == 1000
    assert (held.model.grid, held.model.poisson) == (model.grid, model.poisson)


def test_one_degree_of_freedom_at_one_node_holds_a_part() -> None:
    model = set_voxels((3, 3, 3), (0, 0, 0), (2, 2, 2))
    corner = every_node(model)[[-1]]
    held = held_parts(model, hold(model, corner, "y"))
    assert (held.removed_elements, held.removed_parts) == (1, 1)
    assert held.model.modulus[2, 2, 2] == 1000


def test_the_same_model_comes_back_when_everything_is_held() -> None:
    model = box((2, 2, 2))
    assert held_parts(model, hold(model, face(model, "x", 0))).model is model
    loose = set_voxels((3, 3, 3), (0, 0, 0), (2, 2, 2))
    assert held_parts(loose, Conditions(periodic=True)).model is loose


def test_known_parts_are_used() -> None:
    model = set_voxels((3, 3, 3), (0, 0, 0), (2, 2, 2))
    conditions = hold(model, face(model, "z", 0))
    known = label_parts(model)
    assert held_parts(model, conditions, known).removed_parts == 1
    # A model from which parts were removed may be asked with the parts of the whole.
    rest = held_parts(model, conditions, known).model
    assert held_parts(rest, conditions, label_parts(rest)).model is rest


def test_nothing_held() -> None:
    model = set_voxels((3, 3, 3), (0, 0, 0), (2, 2, 2))
    with pytest.raises(MechanicsError, match=r"supports: found no displacement .* of its 2 part"):
        held_parts(model, Conditions())


def test_force_on_a_part_that_nothing_holds() -> None:
    model = set_voxels((3, 3, 3), (0, 0, 0), (2, 2, 2))
    low = hold(model, face(model, "z", 0))
    loose = combine(low, push(model, face(model, "z", -1), z=1.0))
    with pytest.raises(MechanicsError, match=r"forces: found forces on 1 of 2 parts"):
        held_parts(model, loose)
    fine = combine(low, push(model, every_node(model)[[0]], z=1.0))
    assert held_parts(model, fine).removed_parts == 1
