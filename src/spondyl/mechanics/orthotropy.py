"""Orthotropic constants of a full 6 × 6 stiffness, in given axes or in the axes that suit it best.

The stiffness is turned in Mandel's scaling (shear components times √2), where turning is an orthogonal 6 × 6
matrix and lengths do not depend on the frame. In an orthotropic frame twelve of the 21 constants vanish; the
share of the stiffness that these twelve still hold is the residual, and the best frame is where it is least
(van Rietbergen, Odgaard, Kabel and Huiskes 1996).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MechanicsError, Mistake

Array = NDArray[np.float64]

_MANDEL = np.array([1, 1, 1, math.sqrt(2), math.sqrt(2), math.sqrt(2)])
_PAIRS = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))
# A symmetric tensor is the sum of its Mandel components times these.
_BASIS = np.zeros((6, 3, 3))
for _number, (_a, _b) in enumerate(_PAIRS):
    _BASIS[_number, _a, _b] = _BASIS[_number, _b, _a] = 1.0 if _a == _b else 1 / math.sqrt(2)

_VANISHING = np.array([(i, j) for i in range(6) for j in range(max(i + 1, 3), 6)]).T
"""Entries above the diagonal that are zero in an orthotropic frame, (2, 12)."""

_DEFINITE = 1e-9
_BETTER = 1e-9


@dataclass(frozen=True, slots=True)
class Orthotropy:
    """Orthotropic constants in a frame 1, 2, 3.

    Parameters
    ----------
    axes : unit vectors 1, 2, 3 in rows, components x, y, z of the array, (3, 3), right-handed.
    young : Young's moduli E1, E2, E3, MPa.
    shear : shear moduli G23, G13, G12, MPa.
    poisson : Poisson's ratios, (3, 3): entry (i, j) is the contraction along j when pulled along i, over the
        extension along i; zeros on the diagonal.
    residual : Frobenius norm of what is not orthotropic in this frame over that of the whole stiffness, both
        in Mandel's scaling: 0 for an orthotropic material in its own axes.
    stiffness : orthotropic part of the stiffness in this frame, MPa, Voigt order, (6, 6).
    """

    axes: Array
    young: tuple[float, float, float]
    shear: tuple[float, float, float]
    poisson: Array
    residual: float
    stiffness: Array


def turned(stiffness: Array, axes: Array) -> Array:
    """Return a stiffness in other axes.

    Parameters
    ----------
    stiffness : MPa, Voigt order, engineering shear strain, (6, 6).
    axes : the new axes in rows, unit vectors in the old frame, (3, 3).
    """
    turn = _mandel_turn(axes)
    changed: Array = turn @ (stiffness * np.outer(_MANDEL, _MANDEL)) @ turn.T
    return changed / np.outer(_MANDEL, _MANDEL)


def orthotropy_along(stiffness: Array, axes: Array) -> Orthotropy:
    """Return the orthotropic constants in given axes; what is not orthotropic there is left out.

    Parameters
    ----------
    stiffness : MPa, Voigt order, engineering shear strain, (6, 6).
    axes : unit vectors 1, 2, 3 in rows, (3, 3).

    Raises
    ------
    MechanicsError
        If the stiffness is not positive definite: then some load meets no resistance.
    """
    _check_definite(stiffness)
    here = turned((stiffness + stiffness.T) / 2, axes)
    vanishing = np.zeros((6, 6), np.bool_)
    vanishing[_VANISHING[0], _VANISHING[1]] = vanishing[_VANISHING[1], _VANISHING[0]] = True
    kept = np.where(vanishing, 0.0, here)
    compliance = np.linalg.inv(kept)
    young = 1 / compliance.diagonal()[:3]
    ratios = -compliance[:3, :3] * young[:, None]
    np.fill_diagonal(ratios, 0.0)
    e1, e2, e3 = (float(e) for e in young)
    g23, g13, g12 = (float(g) for g in kept.diagonal()[3:])
    left_out = float(np.linalg.norm(_remaining(stiffness, axes))) / _norm(stiffness)
    return Orthotropy(axes.copy(), (e1, e2, e3), (g23, g13, g12), ratios, left_out, kept)


def closest_orthotropy(stiffness: Array) -> Orthotropy:
    """Return the orthotropic constants in the frame where the stiffness is closest to orthotropic.

    The axes are ordered so that E1 ≤ E2 ≤ E3. The search starts from the array's own axes, from the principal
    axes of the two second-order contractions of the stiffness (Cowin and Mehrabadi 1987: symmetry planes of
    an orthotropic material are normal to them) and from 26 turned frames; the best end of all is kept.

    Raises
    ------
    MechanicsError
        If the stiffness is not positive definite.
    """
    from scipy.optimize import least_squares
    from scipy.spatial.transform import Rotation

    _check_definite(stiffness)
    scale = _norm(stiffness)
    best, least = np.eye(3), float(np.linalg.norm(_remaining(stiffness, np.eye(3)))) / scale
    for start in _starts(stiffness):

        def left(turn: Array, begin: Array = start) -> Array:
            axes = Rotation.from_rotvec(turn).as_matrix() @ begin
            remaining: Array = _remaining(stiffness, axes) / scale
            return remaining

        end = least_squares(left, np.zeros(3), xtol=1e-14, ftol=1e-14, gtol=1e-14)
        residual = float(np.linalg.norm(end.fun))
        if residual < least - _BETTER:
            best, least = Rotation.from_rotvec(end.x).as_matrix() @ start, residual
    return orthotropy_along(stiffness, _ordered(stiffness, best))


def _mandel_turn(axes: Array) -> Array:
    turn: Array = np.einsum("iab,ac,jcd,bd->ij", _BASIS, axes, _BASIS, axes)
    return turn


def _remaining(stiffness: Array, axes: Array) -> Array:
    """Return the entries that ought to vanish; their norm is the Frobenius norm of the part left out."""
    mandel = turned(stiffness, axes) * np.outer(_MANDEL, _MANDEL)
    remaining: Array = math.sqrt(2) * mandel[_VANISHING[0], _VANISHING[1]]
    return remaining


def _norm(stiffness: Array) -> float:
    return float(np.linalg.norm(stiffness * np.outer(_MANDEL, _MANDEL)))


def _starts(stiffness: Array) -> list[Array]:
    volumetric = stiffness[:, :3].sum(axis=1)
    tensor = np.einsum("i,iab->ab", volumetric * _MANDEL, _BASIS)
    # C_ikjk summed over k, from the same basis.
    mandel = stiffness * np.outer(_MANDEL, _MANDEL)
    voigt = np.einsum("mn,mik,njk->ij", mandel, _BASIS, _BASIS)
    frames = [np.linalg.eigh(t)[1].T for t in (tensor, voigt)]
    turned_frames = [_turn(np.array(v)) for v in product((-0.4, 0.0, 0.4), repeat=3)]
    return [frame * np.sign(np.linalg.det(frame)) for frame in frames] + turned_frames


def _turn(vector: Array) -> Array:
    from scipy.spatial.transform import Rotation

    matrix: Array = Rotation.from_rotvec(vector).as_matrix()
    return matrix


def _ordered(stiffness: Array, axes: Array) -> Array:
    """Return the axes so that E1 ≤ E2 ≤ E3, right-handed, 1 and 3 along their largest component."""
    order = np.argsort(orthotropy_along(stiffness, axes).young, kind="stable")
    first, third = axes[order[0]], axes[order[2]]
    first = first * np.sign(first[np.abs(first).argmax()])
    third = third * np.sign(third[np.abs(third).argmax()])
    return np.stack([first, np.cross(third, first), third])


def _check_definite(stiffness: Array) -> None:
    lowest, *_, highest = np.linalg.eigvalsh(stiffness * np.outer(_MANDEL, _MANDEL))
    if not lowest > _DEFINITE * highest:
        given = "a stiffness that is not positive definite"
        allowed = "the volume must be bridged by bone in every direction: take a larger cube"
        raise MechanicsError(Mistake("apparent stiffness", given, allowed))
