"""Coarse levels whose nodes are split between the parts of the bone that pass each other."""

from __future__ import annotations

import itertools

import cc3d
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpu_cases import LARGE, level_of, masks, moduli, seeds
from spondyl.mechanics.cpu.coarse_mesh import mesh_of_mesh
from spondyl.mechanics.cpu.hierarchy import Split, coarser
from spondyl.mechanics.cpu.lanes import coefficients
from spondyl.mechanics.cpu.layout import Layout, lay_out
from spondyl.mechanics.cpu.level import Level
from spondyl.mechanics.cpu.mesh import Mesh, mesh_of_voxels
from spondyl.mechanics.cpu.multigrid import prolong, restrict
from spondyl.mechanics.cpu.places import compact
from spondyl.mechanics.cpu.strips import Strips
from spondyl.mechanics.cpu.sweep import PRODUCT
from spondyl.mechanics.cpu.voxel_parts import parts_around
from spondyl.mechanics.element import stiffness
from spondyl.mechanics.model import Model
from spondyl.threads import Team
from spondyl.volume import Grid

UNIT = stiffness((0.3, 0.2, 0.1), 0.3)
BITS = [(b >> 2 & 1, b >> 1 & 1, b & 1) for b in range(8)]

Hierarchy = tuple[list[Level], list[Strips], list[Mesh | None]]


def levels_of(modulus: np.ndarray, threads: int = 1, depth: int = 3) -> Hierarchy:
    """Return levels, the strips between them, and the meshes they were made of."""
    model = Model(Grid(modulus.shape, (0.3, 0.2, 0.1)), modulus)
    levels, strips = [level_of(model, Team(threads))], []
    meshes: list[Mesh | None] = [None]
    split = Split(levels[0], modulus)
    for _ in range(depth):
        level, between = split.next(UNIT, coefficients(UNIT))
        levels.append(level)
        strips.append(between)
        meshes.append(split.mesh)
    return levels, strips, meshes


def spread(level: Level, vector: np.ndarray) -> np.ndarray:
    """Give ghosts the values of their masters, in place."""
    by_component = vector.reshape(3, -1)
    by_component[:, level.held.ghosts] = by_component[:, level.held.masters]
    return vector


def displacement(level: Level, rng: np.random.Generator) -> np.ndarray:
    field = np.zeros(level.x.size, np.float32)
    field[level.places()] = rng.normal(size=3 * level.nodes)
    return spread(level, field)


def forces(level: Level, rng: np.random.Generator) -> np.ndarray:
    field = displacement(level, rng)
    field.reshape(3, -1)[:, level.held.ghosts] = 0
    return field


def to_fine(levels: list[Level], strips: list[Strips], depth: int, field: np.ndarray) -> np.ndarray:
    fine = levels[depth]
    fine.x[:] = 0
    prolong(fine, levels[depth + 1], strips[depth], field)
    return fine.x.copy()


@given(st.integers(0, 2**64 - 1))
def test_parts_of_64_voxels(bits):
    voxels = np.array([bits >> n & 1 for n in range(64)], np.uint8).reshape(4, 4, 4)
    expected = cc3d.connected_components(voxels, connectivity=26)
    octants = voxels.reshape(2, 2, 2, 2, 2, 2).transpose(0, 2, 4, 1, 3, 5).reshape(8, 8)
    block = (octants * 2 ** np.arange(8)).sum(axis=1).astype(np.uint8)
    found = np.full(8, -1, np.int32)
    assert parts_around(block, found) == expected.max()
    labels = expected.reshape(2, 2, 2, 2, 2, 2).transpose(0, 2, 4, 1, 3, 5).reshape(8, 8).max(axis=1)
    for one, other in itertools.combinations(np.flatnonzero(block), 2):
        assert (found[one] == found[other]) == (labels[one] == labels[other])


