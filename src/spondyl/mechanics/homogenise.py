"""Apparent stiffness of a bone cube from six load cases.

Each load case gives the whole array one unit component of mean strain and averages the stress over the whole
array, voids included; the six averages are the columns of the apparent stiffness. Two boundaries are offered
(Hollister and Kikuchi 1992; van Rietbergen et al. 1995):

``uniform``
    every boundary node of the array moves with the mean strain. The stiffness found is never below the true
    one and falls towards it as the cube grows.
``periodic``
    what goes beyond the mean strain repeats from one face to the opposite one. Exact where the structure
    repeats; on porous bone the pores of opposite faces do not match, and the stiffness found is low.

For the same structure, uniform ≥ periodic as quadratic forms of the strain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MechanicsError, Mistake, nearest_word
from spondyl.mechanics.graded_material import graded
from spondyl.mechanics.graded_poisson import solve_graded, strain_tensor
from spondyl.mechanics.internal_force import elements_of, mean_stress
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.orthotropy import Orthotropy, closest_orthotropy, orthotropy_along
from spondyl.mechanics.rigid import node_positions
from spondyl.mechanics.solution import Report, Solution
from spondyl.mechanics.solve import solve

Array = NDArray[np.float64]
Boundary = Literal["uniform", "periodic"]
BOUNDARIES = ("uniform", "periodic")


@dataclass(frozen=True, slots=True)
class Apparent:
    """The apparent stiffness of a volume.

    Parameters
    ----------
    stiffness : MPa, symmetric, (6, 6), Voigt order xx, yy, zz, yz, xz, xy with engineering shear strain.
    asymmetry : largest difference between an entry and its mirror image before they were averaged, as a share
        of the largest entry; tells how far the six solutions are from equilibrium.
    boundary : "uniform" or "periodic".
    iterations : of conjugate gradients, for each load case.
    """

    stiffness: Array
    asymmetry: float
    boundary: str
    iterations: tuple[int, ...]

    @property
    def along_axes(self) -> Orthotropy:
        """Orthotropic constants with 1, 2, 3 along the array's own x, y, z."""
        return orthotropy_along(self.stiffness, np.eye(3))

    @property
    def orthotropy(self) -> Orthotropy:
        """Orthotropic constants in the frame where the stiffness is closest to orthotropic."""
        return closest_orthotropy(self.stiffness)


class Solver(Protocol):
    """Returns the solution of a load case, and the mean stress over the whole array, MPa, (6,)."""

    def __call__(self, conditions: Conditions, start: Solution | None) -> tuple[Solution, Array]:
        """Solve a load case, beginning from another solution."""
        ...


def apparent_stiffness(
    model: Model,
    boundary: Boundary = "uniform",
    *,
    poisson: NDArray[np.floating] | None = None,
    tolerance: float = 1e-6,
    max_iterations: int = 2000,
    backend: str = "auto",
    threads: int | None = None,
    progress: Report | None = None,
    case_done: Callable[[int], None] | None = None,
) -> Apparent:
    """Return the apparent stiffness of the whole array of a model.

    Parameters
    ----------
    model : what is loaded; voids are allowed.
    boundary : "uniform" or "periodic".
    poisson : Poisson's ratio of each voxel, (z, y, x), where it is not the same everywhere; takes the place
        of the model's own.
    tolerance, max_iterations, backend, threads, progress : as for :func:`spondyl.mechanics.solve.solve`.
    case_done : called with 1 to 6 after each load case.

    Raises
    ------
    MechanicsError
        If the boundary is unknown, or a load case cannot be solved.

    Examples
    --------
    >>> from spondyl.volume import Grid
    >>> solid = Model(Grid((2, 2, 2), (0.1, 0.1, 0.1)), np.full((2, 2, 2), 1000.0), poisson=0.25)
    >>> apparent_stiffness(solid, "periodic", backend="reference").stiffness[0, :3].round(6).tolist()
    [1200.0, 400.0, 400.0]
    """
    _check(boundary)
    solver = _solver(model, poisson, tolerance, max_iterations, backend, threads, progress)
    columns, iterations = np.empty((6, 6)), []
    last: Solution | None = None
    for case in range(6):
        strain = np.eye(6)[case]
        conditions = conditions_of_strain(model, strain, boundary)
        begin = None if last is None else _affine(last, strain)
        last, columns[:, case] = solver(conditions, begin)
        iterations.append(last.iterations)
        if case_done is not None:
            case_done(case + 1)
    asymmetry = float(np.abs(columns - columns.T).max() / np.abs(columns).max())
    return Apparent((columns + columns.T) / 2, asymmetry, boundary, tuple(iterations))


