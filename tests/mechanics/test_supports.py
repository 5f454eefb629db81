"""Building conditions from masks and node numbers."""

from __future__ import annotations

import numpy as np
import pytest

from mechanics_cases import box, every_node, face, noise
from spondyl.errors import MechanicsError
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.reference import element_nodes
from spondyl.mechanics.supports import combine, hold, move, on_elements, push


def entries(conditions: Conditions) -> set[tuple[int, int, float]]:
    columns = (conditions.nodes, conditions.components, conditions.values)
    return {(int(n), int(c), float(v)) for n, c, v in zip(*columns, strict=True)}


def forces(conditions: Conditions) -> set[tuple[int, int, float]]:
    columns = (conditions.force_nodes, conditions.force_components, conditions.force_values)
    return {(int(n), int(c), float(v)) for n, c, v in zip(*columns, strict=True)}


def pair() -> Model:
    return box((1, 1, 3), modulus=np.array([[[1000.0, 1000.0, 0.0]]]))


def test_hold() -> None:
    model = pair()
    assert entries(hold(model, np.array([0, 5]), "xz")) == {(0, 0, 0), (0, 2, 0), (5, 0, 0), (5, 2, 0)}
    assert entries(hold(model, face(model, "x", 0), "y")) == {(n, 1, 0) for n in (0, 4, 8, 12)}
    assert hold(model, np.array([3, 1])).nodes.size == 6


def test_move() -> None:
    model = pair()
    assert entries(move(model, np.array([4, 2]), x=[0.5, -1], z=2)) == {
        (4, 0, 0.5), (2, 0, -1.0), (4, 2, 2.0), (2, 2, 2.0),
    }  # fmt: skip


def test_push_shares_a_total_among_nodes_of_elements() -> None:
    model = pair()
    # Node 3 belongs to no element; of the others each takes a quarter.
    assert forces(push(model, np.array([0, 1, 2, 3, 4]), y=2.0)) == {(n, 1, 0.5) for n in (0, 1, 2, 4)}
    assert forces(push(model, np.array([1, 2]), x=[3.0, 0.0], z=[0.0, -4.0])) == {(1, 0, 3.0), (2, 2, -4.0)}


def test_combine() -> None:
    model = pair()
    one, two = hold(model, np.array([0])), push(model, np.array([1]), x=1.0)
    strain = (0.01, 0.0, 0.0, 0.0, 0.0, 0.0)
    all_of_it = combine(one, two, move(model, np.array([0]), x=1.0), Conditions(periodic=True, strain=strain))
    assert all_of_it.nodes.tolist() == [0, 0, 0, 0]
    assert all_of_it.values.tolist() == [0, 0, 0, 1]
    assert forces(all_of_it) == {(1, 0, 1.0)}
    assert (all_of_it.periodic, all_of_it.strain) == (True, strain)
    assert not combine(one, two).periodic
    assert [getattr(combine(one), name).dtype for name in ("nodes", "components", "values")] == [
        np.int64, np.int8, np.float64,
    ]  # fmt: skip
    with pytest.raises(MechanicsError, match="2 different mean strains"):
        combine(Conditions(periodic=True, strain=strain), Conditions(periodic=True))


@pytest.mark.parametrize("seed", [1, 2])
def test_nodes_of_elements(seed: int) -> None:
    model = noise(seed, share=0.1)
    expected = np.isin(every_node(model), element_nodes(model))
    np.testing.assert_array_equal(on_elements(model, every_node(model)), expected)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda m: hold(m, np.array([0]), "w"), "axis: found 'w'"),
        (lambda m: hold(m, np.array([0]), ""), "axes: found none"),
        (lambda m: hold(m, np.array([3])), "nodes: found 1 nodes, none of which belongs to an element"),
        (lambda m: hold(m, np.array([], int)), "nodes: found 0 nodes"),
        (
            lambda m: hold(m, np.array([-1, 2])),
            "nodes: found numbers from -1 to 2; must lie between 0 and 15",
        ),
        (lambda m: hold(m, np.array([16])), "nodes: found numbers from 16 to 16"),
        (lambda m: hold(m, np.array([0.0])), "nodes: found an array of float64 with 1 dimensions"),
        (
            lambda m: hold(m, np.ones((1, 1, 3), bool)),
            r"nodes: found a mask of shape \(1, 1, 3\); .* \(2, 2, 4\)",
        ),
        (lambda m: move(m, np.array([0])), "displacement: found none"),
        (
            lambda m: move(m, np.array([0]), x=np.nan),
            "displacement: found a value that is not a finite number",
        ),
        (lambda m: move(m, np.array([0, 1]), x=[1, 2, 3]), r"displacement: found values of shape \(3,\)"),
        (lambda m: push(m, np.array([0])), "force: found zero"),
        (lambda m: push(m, np.array([0]), z=np.inf), "force: found a value that is not a finite number"),
    ],
)
def test_refusals(build, message: str) -> None:
    with pytest.raises(MechanicsError, match=message):
        build(pair())
