"""What the cells become, shell by shell."""

from __future__ import annotations

import numpy as np

from spondyl.spheroid.course import Differentiation
from spondyl.spheroid.numbers import Numbers
from spondyl.spheroid.plan import Plan
from spondyl.spheroid.radial.run import Shells


def differentiated(asked: Plan, known: Numbers, shells: Shells) -> Differentiation:
    """Return what the cells of each shell became in the oxygen they had."""
    nothing = np.zeros_like(shells.living)
    return Differentiation({}, nothing, np.ones_like(nothing))
