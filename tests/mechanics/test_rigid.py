"""Rigid motion that nothing holds: found, removed, and refused when it is driven."""

from __future__ import annotations

import numpy as np
import pytest

from mechanics_cases import SPACING, box, every_node, face, noise, porous
from spondyl.errors import MechanicsError
from spondyl.mechanics.model import Conditions
from spondyl.mechanics.parts import held_parts, label_parts, labels_at_nodes
from spondyl.mechanics.platens import platens
from spondyl.mechanics.reference import element_nodes
from spondyl.mechanics.rigid import node_positions, refuse_unheld_forces, remove_unheld_motion
from spondyl.mechanics.supports import combine, hold, push


def close(found: np.ndarray, expected: np.ndarray, rtol: float = 1e-8) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=rtol * np.abs(expected).max())


def test_only_motion_that_nothing_holds_is_removed() -> None:
    model = porous(8)
    nodes = np.unique(element_nodes(model))
    r = node_positions(model, nodes)
    rng = np.random.default_rng(1)
    shift, turn = rng.normal(size=(3, 1)), rng.normal(size=3)
    moved = shift + np.cross(turn, r.T).T
    hinge = hold(model, nodes[[0]])
    tilting = combine(hinge, hold(model, nodes[[-1]], "z"))
    sliding = platens(model, kind="frictionless")
    for held, left in ((platens(model), 6), (hinge, 3), (tilting, 4), (sliding, 3)):
        remaining = remove_unheld_motion(model, held, nodes, moved)
        again = remove_unheld_motion(model, held, nodes, remaining)
        close(again, remaining)
        gone = moved - remaining
        held_at = np.searchsorted(nodes, held.nodes)
        assert np.abs(gone[held.components, held_at]).max(initial=0) < 1e-12
        assert np.linalg.norm(remaining) <= np.linalg.norm(moved) * (1 + 1e-12)
        assert (left == 6) == (np.abs(gone).max() == 0)
    np.testing.assert_allclose(remove_unheld_motion(model, Conditions(), nodes, moved), 0, atol=1e-12)


def test_each_part_loses_its_own_motion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spondyl.mechanics.rigid.BLOCK", 7)
    model = noise(3, share=0.1)
    held = platens(model, "x", kind="frictionless")
    model = held_parts(model, held).model
    nodes = np.unique(element_nodes(model))
    label = labels_at_nodes(label_parts(model), nodes).astype(int)
    assert label.max() > 2
    rng = np.random.default_rng(2)
    shift, turn = rng.normal(size=(2, 3, label.max() + 1))
    shift[0] = turn[1] = turn[2] = 0
    moved = shift[:, label] + np.cross(turn[:, label].T, node_positions(model, nodes).T).T
    strain = np.outer([0.1, 0, 0], node_positions(model, nodes)[0])
    still = remove_unheld_motion(model, held, nodes, strain)
    close(remove_unheld_motion(model, held, nodes, strain + moved), still)


@pytest.mark.parametrize("unit", [1e-7, 1.0, 1e7])
def test_unit_of_length_does_not_decide_what_is_held(unit: float) -> None:
    model = box((3, 4, 5), tuple(unit * s for s in SPACING))
    nodes = every_node(model)
    x, y, z = node_positions(model, nodes)
    held = platens(model, kind="frictionless")
    tilt = np.stack([0 * x, -z, y])
    close(remove_unheld_motion(model, held, nodes, tilt)[2], y)
    slide = np.stack([np.full_like(x, unit), 0 * y, 0 * z])
    assert np.abs(remove_unheld_motion(model, held, nodes, slide)).max() < 1e-12 * unit


def test_forces_that_drive_a_free_motion_are_refused() -> None:
    model = box((4, 3, 3))
    frictionless = platens(model, kind="frictionless")
    side = face(model, "x", 0)
    refuse_unheld_forces(model, frictionless)
    refuse_unheld_forces(model, combine(platens(model), push(model, side, x=1.0)))
    refuse_unheld_forces(model, combine(frictionless, push(model, side, z=1.0)))
    squeezed = combine(frictionless, push(model, side, x=1.0), push(model, face(model, "x", -1), x=-1.0))
    refuse_unheld_forces(model, squeezed)
    turned = push(model, every_node(model)[[5, 6]], y=[1.0, -1.0])
    for drive in (push(model, side, x=1.0), push(model, side, y=1e-3), turned):
        with pytest.raises(MechanicsError, match=r"forces: found 1 part\(s\) pushed along a rigid motion"):
            refuse_unheld_forces(model, combine(squeezed, drive))


def test_forces_on_a_periodic_model_must_balance() -> None:
    model = box((3, 3, 3))
    periodic = Conditions(periodic=True)
    nodes = every_node(model)[[0, 21]]
    refuse_unheld_forces(model, combine(periodic, push(model, nodes, x=[1.0, -1.0])))
    with pytest.raises(MechanicsError, match="pushed along a rigid motion"):
        refuse_unheld_forces(model, combine(periodic, push(model, nodes, x=[1.0, 1.0])))
