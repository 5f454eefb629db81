"""Scalar measures of strain and stress tensors, and their principal values.

Tensors are arrays whose first axis holds the six components in Voigt order xx, yy, zz, yz, xz, xy; every
further axis is kept. Shear strains are engineering strains, twice the components of the strain tensor: so the
same measure has one formula for strains and another for stresses.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Tensors = NDArray[np.float64]
Values = NDArray[np.float64]

_ENTRIES = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])
"""Where each entry of the symmetric 3 × 3 matrix stands in Voigt order."""


def volumetric_strain(strain: Tensors) -> Values:
    """Return the trace of the strain: relative change of volume."""
    return np.asarray(strain[0] + strain[1] + strain[2])


def octahedral_shear_strain(strain: Tensors) -> Values:
    """Return the engineering shear strain on the octahedral plane, 2/3 √((ε₁−ε₂)² + (ε₂−ε₃)² + (ε₃−ε₁)²).

    The distortional stimulus of mechanoregulation in Prendergast, Huiskes and Søballe 1997.

    Examples
    --------
    Simple shear of tensor component 0.01, engineering 0.02: principal strains ±0.01 and 0.

    >>> sheared = np.array([0, 0, 0, 0, 0, 0.02])
    >>> round(float(octahedral_shear_strain(sheared)), 6)  # 2/3 √6 0.01
    0.01633
    """
    return np.asarray(2 / 3 * np.sqrt(_differences(strain) + 1.5 * _shears(strain)))


def equivalent_strain(strain: Tensors) -> Values:
    """Return √(2/3 e:e) of the deviatoric strain e: the axial strain of an incompressible bar as distorted.

    It is the octahedral shear strain over √2.
    """
    return np.asarray(np.sqrt(2 / 9 * _differences(strain) + 1 / 3 * _shears(strain)))


def von_mises_stress(stress: Tensors) -> Values:
    """Return √(3/2 s:s) of the deviatoric stress s: the uniaxial stress of the same distortional energy.

    Examples
    --------
    >>> float(von_mises_stress(np.array([0, 0, -5.0, 0, 0, 0])))
    5.0
    """
    return np.asarray(np.sqrt(_differences(stress) / 2 + 3 * _shears(stress)))


def principal_strains(strain: Tensors) -> Tensors:
    """Return the three principal strains, largest first, shape (3, …).

    Examples
    --------
    >>> principal_strains(np.array([0, 0, 0, 0, 0, 0.02])).round(12).tolist()
    [0.01, 0.0, -0.01]
    """
    halved = np.array(strain, dtype=np.float64)
    halved[3:] /= 2
    return _principal(halved)


def principal_stresses(stress: Tensors) -> Tensors:
    """Return the three principal stresses, largest first, shape (3, …)."""
    return _principal(np.asarray(stress, dtype=np.float64))


def _differences(tensor: Tensors) -> Values:
    """Return the sum of the squared differences of the three normal components."""
    x, y, z = tensor[0], tensor[1], tensor[2]
    return np.asarray((x - y) ** 2 + (y - z) ** 2 + (z - x) ** 2)


def _shears(tensor: Tensors) -> Values:
    return np.asarray(tensor[3] ** 2 + tensor[4] ** 2 + tensor[5] ** 2)


def _principal(tensor: Tensors) -> Tensors:
    matrices = np.moveaxis(tensor[_ENTRIES], (0, 1), (-2, -1))
    ascending = np.linalg.eigvalsh(matrices)
    return np.ascontiguousarray(np.moveaxis(ascending[..., ::-1], -1, 0))
