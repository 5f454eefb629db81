"""How the tissue of each element answers a strain: plastic flow and damage, in tension and in compression.

The state of an element is a plastic strain and one inelastic strain for each of two modes, which only grow.
The stress is σ = (1 − D) E C (ε − εp), with 1 − D = (1 − Dt)(1 − Dc). A mode is at its limit when its measure
of the elastic strain ε − εp — the largest principal strain in tension, the smallest in compression, over the
yield strain — times 1 − D reaches the stress s of its curve (:mod:`spondyl.mechanics.tissue`). Principal
strains are what yielding of bone tissue is usually stated in (Bayraktar et al. 2004).

Plastic strain grows in the direction of the elastic strain (Faria, Oliver and Cervera 1998). The return to
the limit is then a scaling of the elastic strain by one factor, found from one scalar equation, and exact for
strains that grow in proportion and stay in one mode, however large the step. Energy is never gained: σ : dεp
is a positive multiple of the elastic energy, and so is what dD releases.

Cracks do not close: tensile damage also weakens an element in later compression.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.tissue import Curve

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

ROUNDS = 60
"""Newton steps at most; the function is convex and met from the side where they cannot overshoot."""


@dataclass(frozen=True, slots=True)
class Law:
    """What all elements are made of.

    Parameters
    ----------
    tension, compression : curves of the two modes.
    breakable : which elements can fail, (m,); the others stay elastic.
    """

    tension: Curve
    compression: Curve
    breakable: Mask


@dataclass(frozen=True, slots=True)
class State:
    """What the elements have been through.

    Parameters
    ----------
    plastic : plastic strain, Voigt order, engineering shear, (m, 6).
    tension, compression : inelastic strain of each mode in units of its yield strain, (m,).
    """

    plastic: Array
    tension: Array
    compression: Array

    @classmethod
    def fresh(cls, elements: int) -> State:
        """Return the state of elements that were never loaded."""
        return cls(np.zeros((elements, 6)), np.zeros(elements), np.zeros(elements))


@dataclass(frozen=True, slots=True)
class Response:
    """What a strain makes of the elements.

    Parameters
    ----------
    state : after the strain.
    left : share of the modulus left, 1 − D, (m,).
    secant : stress over strain as a share of the modulus, where strains grew in proportion and the element is
        at its limit; elsewhere what is left, (m,).
    """

    state: State
    left: Array
    secant: Array


def respond(law: Law, state: State, strains: Array) -> Response:
    """Return the state of the elements after a strain.

    Parameters
    ----------
    strains : Voigt order, engineering shear strain, (m, 6).
    """
    elastic = strains - state.plastic
    highest, lowest = principal_extremes(elastic)
    pull, press = highest / law.tension.yield_strain, -lowest / law.compression.yield_strain
    tension, compression = state.tension.copy(), state.compression.copy()
    factor = np.ones_like(pull)
    first = _over(law.tension, tension, pull) >= _over(law.compression, compression, press)
    # Whichever mode is further beyond its limit returns first; the other then if it still must.
    for pulled in (first, ~first):
        torn, crushed = law.breakable & pulled, law.breakable & ~pulled
        _return(law.tension, tension, law.compression.left(compression), pull, factor, torn)
        _return(law.compression, compression, law.tension.left(tension), press, factor, crushed)
    after = State(strains - factor[:, None] * elastic, tension, compression)
    left = law.tension.left(tension) * law.compression.left(compression)
    kept = np.where(tension > state.tension, law.tension.elastic_share(tension), 1.0)
    kept *= np.where(compression > state.compression, law.compression.elastic_share(compression), 1.0)
    return Response(after, left, left * kept)


def principal_extremes(strains: Array) -> tuple[Array, Array]:
    """Return the largest and the smallest principal strain, (m,) each.

    Parameters
    ----------
    strains : Voigt order, engineering shear strain, (m, 6).

    Examples
    --------
    >>> principal_extremes(np.array([[0.0, 0.0, 0.0, 0.0, 0.0, 0.02]]))
    (array([0.01]), array([-0.01]))
    """
    xx, yy, zz, yz, xz, xy = (strains * (1, 1, 1, 0.5, 0.5, 0.5)).T
    mean = (xx + yy + zz) / 3
    a, b, c = xx - mean, yy - mean, zz - mean
    off = yz**2 + xz**2 + xy**2
    radius = np.sqrt((a**2 + b**2 + c**2 + 2 * off) / 6)
    determinant = a * b * c + 2 * yz * xz * xy - a * yz**2 - b * xz**2 - c * xy**2
    cosine = determinant / np.maximum(2 * radius**3, np.finfo(np.float64).tiny)
    angle = np.arccos(np.clip(cosine, -1, 1)) / 3
    return mean + 2 * radius * np.cos(angle), mean + 2 * radius * np.cos(angle + 2 * np.pi / 3)


def _over(curve: Curve, inelastic: Array, measure: Array) -> Array:
    """Return how far a measure of the elastic strain is beyond the limit, as a multiple of it."""
    over: Array = measure / (curve.stress(inelastic) + curve.damage_share * inelastic)
    return over


def _return(
    curve: Curve, inelastic: Array, other_left: Array, measure: Array, factor: Array, chosen: Mask
) -> None:
    """Bring chosen elements within the limit of one mode: grow its inelastic strain, shrink the elastic one.

    Parameters
    ----------
    inelastic : of this mode, changed in place.
    other_left : share of the modulus that the other mode has left.
    measure : of the elastic strain before the step.
    factor : by which the elastic strain has been scaled so far, changed in place.
    """
    share = curve.damage_share
    chosen = chosen & (measure * factor * other_left > curve.stress(inelastic) + share * inelastic)
    if not chosen.any():
        return
    q, before, beyond = other_left[chosen], inelastic[chosen], measure[chosen] * factor[chosen]
    total = q * (beyond + (1 - share) * before)
    after = np.maximum(_solved(curve, chosen, total, share + q * (1 - share)), before)
    inelastic[chosen] = after
    factor[chosen] *= 1 - (1 - share) * (after - before) / beyond


def _solved(curve: Curve, chosen: Mask, total: Array, weight: Array) -> Array:
    """Return the inelastic strain i at which s(i) + weight · i is a total."""
    found: Array = (total - 1) / (curve.slope + weight)
    falling = found > curve.peak_inelastic
    if falling.any():
        fall = curve.fall[chosen][falling]
        w, aim = weight[falling], total[falling]
        i = aim / w
        for _ in range(ROUNDS):
            stress = curve.peak_stress * np.exp(-(i - curve.peak_inelastic) / fall)
            step = (stress + w * i - aim) / (w - stress / fall)
            i = np.maximum(i - step, curve.peak_inelastic)
            if np.abs(step).max() <= 1e-14 * np.abs(i).max():
                break
        found[falling] = i
    return found
