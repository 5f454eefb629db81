"""From the morphometry that is asked for to the recipe of a network, by a table of measured networks.

``network.csv`` holds networks of known recipes as the micro-CT assay measured them (made by
``validation/vertebra_networks.py``; lengths are in wavelengths). Smooth functions through it are inverted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, VertebraError
from spondyl.vertebra.network import Recipe

Reals = NDArray[np.float64]

LEVELS = (-1.3, 0.5)
"""Lowest and highest level of holes of the table: nearly whole plates, and struts that just hang together."""

THICKNESS = (0.03, 0.22)
"""Smallest and largest thickness of the table in wavelengths, somewhat widened."""


IN_BODY = (1.034, 1.011, 0.982)
"""Tb.Th, Tb.Sp and DA of networks in bodies over those in the cubes of the table: walls join and cut them.

Means of 32 bodies of 30 µm voxels, none of which is among those of the validation table.
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Morphometry of a network.

    Parameters
    ----------
    bv_tv : bone volume fraction.
    tb_th_mm, tb_sp_mm : thickness and spacing by maximal spheres.
    da : degree of anisotropy by mean intercept length, long axis along z.
    """

    bv_tv: float
    tb_th_mm: float
    tb_sp_mm: float | None
    da: float


@dataclass(frozen=True, slots=True)
class _Fit:
    """Coefficients of the four functions of :func:`_terms` that describe the table."""

    bv_tv: Reals
    tb_th: Reals
    tb_sp: Reals
    da: Reals
    differ: Reals
    ratio: Reals

    def measured(self, thickness: float, level: float, stretch: float) -> tuple[float, float, float]:
        """Return BV/TV, Tb.Th and Tb.Sp of a recipe, lengths in wavelengths."""
        terms = _terms(np.array([thickness]), np.array([level]), np.array([stretch]))[0]
        bv_tv = -np.expm1(-np.exp(terms @ self.bv_tv))
        return float(bv_tv), float(np.exp(terms @ self.tb_th)), float(np.exp(terms @ self.tb_sp))

    def stretch(self, da: float) -> float:
        """Return the stretch of the fields that gives a degree of anisotropy."""
        return float(np.exp((np.log(da) - self.da[0]) / self.da[1]))


@dataclass(frozen=True, slots=True)
class Usual:
    """What points tell of networks of one recipe on average.

    Parameters
    ----------
    bv_tv : share of bone.
    differ, ratio : as in :class:`spondyl.vertebra.sounding.Told`.
    ratio_slope : change of the logarithm of `ratio` with that of the stretch.
    """

    bv_tv: float
    differ: float
    ratio: float
    ratio_slope: float


@cache
def fit() -> _Fit:
    """Return the functions through the table of networks."""
    text = (files(__package__) / "network.csv").read_text(encoding="utf-8").splitlines()
    names = text[0].split(",")
    column = dict(zip(names, np.array([line.split(",") for line in text[1:]], float).T, strict=True))
    terms = _terms(column["thickness"], column["hole_level"], column["stretch"])
    return _Fit(
        bv_tv=_solved(terms, np.log(-np.log1p(-column["bv_tv"]))),
        tb_th=_solved(terms, np.log(column["tb_th"])),
        tb_sp=_solved(terms, np.log(column["tb_sp"])),
        da=_solved(terms[:, _STRETCH], np.log(column["da"])),
        differ=_solved(terms, np.log(column["differ"])),
        ratio=_solved(terms[:, _STRETCH], np.log(column["ratio"])),
    )


_STRETCH = [0, 6]
"""Of the terms those of the stretch alone."""


def _terms(thickness: Reals, level: Reals, stretch: Reals) -> Reals:
    t, s = np.log(thickness), np.log(stretch)
    return np.stack([np.ones_like(t), t, level, t * t, level * level, t * level, s], 1)


def _solved(terms: Reals, values: Reals) -> Reals:
    return np.asarray(np.linalg.lstsq(terms, values, rcond=None)[0])


def recipe(asked: Asked, *, level: float, richer_ends: float, where: str) -> Recipe:
    """Return the recipe of a network with the morphometry asked for.

    Parameters
    ----------
    asked : the morphometry; without a spacing, the one that goes with `level`.
    level : of holes where no spacing is asked for.
    richer_ends : of the recipe.
    where : begins error messages.

    Raises
    ------
    VertebraError
        If no network has these three numbers: says what spacing goes with the other two.
    """
    asked = _in_cube(asked)
    stretch = fit().stretch(asked.da)
    if asked.tb_sp_mm is not None:
        level = _level(asked, stretch, where)
    thickness = _thickness(asked.bv_tv, level, stretch, where)
    _, tb_th, _ = fit().measured(thickness, level, stretch)
    wavelength = asked.tb_th_mm / tb_th
    return Recipe(wavelength, thickness * wavelength, level, stretch, richer_ends)


def usual(wanted: Recipe, asked: Asked) -> Usual:
    """Return what points tell of networks of a recipe on average."""
    relative = np.array([wanted.thickness_mm / wanted.wavelength_mm])
    terms = _terms(relative, np.array([wanted.hole_level]), np.array([wanted.stretch]))[0]
    slope = float(fit().ratio[1])
    ratio = float(np.exp(terms[_STRETCH] @ fit().ratio))
    return Usual(asked.bv_tv, float(np.exp(terms @ fit().differ)), ratio, slope)


def _in_cube(asked: Asked) -> Asked:
    """Return the morphometry that the network of a body has in a cube."""
    thick, apart, along = IN_BODY
    spacing = None if asked.tb_sp_mm is None else asked.tb_sp_mm / apart
    return Asked(asked.bv_tv, asked.tb_th_mm / thick, spacing, max(asked.da / along, 1.0))


def usual_level(asked: Asked) -> float:
    """Return the level of holes at which a network has its spacing, or the nearest there is."""
    asked = _in_cube(asked)
    found = _spacings(asked, fit().stretch(asked.da))
    levels, spacings = np.array(found).T
    return float(np.interp(asked.tb_sp_mm or 0.0, spacings, levels))


def spacing_mm(bv_tv: float, tb_th_mm: float, level: float, stretch: float, where: str) -> float:
    """Return the spacing that goes with a bone volume fraction, a thickness and a level of holes, mm."""
    thickness = _thickness(bv_tv, level, stretch, where)
    _, tb_th, tb_sp = fit().measured(thickness, level, stretch)
    return tb_th_mm * tb_sp / tb_th


def _thickness(bv_tv: float, level: float, stretch: float, where: str) -> float:
    """Return the thickness in wavelengths that gives a bone volume fraction at a level of holes."""
    low, high = THICKNESS
    least, most = (fit().measured(end, level, stretch)[0] for end in THICKNESS)
    if not least <= bv_tv <= most:
        allowed = f"must lie between {least:.3g} and {most:.3g} for such a network"
        raise VertebraError(Mistake(f"{where} › BV/TV", f"{bv_tv:.3g}", allowed))
    for _ in range(60):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if fit().measured(middle, level, stretch)[0] < bv_tv else (low, middle)
    return float(np.sqrt(low * high))


def _level(asked: Asked, stretch: float, where: str) -> float:
    """Return the level of holes at which thickness and bone volume fraction go with the spacing."""
    if asked.tb_sp_mm is None:
        raise ValueError("no spacing")
    found = _spacings(asked, stretch)
    closest, widest = found[0][1], found[-1][1]
    if not closest <= asked.tb_sp_mm <= widest:
        given = (
            f"BV/TV {asked.bv_tv:.3g} with Tb.Th {1000 * IN_BODY[0] * asked.tb_th_mm:.0f} um and "
            f"Tb.Sp {1000 * IN_BODY[1] * asked.tb_sp_mm:.0f} um"
        )
        allowed = (
            f"do not hold together: with this BV/TV and Tb.Th the spacing must lie between "
            f"{1000 * IN_BODY[1] * closest:.0f} um (rods) and {1000 * IN_BODY[1] * widest:.0f} um (plates)"
        )
        raise VertebraError(Mistake(where, given, allowed))
    levels, spacings = np.array(found).T
    return float(np.interp(asked.tb_sp_mm, spacings, levels))


def _spacings(asked: Asked, stretch: float) -> list[tuple[float, float]]:
    """Return pairs of level and spacing, mm, by rising spacing, for levels that can give the BV/TV."""
    pairs = []
    for level in np.linspace(*LEVELS, 37):
        try:
            pairs.append(
                (float(level), spacing_mm(asked.bv_tv, asked.tb_th_mm, float(level), stretch, "network"))
            )
        except VertebraError:
            continue
    return sorted(pairs, key=lambda pair: pair[1])
