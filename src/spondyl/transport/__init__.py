"""Diffusion, migration and reaction of many fields on a masked voxel grid; mm and days, arrays (z, y, x).

>>> import numpy as np
>>> domain = Domain(np.ones((1, 1, 5), bool), (0.1, 0.1, 0.1))
>>> cells = np.zeros((1, 1, 5))
>>> cells[..., 2] = 1.0
>>> bool(np.isclose(diffuse(domain, cells, diffusivity=0.01, days=1.0).sum(), 1.0))
True
"""

from spondyl.transport.boundary import outer_area, outer_rate, wall_area
from spondyl.transport.budget import Budget
from spondyl.transport.diffusion import diffuse, splitting_error
from spondyl.transport.domain import Domain
from spondyl.transport.drifting import drift
from spondyl.transport.equilibrium import Steady, steady
from spondyl.transport.fronts import growing, waning
from spondyl.transport.reaction import produce_destroy

__all__ = [
    "Budget",
    "Domain",
    "Steady",
    "diffuse",
    "drift",
    "growing",
    "outer_area",
    "outer_rate",
    "produce_destroy",
    "splitting_error",
    "steady",
    "wall_area",
    "waning",
]
