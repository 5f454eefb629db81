"""Nodes in runs, elements in packets: complete, once each, and where they belong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from cpu_cases import LARGE, masks, moduli
from spondyl.mechanics.cpu.numbering import PAD, Packets, Rows, number
from spondyl.mechanics.cpu.places import belongs, compact, node_numbers
from spondyl.mechanics.cpu.vectorcode import LANES
from spondyl.mechanics.model import Model
from spondyl.mechanics.reference import element_nodes
from spondyl.threads import Team
from spondyl.volume import Grid


def numbered(modulus: np.ndarray, *, periodic: bool = False, threads: int = 1) -> tuple[Rows, Packets]:
    team = Team(threads)
    try:
        return number(modulus, team, periodic=periodic)
    finally:
        team.close()


def unpacked(rows: Rows, packets: Packets) -> np.ndarray:
    """Return the modulus that the packets give to each voxel, and check their four node rows."""
    numbers = np.append(node_numbers(rows), np.full(PAD, -1))
    nz, ny, nx = (int(n) for n in rows.shape)
    found, times = np.zeros((nz, ny, nx), np.float32), np.zeros((nz, ny, nx), int)
    lanes = packets.modulus.reshape(-1, LANES)
    for p, lane in zip(*np.nonzero(lanes), strict=True):
        assert lane < LANES - 1
        low, far, high, corner = numbers[packets.starts[4 * p : 4 * p + 4] + lane]
        k, rest = divmod(int(low), (ny + 1) * (nx + 1))
        j, i = divmod(rest, nx + 1)
        assert (far - low, high - low, corner - low) == (
            nx + 1,
            (ny + 1) * (nx + 1),
            (ny + 2) * (nx + 1),
        )
        assert packets.layer_start[k] <= p < packets.layer_start[k + 1]
        found[k, j, i] = lanes[p, lane]
        times[k, j, i] += 1
    assert times.max() == 1
    return found


@given(masks)
def test_packets_hold_every_element_once(bone):
    modulus = moduli(bone)
    rows, packets = numbered(modulus)
    np.testing.assert_array_equal(unpacked(rows, packets), modulus)
    assert not (packets.layer_start % 2).any()  # the float32 kernel takes two packets at a time


@given(masks)
def test_nodes_are_those_of_the_elements(bone):
    model = Model(Grid(bone.shape, (0.1,) * 3), moduli(bone))
    rows, packets = numbered(model.modulus)
    expected = np.unique(element_nodes(model))
    numbers = node_numbers(rows)
    np.testing.assert_array_equal(numbers, expected)
    assert belongs(rows, packets).all()
    planes = numbers // (model.nodes_shape[1] * model.nodes_shape[2])
    np.testing.assert_array_equal(
        rows.plane_start, np.searchsorted(planes, np.arange(model.nodes_shape[0] + 1))
    )


@given(masks)
def test_periodic_nodes_have_their_twins(bone):
    model = Model(Grid(bone.shape, (0.1,) * 3), moduli(bone))
    rows, packets = numbered(model.modulus, periodic=True)
    exists = np.zeros(model.nodes_shape, bool)
    exists.ravel()[element_nodes(model)] = True
    for _ in range(3):  # a corner has seven twins
        for axis in range(3):
            faces = np.moveaxis(exists, axis, 0)
            faces[0] |= faces[-1]
            faces[-1] = faces[0]
    np.testing.assert_array_equal(node_numbers(rows), np.flatnonzero(exists))
    np.testing.assert_array_equal(unpacked(rows, packets), model.modulus)
    own = np.isin(node_numbers(rows), element_nodes(model))
    np.testing.assert_array_equal(belongs(rows, packets), own)


@given(masks)
def test_places_of_nodes_are_found_again(bone):
    rows, _ = numbered(moduli(bone))
    numbers = node_numbers(rows)
    every = np.arange(-2, np.prod(np.array(bone.shape) + 1) + 2)
    expected = np.full(every.size, -1)
    expected[numbers + 2] = np.arange(numbers.size)
    np.testing.assert_array_equal(compact(rows, every), expected)


@pytest.mark.parametrize("threads", [2, 3])
def test_the_numbering_does_not_depend_on_threads(threads):
    modulus = moduli(np.random.default_rng(5).random(LARGE) < 0.6)
    for alone, shared in zip(numbered(modulus), numbered(modulus, threads=threads), strict=True):
        for one, other in zip(alone, shared, strict=True):
            np.testing.assert_array_equal(one, other)


def test_slabs_share_a_large_model_out_and_do_not_touch():
    full = np.ones(LARGE, np.float32)
    slabs = numbered(full)[1].slab_start
    assert (slabs[0], slabs[-1]) == (0, LARGE[0])
    assert slabs.size > 4
    assert np.diff(slabs).min() >= 2  # between two rims lies a plane of the slab's own
    lopsided = full.copy()
    lopsided[8:] = 0
    lopsided[:, 0, 0] = 1
    slabs = numbered(lopsided)[1].slab_start
    assert np.diff(slabs).min() >= 1
    assert (slabs[0], slabs[-1]) == (0, LARGE[0])


def test_small_models_are_one_slab():
    np.testing.assert_array_equal(numbered(np.ones((30, 6, 7), np.float32))[1].slab_start, [0, 30])