def test_two_plates_that_do_not_touch_share_no_node():
    bone = np.zeros((12, 12, 12), bool)
    bone[:, :, 4] = bone[:, :, 6] = True  # one voxel of nothing between: nodes at x = 3 of the coarse grid
    mesh, _ = mesh_of_voxels(bone.astype(np.float32), Team(1))
    one, other = (set(mesh.corner.reshape(-1, 8)[mesh.x == x].ravel()) for x in (2, 3))
    assert not one & other
    bone[5, 5, 5] = True  # a bridge joins them where it is near, and nowhere else
    mesh, _ = mesh_of_voxels(bone.astype(np.float32), Team(1))
    rows = [mesh.corner.reshape(-1, 8)[(mesh.x == x) & (mesh.row // 6 == 2)] for x in (2, 3)]
    assert {int(n) for n in rows[0].ravel()} & {int(n) for n in rows[1].ravel()}
    far = [mesh.corner.reshape(-1, 8)[(mesh.x == x) & (mesh.row // 6 == 5)] for x in (2, 3)]
    assert not {int(n) for n in far[0].ravel()} & {int(n) for n in far[1].ravel()}


@given(masks)
def test_no_stiffness_is_lost(bone):
    modulus = moduli(bone)
    mean = modulus.astype(float)
    for mesh in levels_of(modulus)[2][1:]:
        mean = coarser(mean.astype(np.float32)).astype(float)
        found = np.zeros(tuple(mesh.shape))
        lines = int(mesh.shape[1])
        np.add.at(found, (mesh.row // lines, mesh.row % lines, mesh.x), mesh.modulus)
        np.testing.assert_allclose(found, mean, rtol=1e-6)


def corners(layout: Layout) -> np.ndarray:
    """Return the master of each corner of each element, (elements, 8)."""
    stands = np.arange(layout.rows.stride)
    stands[layout.ghosts] = layout.masters
    return stands[(layout.starts.reshape(-1, 4, 1) + np.arange(2)).reshape(-1, 8)]


@given(masks)
def test_every_node_has_one_master(bone):
    for mesh in levels_of(moduli(bone))[2][1:]:
        layout = lay_out(mesh, Team(1))
        plane = (mesh.row // int(mesh.shape[1]))[:, None] + np.array([b[0] for b in BITS])
        pairs = np.stack([plane, mesh.corner.reshape(-1, 8), corners(layout)], -1).reshape(-1, 3)
        pairs = np.unique(pairs, axis=0)
        assert len(pairs) == mesh.plane_nodes.sum() == len(np.unique(pairs[:, 2]))
        np.testing.assert_array_equal(
            np.searchsorted(layout.rows.plane_start, pairs[:, 2], side="right") - 1, pairs[:, 0]
        )
        assert layout.rows.run_length.sum() == layout.rows.plane_start[-1]


@given(masks, seeds)
def test_the_packets_give_the_forces_of_all_elements(bone, seed):
    levels, _, meshes = levels_of(moduli(bone))
    for level, mesh in zip(levels[1:], meshes[1:], strict=True):
        field = displacement(level, np.random.default_rng(seed))
        found = np.zeros_like(field)
        level.sweep(PRODUCT, field, found, level.b)
        places = corners(lay_out(mesh, Team(1)))
        at = (places[:, :, None] + np.arange(3) * level.rows.stride).reshape(-1, 24)
        expected = np.zeros(field.size)
        np.add.at(expected, at, (field.astype(float)[at] @ UNIT) * mesh.modulus[:, None])
        np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6 * np.abs(expected).max())


@given(masks, seeds)
def test_restriction_is_the_transpose_of_interpolation(bone, seed):
    levels, strips, _ = levels_of(moduli(bone))
    rng = np.random.default_rng(seed)
    for depth, between in enumerate(strips):
        fine, coarse = levels[depth : depth + 2]
        force, field = forces(fine, rng), displacement(coarse, rng)
        moved = to_fine(levels, strips, depth, field)
        gathered = np.full_like(coarse.b, np.nan)
        gathered.reshape(3, -1)[:, coarse.nodes :] = 0
        restrict(fine, coarse, between, force, gathered)
        assert not gathered.reshape(3, -1)[:, coarse.held.ghosts].any()
        size = float(np.linalg.norm(force) * np.linalg.norm(moved))
        work = float(force.astype(float) @ moved)
        assert work == pytest.approx(float(gathered.astype(float) @ field), rel=0, abs=2e-6 * size)


def weights(cells: np.ndarray) -> np.ndarray:
    """Return what each corner of the coarse voxel gives to each of a fine one in it, (elements, 8, 8)."""
    bits = np.array(BITS)
    places = (cells[:, None, None, :] % 2 + bits[:, None, :]) / 2
    return np.where(bits, places, 1 - places).prod(axis=-1)


@given(masks, seeds)
def test_a_part_moves_with_its_own_nodes(bone, seed):
    modulus = moduli(bone)
    levels, strips, _ = levels_of(modulus)
    mesh, element = mesh_of_voxels(modulus, Team(1))
    voxels = np.argwhere(bone)
    nodes = (voxels[:, None, :] + np.array(BITS)) @ [
        (bone.shape[1] + 1) * (bone.shape[2] + 1),
        bone.shape[2] + 1,
        1,
    ]
    places = compact(levels[0].rows, nodes.ravel()).reshape(-1, 8)
    follows(
        levels,
        strips,
        0,
        seed,
        voxels,
        places,
        element[tuple((voxels // 2).T)],
        corners(lay_out(mesh, Team(1))),
    )
    fine = mesh
    for depth in (1, 2):
        coarse, parent = mesh_of_mesh(fine, Team(1))
        lines = int(fine.shape[1])
        cells = np.stack([fine.row // lines, fine.row % lines, fine.x], 1)
        both = [corners(lay_out(each, Team(1))) for each in (fine, coarse)]
        follows(levels, strips, depth, seed, cells, both[0], parent, both[1])
        fine = coarse


def follows(
    levels: list[Level],
    strips: list[Strips],
    depth: int,
    seed: int,
    cells: np.ndarray,
    places: np.ndarray,
    parent: np.ndarray,
    above: np.ndarray,
) -> None:
    """Check the displacement of each corner of each element against that of the element it lies in."""
    coarse = levels[depth + 1]
    field = displacement(coarse, np.random.default_rng(seed))
    found = to_fine(levels, strips, depth, field).reshape(3, -1)
    expected = np.einsum("eab,ceb->cea", weights(cells), field.reshape(3, -1)[:, above[parent]])
    np.testing.assert_allclose(found[:, places], expected, rtol=0, atol=1e-5)


@given(masks)
def test_linear_fields_are_interpolated_exactly(bone):
    levels, strips, _ = levels_of(moduli(bone))
    fields = [linear(level, 2.0**depth) for depth, level in enumerate(levels)]
    for depth in range(len(strips)):
        found = to_fine(levels, strips, depth, fields[depth + 1])
        places = levels[depth].places()
        np.testing.assert_array_equal(found[places], fields[depth][places])


def linear(level: Level, size: float) -> np.ndarray:
    """Return a displacement that is a linear function of the place in the grid of the finest level."""
    field = np.zeros((3, level.rows.stride), np.float32)
    lines = int(level.rows.shape[1]) + 1
    for row in range(level.rows.row_start.size - 1):
        for run in range(level.rows.row_start[row], level.rows.row_start[row + 1]):
            n = np.arange(level.rows.run_length[run])
            k, j, i = row // lines, row % lines, level.rows.run_x[run] + n
            at = level.rows.run_node[run] + n
            field[:, at] = size * np.stack([i + 2 * j, j - 3 * k + 0 * i, k + i]) + [[1], [2], [3]]
    return field.ravel()


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_bit(threads):
    modulus = moduli(np.random.default_rng(8).random(LARGE) < 0.3)
    kept = []
    for count in (1, threads):
        levels, strips, meshes = levels_of(modulus, count)
        arrays = [a for mesh in meshes[1:] for a in mesh]
        for level, between in zip(levels[1:], strips, strict=True):
            arrays += [*level.rows[2:], *level.packets, level.held.masters, level.held.ghosts, *between]
        kept.append([np.asarray(a).tobytes() for a in arrays])
        levels[0].team.close()
    assert kept[0] == kept[1]
    assert levels[1].held.ghosts.size > 100  # nodes are split here, and some have ghosts
