"""Which way progenitors may go: by deviatoric strain and oxygen (Prendergast 1997; Isaksson 2006; Checa
2010).

Bone at low strain and good oxygen; cartilage at higher strain, or at low strain without oxygen; fibrous
tissue
beyond; nothing where strain destroys. Windows are smooth. Another rule with this signature may take its
place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.healing.numbers import Numbers
from spondyl.healing.process import below, half

Array = NDArray[np.float64]


class Fate(NamedTuple):
    """How far each way is open, 0 to 1 (bone above 1 where BMP-2 helps), (z, y, x)."""

    bone: Array
    cartilage: Array
    fibrous: Array


def mechanoregulation(strain: Array, oxygen: Array, bmp2: Array, known: Numbers) -> Fate:
    """Return the fate of progenitors.

    Parameters
    ----------
    strain : octahedral shear strain.
    oxygen : mmol/L.
    bmp2 : ng/mL.
    known : numbers of the stage.
    """
    quiet = below(strain, known["strain_bone"])
    breathes = half(oxygen, known["oxygen_bone"])
    helped = 1 + known["bmp2_gain"] * half(bmp2, known["bmp2_half"])
    cartilage = below(strain, known["strain_cartilage"]) * (1 - quiet * breathes)
    fibrous = below(strain, known["strain_fibrous"])
    return Fate(quiet * breathes * helped, cartilage, fibrous)
