"""Voxel finite elements: displacement, strain, stress, stiffness and strength of bone.

>>> import numpy as np
>>> from spondyl.volume import Grid
>>> bone = Model(Grid((4, 4, 4), (0.1, 0.1, 0.1)), np.full((4, 4, 4), 10_000.0))
>>> pressed = solve(bone, platens(bone, "z", 0.01, "frictionless"))
>>> round(2 * pressed.energy / (0.01 * 0.4), 3)  # N: E times strain times cross-section
16.0
"""

from spondyl.mechanics.damage import load_to_failure
from spondyl.mechanics.failure_curve import FailureCurve
from spondyl.mechanics.fields import FIELDS, element_fields, on_grid
from spondyl.mechanics.homogenise import Apparent, apparent_stiffness
from spondyl.mechanics.model import VOIGT, Conditions, Model
from spondyl.mechanics.orthotropy import Orthotropy, closest_orthotropy, orthotropy_along
from spondyl.mechanics.pistoia import Criterion, criterion, failure
from spondyl.mechanics.platens import check_contact, platens, with_end_layers
from spondyl.mechanics.solution import Progress, Solution
from spondyl.mechanics.solve import solve
from spondyl.mechanics.supports import combine, hold, move, push

__all__ = [
    "FIELDS",
    "VOIGT",
    "Apparent",
    "Conditions",
    "Criterion",
    "FailureCurve",
    "Model",
    "Orthotropy",
    "Progress",
    "Solution",
    "apparent_stiffness",
    "check_contact",
    "closest_orthotropy",
    "combine",
    "criterion",
    "element_fields",
    "failure",
    "hold",
    "load_to_failure",
    "move",
    "on_grid",
    "orthotropy_along",
    "platens",
    "push",
    "solve",
    "with_end_layers",
]
