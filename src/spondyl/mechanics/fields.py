"""Strains, stresses and energies of the elements of a solution.

All but one field follow from the strain at the centre of the element, where a trilinear element is most
exact; `mean_strain_energy_density` is the strain energy of the whole element over its volume. It is never
smaller: the two differ by the energy of bending and twisting within one voxel.

A compact field has one column an element; elements are the voxels of ``solution.model`` that carry stiffness,
in the order of the array. :func:`on_grid` spreads a compact field over the grid.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MechanicsError, Mistake, nearest_word
from spondyl.mechanics.element import elasticity, stiffness
from spondyl.mechanics.invariants import (
    equivalent_strain,
    octahedral_shear_strain,
    principal_strains,
    principal_stresses,
    volumetric_strain,
    von_mises_stress,
)
from spondyl.mechanics.layers import EVERYWHERE, Box, Layer, centre_strain, corners, layers
from spondyl.mechanics.model import Model
from spondyl.mechanics.solution import Solution
from spondyl.threads import in_threads
from spondyl.volume import Meaning, Volume

Array = NDArray[np.float64]
Compact = NDArray[np.floating[Any]]
Name = Literal[
    "strain",
    "stress",
    "principal_strain",
    "principal_stress",
    "volumetric_strain",
    "octahedral_shear_strain",
    "equivalent_strain",
    "effective_strain",
    "von_mises_stress",
    "strain_energy_density",
    "mean_strain_energy_density",
]
Kernel = Callable[[Array, Array, Array], Array]


def _energy(strain: Array, stress: Array, _: Array) -> Array:
    return np.asarray(np.einsum("cm,cm->m", strain, stress) / 2)


def _effective(strain: Array, stress: Array, modulus: Array) -> Array:
    return np.asarray(np.sqrt(2 * _energy(strain, stress, modulus) / modulus))


_KERNELS: dict[str, tuple[int, Kernel]] = {
    "strain": (6, lambda strain, _, __: strain),
    "stress": (6, lambda _, stress, __: stress),
    "principal_strain": (3, lambda strain, _, __: principal_strains(strain)),
    "principal_stress": (3, lambda _, stress, __: principal_stresses(stress)),
    "volumetric_strain": (1, lambda strain, _, __: volumetric_strain(strain)),
    "octahedral_shear_strain": (1, lambda strain, _, __: octahedral_shear_strain(strain)),
    "equivalent_strain": (1, lambda strain, _, __: equivalent_strain(strain)),
    "effective_strain": (1, _effective),
    "von_mises_stress": (1, lambda _, stress, __: von_mises_stress(stress)),
    "strain_energy_density": (1, _energy),
}
_WHOLE = "mean_strain_energy_density"
FIELDS = (*_KERNELS, _WHOLE)
"""Names of all fields."""


def element_fields(
    solution: Solution,
    *names: Name,
    dtype: type[np.floating[Any]] = np.float64,
    box: Box = EVERYWHERE,
    threads: int = 1,
) -> dict[str, Compact]:
    """Return fields of all elements, computed in float64 layer by layer.

    Parameters
    ----------
    solution : of any backend.
    names : which fields. Tensors are (6, n) in Voigt order xx, yy, zz, yz, xz, xy, shear strains engineering
        strains; principal values (3, n), largest first; the others (n,). Stresses and energy densities are in
        MPa (N mm/mm³). The effective strain is √(2 W / E) of the energy density W at the centre (Pistoia et
        al. 2002).
    dtype : of what is returned.
    box : part of the array (z, y, x) to look at; its elements are returned.
    threads : how many work on layers at once.

    Raises
    ------
    MechanicsError
        If a name is none of :data:`FIELDS`.

    Examples
    --------
    >>> from spondyl.mechanics.model import Conditions, Model
    >>> from spondyl.mechanics.solve import solve
    >>> from spondyl.volume import Grid
    >>> bar = Model(Grid((1, 1, 1), (1, 1, 1)), np.full((1, 1, 1), 1000.0), poisson=0)
    >>> held = np.arange(8).repeat(3)
    >>> pulled = np.where((held >= 4) & (np.arange(24) % 3 == 2), 0.01, 0)
    >>> solved = solve(bar, Conditions(held, np.tile(np.arange(3, dtype=np.int8), 8), pulled))
    >>> element_fields(solved, "stress")["stress"][:, 0].round(9).tolist()
    [0.0, 0.0, 10.0, 0.0, 0.0, 0.0]
    """
    _refuse_unknown(names)
    count = int(np.count_nonzero(solution.model.modulus[box]))
    found: dict[str, Compact] = {name: _empty(name, count, dtype) for name in names}
    elastic = elasticity(solution.model.poisson)
    whole = stiffness(solution.model.grid.spacing_mm, solution.model.poisson) if _WHOLE in found else None

    def work(layer: Layer) -> None:
        here = slice(layer.start, layer.stop)
        strain = centre_strain(layer)
        stress = (elastic @ strain) * layer.modulus
        for name, values in found.items():
            if name in _KERNELS:
                values[..., here] = _KERNELS[name][1](strain, stress, layer.modulus)
        if whole is not None:
            found[_WHOLE][here] = _mean_energy(layer, whole)

    in_threads(work, layers(solution, box), threads)
    return found


def on_grid(model: Model, values: Compact) -> Volume:
    """Return a compact scalar field as a volume on the grid of the model, zero outside the elements.

    Zero and not NaN, since image formats and their readers expect finite voxels; the elements are where
    ``model.modulus`` is above zero.

    Parameters
    ----------
    model : ``solution.model``.
    values : one number an element, (n,).

    Raises
    ------
    MechanicsError
        If there is not one value for each element.
    """
    inside = model.modulus > 0
    count = int(np.count_nonzero(inside))
    if values.shape != (count,):
        given = f"an array of shape {values.shape}"
        raise MechanicsError(Mistake("field", given, f"must hold one value for each of {count} elements"))
    spread = np.zeros(model.grid.shape, values.dtype)
    spread[inside] = values
    return Volume(spread, model.grid, Meaning.RAW)


def _empty(name: str, count: int, dtype: type[np.floating[Any]]) -> Compact:
    rows = _KERNELS[name][0] if name in _KERNELS else 1
    return np.empty(count if rows == 1 else (rows, count), dtype)


def _mean_energy(layer: Layer, whole: Array) -> Array:
    u = corners(layer)
    # Moving as a whole costs no energy; left in, its rounding would.
    u = (u.reshape(8, 3, -1) - u.reshape(8, 3, -1).mean(axis=0)).reshape(24, -1)
    energy = np.einsum("dm,dm->m", u, whole @ u) * layer.modulus / 2
    return np.asarray(energy / math.prod(layer.spacing_mm))


def _refuse_unknown(names: tuple[str, ...]) -> None:
    wrong = [
        Mistake("field", repr(name), f"must be one of {', '.join(FIELDS)}", nearest_word(str(name), FIELDS))
        for name in names
        if name not in FIELDS
    ]
    if wrong:
        raise MechanicsError(wrong)
