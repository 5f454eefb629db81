"""A material whose Poisson's ratio differs from voxel to voxel, and the nearest one with a single ratio."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MechanicsError, Mistake
from spondyl.mechanics.element import elasticity, stiffness
from spondyl.mechanics.internal_force import Elements, element_strains, elements_of, weighted_forces
from spondyl.mechanics.model import Model

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Graded:
    """A material whose stiffness is the sum of two weighted unit materials, those of Lamé's constants.

    Parameters
    ----------
    elements : of the model.
    weights : Young's modulus of each element in the two unit materials, MPa, (2, m).
    units : Poisson's ratios of the two unit materials.
    """

    elements: Elements
    weights: Array
    units: tuple[float, float]

    def forces(self, displacement: Array) -> Array:
        """Return the nodal forces that hold a displacement, N, (n, 3)."""
        spacing = self.elements.model.grid.spacing_mm
        pairs = zip(self.weights, self.units, strict=True)
        terms = tuple((weight, stiffness(spacing, ratio)) for weight, ratio in pairs)
        return weighted_forces(self.elements, displacement, terms)

    def mean_stress(self, displacement: Array) -> Array:
        """Return the stress averaged over the whole array, voids included, MPa, (6,)."""
        summed = self.weights @ element_strains(self.elements, displacement)
        pairs = zip(summed, self.units, strict=True)
        total: Array = sum((elasticity(ratio) @ strain for strain, ratio in pairs), np.zeros(6))
        return total / math.prod(self.elements.model.grid.shape)


def graded(model: Model, poisson: NDArray[np.floating]) -> Graded:
    """Return the material of a model with a Poisson's ratio for each voxel.

    Stiffness is linear in Lamé's constants, so two unit materials are enough: one of ratio 0 (which has no
    first constant), one of ratio 1/4 (whose two constants are equal).
    """
    elements = elements_of(model)
    ratio = np.asarray(poisson, np.float64)[model.modulus > 0]
    shear = elements.modulus / (2 * (1 + ratio))
    first = 2 * shear * ratio / (1 - 2 * ratio)
    # Unit modulus at 1/4 has both constants 0.4; at 0 it has the shear modulus 0.5.
    quarter = first / 0.4
    return Graded(elements, np.stack([(shear - first) / 0.5, quarter]), (0.0, 0.25))


def near_model(model: Model, poisson: NDArray[np.floating]) -> Model:
    """Return the model of one Poisson's ratio that is closest in stiffness.

    The ratio lies between the extremes, and the modulus of each voxel is such that its bulk and its shear
    stiffness miss the true ones by one factor, one above and one below. With ratios from 0.2 to 0.3 that
    factor is at most 1.13: conjugate gradients preconditioned with this model gain more than a decimal an
    iteration.
    """
    ratio = np.asarray(poisson, np.float64)
    solid = model.modulus > 0
    # Bulk over shear stiffness fixes the ratio; its geometric mean lies as far from either extreme.
    quotient = 2 * (1 + ratio[solid]) / (3 * (1 - 2 * ratio[solid]))
    middle = math.sqrt(float(quotient.min()) * float(quotient.max()))
    near = (3 * middle - 2) / (2 * (3 * middle + 1))
    bulk = (1 - 2 * near) / (1 - 2 * ratio[solid])
    shear = (1 + near) / (1 + ratio[solid])
    modulus = np.zeros(model.grid.shape, np.float32)
    modulus[solid] = model.modulus[solid] * np.sqrt(bulk * shear)
    return replace(model, modulus=modulus, poisson=near)


def check_ratios(model: Model, poisson: NDArray[np.floating]) -> None:
    """Raise unless there is one Poisson's ratio for each voxel, within its range where the model is solid."""
    ratio = np.asarray(poisson)
    if ratio.shape != model.grid.shape:
        given = f"shape {ratio.shape} on a grid of {model.grid.shape}"
        raise MechanicsError(Mistake("Poisson's ratio", given, "must have the shape of the grid"))
    solid = ratio[model.modulus > 0]
    if not (solid.min() > -1 and solid.max() < 0.5):
        given = f"values from {solid.min():g} to {solid.max():g}"
        allowed = "must lie between -1 and 0.5, both excluded"
        raise MechanicsError(Mistake("Poisson's ratio", given, allowed))
