"""Models, loads and backends shared by the tests of the mechanics engine."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, label

from spondyl.mechanics.element import GAUSS_POINTS, strain_displacement
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.reference import element_nodes
from spondyl.mechanics.rigid import node_positions
from spondyl.mechanics.solution import Solution
from spondyl.mechanics.solve import solve
from spondyl.mechanics.supports import move, on_elements, push
from spondyl.volume import Grid

BACKENDS = ("reference", "cpu", "cuda")
FAST = tuple(name for name in BACKENDS if name != "reference")

SPACING = (0.3, 0.2, 0.1)
"""Voxels no two edges of which are equal (z, y, x)."""

Field = Callable[[np.ndarray], np.ndarray]


def present(backend: str) -> str:
    """Return the backend, or skip the test where the machine has none."""
    if backend == "cuda":
        cupy = pytest.importorskip("cupy", reason="the cuda backend needs CuPy")
        try:
            devices = cupy.cuda.runtime.getDeviceCount()
        except cupy.cuda.runtime.CUDARuntimeError:
            devices = 0
        if not devices:
            pytest.skip("the cuda backend needs a GPU")
    return backend


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Every backend this machine has."""
    return present(request.param)


@pytest.fixture(params=FAST)
def fast(request: pytest.FixtureRequest) -> str:
    """Every backend but the reference."""
    return present(request.param)


def solved(
    model: Model, conditions: Conditions, backend: str, tolerance: float = 1e-11, **more: object
) -> Solution:
    """Return a solution that is sure to come from this backend and to be as good as asked."""
    solution = solve(model, conditions, tolerance=tolerance, max_iterations=20_000, backend=backend, **more)
    assert solution.backend == backend
    assert solution.relative_residual <= tolerance
    return solution


def box(
    shape: tuple[int, int, int], spacing=SPACING, modulus: object = 1000.0, poisson: float = 0.3
) -> Model:
    """Return a model with every voxel filled; the modulus is one number or an array that broadcasts."""
    return Model(Grid(tuple(shape), spacing), np.broadcast_to(np.float32(modulus), shape), poisson)


def porous(seed: int, shape=(7, 8, 9), spacing=SPACING, share: float = 0.5, contrast: float = 1.0) -> Model:
    """Return a random network without hinges that reaches all faces: one part connected through faces.

    Its moduli are spread evenly over the decades of the contrast.
    """
    rng = np.random.default_rng(seed)
    kept = np.zeros(shape, np.bool_)
    while not all(kept.take(end, axis).any() for axis in range(3) for end in (0, -1)):
        field = gaussian_filter(rng.normal(size=shape), 1.0)
        parts, _ = label(field > np.quantile(field, 1 - share))
        kept = parts == np.bincount(parts.ravel())[1:].argmax() + 1
    moduli = 1000.0 * contrast ** -rng.random(shape)
    return Model(Grid(shape, spacing), np.where(kept, moduli, 0), 0.3)


def noise(seed: int, shape=(6, 7, 8), share: float = 0.45) -> Model:
    """Return voxels set at random: hinges, single-node bridges, loose voxels."""
    rng = np.random.default_rng(seed)
    return Model(
        Grid(shape, SPACING), np.where(rng.random(shape) < share, 1000.0 + 500 * rng.random(shape), 0)
    )


def every_node(model: Model) -> np.ndarray:
    """Return all node numbers of the array."""
    return np.arange(np.prod(model.nodes_shape))


def face(model: Model, axis: str, end: int) -> np.ndarray:
    """Return the mask of the nodes on the low (0) or high (-1) face normal to an axis."""
    mask = np.zeros(model.nodes_shape, np.bool_)
    np.moveaxis(mask, "zyx".index(axis), 0)[end] = True
    return mask


def surface(model: Model) -> np.ndarray:
    """Return the mask of the nodes on all six faces of the array."""
    return np.logical_or.reduce([face(model, axis, end) for axis in "xyz" for end in (0, -1)])


def follow(model: Model, mask: np.ndarray, field: Field) -> Conditions:
    """Return conditions that move the nodes of a mask as a displacement field does."""
    x, y, z = field(node_positions(model, np.flatnonzero(mask)))
    return move(model, mask, x=x, y=y, z=z)


def gauss_strain(solution: Solution) -> np.ndarray:
    """Return the strains at the Gauss points of all elements, (m, 48); blind to rigid motion and hinges."""
    model = solution.model
    index = np.searchsorted(solution.nodes, element_nodes(model))
    u = solution.displacement.T[index].reshape(-1, 24)
    b = np.concatenate([strain_displacement(model.grid.spacing_mm, point) for point in GAUSS_POINTS])
    return u @ b.T


def face_force(solution: Solution, axis: str, end: int, along: str) -> float:
    """Return the component along an axis of the force that the supports exert on a face of the array, N."""
    conditions = solution.conditions
    on = face(solution.model, axis, end).ravel()[conditions.nodes]
    return float(solution.reaction[on & (conditions.components == "xyz".index(along))].sum())


def agree(found: np.ndarray, expected: np.ndarray, rtol: float) -> None:
    """Check that nothing differs by more than a share of what is largest."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=rtol * np.abs(expected).max(initial=0))


def forces(model: Model, seed: int) -> Conditions:
    """Return random forces on twenty nodes of elements."""
    rng = np.random.default_rng(seed)
    nodes = every_node(model)
    nodes = rng.choice(nodes[on_elements(model, nodes)], 20, replace=False)
    x, y, z = rng.normal(size=(3, 20))
    return push(model, nodes, x=x, y=y, z=z)
