"""What platens hold, what end layers add, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from mechanics_cases import SPACING, box, face, face_force, solved
from spondyl.errors import MechanicsError
from spondyl.mechanics.model import Model
from spondyl.mechanics.platens import check_contact, platens, with_end_layers
from spondyl.volume import Grid

AXES = ["x", "y", "z"]


def along(axis: str) -> int:
    return "zyx".index(axis)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("kind", ["bonded", "frictionless"])
def test_what_is_held_and_moved(axis: str, kind: str) -> None:
    model = box((3, 4, 5))
    c = platens(model, axis, 0.02, kind)
    low, high = (np.flatnonzero(face(model, axis, end)) for end in (0, -1))
    length = model.grid.size_mm[along(axis)]
    across = [a for a in AXES if a != axis] if kind == "bonded" else []
    expected = {(n, a): 0.0 for a in [axis, *across] for n in low} | {
        (n, a): 0.0 for a in across for n in high
    }
    expected |= {(n, axis): -0.02 * length for n in high}
    found = {(n, "xyz"[a]): v for n, a, v in zip(c.nodes, c.components, c.values, strict=True)}
    assert found == pytest.approx(expected)
    assert c.nodes.size == len(expected)
    assert c.force_nodes.size == 0
    assert not c.periodic


def test_only_nodes_of_elements_on_the_face() -> None:
    modulus = np.zeros((3, 4, 4))
    modulus[:, 1, 2] = 1000
    modulus[1, 3, 0] = 1000
    modulus[2, 2, 3] = 1000
    model = box((3, 4, 4), modulus=modulus)
    c = platens(model, "z", kind="frictionless")
    low, high = (
        {tuple(map(int, np.unravel_index(n, model.nodes_shape))) for n in c.nodes[c.values * s >= e]}
        for s, e in ((-1, 0), (-1, 1e-9))
    )
    assert high == {(3, j, i) for j, i in [(1, 2), (1, 3), (2, 2), (2, 3), (2, 4), (3, 3), (3, 4)]}
    assert low - high == {(0, j, i) for j in (1, 2) for i in (2, 3)}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"strain": 0.0}, "strain: found 0; must be a number above 0"),
        ({"strain": float("nan")}, "strain: found nan; must be a number above 0"),
        ({"strain": float("inf")}, "strain: found inf"),
        ({"strain": 1.0}, r"strain: found 1; .* \(0.01 is 1 %\)"),
        ({"axis": "Z"}, "axis: found 'Z'; must be 'x', 'y' or 'z'. Did you mean 'z'?"),
        ({"axis": "axial"}, "axis: found 'axial'"),
        (
            {"kind": "bondet"},
            "platens: found 'bondet'; must be bonded or frictionless. Did you mean 'bonded'?",
        ),
    ],
)
def test_refusals(given: dict[str, object], message: str) -> None:
    with pytest.raises(MechanicsError, match=message.replace("?", r"\?")):
        platens(box((2, 2, 2)), **given)


def test_no_bone_at_a_platen() -> None:
    modulus = np.zeros((9, 3, 3))
    modulus[2:8, 1, 1] = 1000
    model = box((9, 3, 3), modulus=modulus)
    with pytest.raises(MechanicsError) as both:
        platens(model)
    assert str(both.value).startswith(
        "bone at the platens: found 2 empty layers (0.6 mm) before the low face and 1 empty layer (0.3 mm) "
        "before the high face along z, with 6 elements between; must reach both faces"
    )
    modulus[8, 1, 1] = 1000
    with pytest.raises(
        MechanicsError, match=r"found 2 empty layers \(0.6 mm\) before the low face along z"
    ) as one:
        check_contact(box((9, 3, 3), modulus=modulus))
    assert "high" not in str(one.value)


def test_disconnected_bridge() -> None:
    modulus = np.zeros((8, 4, 4))
    modulus[:3, 0, 0] = 1000
    modulus[4:, 0, 0] = 1000
    modulus[6:, 2, 2] = 1000
    model = box((8, 4, 4), modulus=modulus)
    platens(model)
    with pytest.raises(MechanicsError) as raised:
        check_contact(model, "z")
    assert str(raised.value).startswith(
        "bone between the platens: found 3 parts, none from face to face along z: from the low face 1 of 3 "
        "elements up to 0.9 mm, from the high face 2 of 6 elements down to 1.2 mm; must be connected"
    )
    modulus[3, 1, 1] = 1000
    check_contact(box((8, 4, 4), modulus=modulus), "z")


@pytest.mark.parametrize("axis", AXES)
def test_end_layers(axis: str) -> None:
    modulus = np.zeros((4, 5, 6))
    modulus[1:3, 2:4, 1:5] = 1000
    grid = Grid((4, 5, 6), SPACING, (7.0, 8.0, 9.0), ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)))
    model = Model(grid, modulus)
    size = SPACING[along(axis)]
    longer = with_end_layers(model, axis, 2.2 * size, 5.0)
    inner = [slice(None)] * 3
    inner[along(axis)] = slice(2, -2)
    np.testing.assert_array_equal(longer.modulus[tuple(inner)], model.modulus)
    disc = longer.modulus == 5
    extent = [np.flatnonzero(disc.any(axis=tuple(set(range(3)) - {a}))) for a in range(3)]
    counts = {"z": (2 + 2, 2, 4), "y": (2, 2 + 2, 4), "x": (2, 2, 2 + 2)}[axis]
    assert disc.sum() == np.prod(counts)
    assert [e.size for e in extent] == list(counts)
    # The first voxel of bone lies where it lay.
    axes = np.array(grid.axes)
    before = np.array(grid.origin_mm) + axes @ (np.array(SPACING) * [1, 2, 1])
    index = np.array([1, 2, 1])
    index[along(axis)] += 2
    after = np.array(longer.grid.origin_mm) + np.array(longer.grid.axes) @ (np.array(SPACING) * index)
    np.testing.assert_allclose(after, before, rtol=1e-14)


def test_end_layers_act_as_springs_in_series() -> None:
    model = box((4, 3, 3), poisson=0.0)
    longer = with_end_layers(model, "z", 0.6, 50.0)
    assert longer.grid.shape == (8, 3, 3)
    solution = solved(longer, platens(longer, "z", 0.01, "frictionless"), "reference")
    apparent = 1 / np.mean([1 / 50, 1 / 50, 1 / 1000, 1 / 1000])
    expected = -apparent * 0.01 * 0.3 * 0.6
    assert face_force(solution, "z", -1, "z") == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("thickness", "modulus", "messages"),
    [
        (0.0, 5.0, ["end layer thickness: found 0 mm; must be at least one voxel, 0.3 mm."]),
        (0.14, 5.0, ["end layer thickness: found 0.14 mm"]),
        (float("nan"), 5.0, ["end layer thickness: found nan mm"]),
        (1.0, 0.0, ["end layer modulus: found 0 MPa; must be finite and above zero."]),
        (-1.0, float("nan"), ["end layer thickness: found -1 mm", "end layer modulus: found nan MPa"]),
    ],
)
def test_end_layers_refused(thickness: float, modulus: float, messages: list[str]) -> None:
    with pytest.raises(MechanicsError) as raised:
        with_end_layers(box((2, 2, 2)), "z", thickness, modulus)
    assert len(raised.value.mistakes) == len(messages)
    for message in messages:
        assert message in str(raised.value)