def stress_of_strain(
    model: Model,
    strain: Array,
    boundary: Boundary = "uniform",
    *,
    poisson: NDArray[np.floating] | None = None,
    tolerance: float = 1e-6,
    max_iterations: int = 2000,
    backend: str = "auto",
    threads: int | None = None,
    progress: Report | None = None,
) -> tuple[Array, Solution]:
    """Return the mean stress over the whole array, MPa, (6,), under one mean strain, and the solution.

    Parameters
    ----------
    strain : Voigt order, engineering shear strain, (6,).
    model, boundary, poisson, tolerance, max_iterations, backend, threads, progress : as for
        :func:`apparent_stiffness`.
    """
    _check(boundary)
    solver = _solver(model, poisson, tolerance, max_iterations, backend, threads, progress)
    solution, stress = solver(conditions_of_strain(model, np.asarray(strain, np.float64), boundary), None)
    return stress, solution


def conditions_of_strain(model: Model, strain: Array, boundary: Boundary) -> Conditions:
    """Return what gives the whole array a mean strain.

    Parameters
    ----------
    strain : Voigt order, engineering shear strain, (6,).
    boundary : "uniform" or "periodic".
    """
    xx, yy, zz, yz, xz, xy = (float(component) for component in strain)
    if boundary == "periodic":
        return Conditions(periodic=True, strain=(xx, yy, zz, yz, xz, xy))
    inside = np.zeros(model.nodes_shape, np.bool_)
    inside[1:-1, 1:-1, 1:-1] = True
    nodes = np.flatnonzero(~inside)
    values = node_positions(model, nodes).T @ strain_tensor(strain)
    components = np.tile(np.arange(3, dtype=np.int8), nodes.size)
    return Conditions(np.repeat(nodes, 3), components, values.ravel())


def _solver(
    model: Model,
    poisson: NDArray[np.floating] | None,
    tolerance: float,
    max_iterations: int,
    backend: str,
    threads: int | None,
    progress: Report | None,
) -> Solver:
    def uniform_ratio(conditions: Conditions, start: Solution | None) -> tuple[Solution, Array]:
        found = solve(
            model, conditions, tolerance=tolerance, max_iterations=max_iterations, backend=backend,
            threads=threads, start=start, progress=progress,
        )  # fmt: skip
        return found, mean_stress(elements_of(found.model), found.displacement.T)

    def graded_ratio(conditions: Conditions, start: Solution | None) -> tuple[Solution, Array]:
        ratios = np.asarray(poisson)
        found = solve_graded(
            model, ratios, conditions, tolerance=tolerance, max_iterations=max_iterations, backend=backend,
            threads=threads, start=start, progress=progress,
        )  # fmt: skip
        return found, graded(found.model, ratios).mean_stress(found.displacement.T)

    return uniform_ratio if poisson is None else graded_ratio


def _affine(solution: Solution, strain: Array) -> Solution:
    """Return the solution with the displacement of a uniform strain: nearer to the next case than rest is."""
    displacement = strain_tensor(strain) @ node_positions(solution.model, solution.nodes)
    return replace(solution, displacement=displacement)


def _check(boundary: str) -> None:
    if boundary not in BOUNDARIES:
        allowed = f"must be {' or '.join(BOUNDARIES)}"
        near = nearest_word(str(boundary), BOUNDARIES)
        raise MechanicsError(Mistake("boundary", repr(boundary), allowed, near))
