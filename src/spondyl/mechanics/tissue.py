"""Strength of bone tissue: the stress–strain curve of one voxel pulled or pressed along one axis.

The curve is linear up to the yield strain, then rises with a small slope up to the ultimate strain, then
falls exponentially. How fast it falls depends on the size of the voxel: the energy that the falling branch
consumes, per area of a plane of failing voxels, is the fracture energy of the tissue whatever the voxel
(crack band, Bazant and Oh 1983). A given share of the inelastic strain is damage, which unloading recovers
with a reduced modulus; the rest is plastic and stays.

Here and in :mod:`spondyl.mechanics.damage_law` strains are in units of the yield strain and stresses in units
of the yield stress of the mode (tension or compression): s is the stress, i the inelastic strain ε − σ/E, and
χ the damage share. Then the plastic strain is (1 − χ) i, and the modulus left is s / (s + χ i).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MechanicsError, Mistake
from spondyl.quantity import Parameter, shipped

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tissue:
    """The numbers of the curve, in tension and in compression; all strains are positive.

    Parameters
    ----------
    tensile_yield_strain, compressive_yield_strain : where the curve leaves its linear part.
    tensile_ultimate_strain, compressive_ultimate_strain : where it is highest.
    post_yield_slope : slope between the two, as a share of Young's modulus.
    tensile_fracture_energy, compressive_fracture_energy : consumed by the falling branch, N/mm.
    damage_share : share of the inelastic strain that is damage.

    Raises
    ------
    MechanicsError
        If a number lies outside what has a meaning; all of them are listed.
    """

    tensile_yield_strain: float
    compressive_yield_strain: float
    tensile_ultimate_strain: float
    compressive_ultimate_strain: float
    post_yield_slope: float
    tensile_fracture_energy: float
    compressive_fracture_energy: float
    damage_share: float

    def __post_init__(self) -> None:
        wrong = [
            Mistake(field.name, f"{value:g}", "must be a finite number above zero")
            for field in fields(self)
            if not (math.isfinite(value := getattr(self, field.name)) and value > 0)
            and field.name != "post_yield_slope"
        ]
        if not 0 <= self.post_yield_slope < 1:
            wrong.append(
                Mistake("post_yield_slope", f"{self.post_yield_slope:g}", "must be at least 0, below 1")
            )
        if self.damage_share > 1:
            wrong.append(Mistake("damage_share", f"{self.damage_share:g}", "must not be above 1"))
        for mode in ("tensile", "compressive"):
            low, high = getattr(self, f"{mode}_yield_strain"), getattr(self, f"{mode}_ultimate_strain")
            if high < low:
                allowed = f"must not be below the yield strain, {low:g}"
                wrong.append(Mistake(f"{mode}_ultimate_strain", f"{high:g}", allowed))
        if wrong:
            raise MechanicsError(wrong)


def bone_tissue(parameters: Mapping[str, Parameter] | None = None) -> Tissue:
    """Return the strength of bone tissue that ships with the package.

    Parameters
    ----------
    parameters : numbers of the stage ``mechanics``; the shipped ones if None.

    Examples
    --------
    >>> bone_tissue().compressive_yield_strain
    0.0083
    """
    table = parameters or shipped()["mechanics"]
    return Tissue(
        tensile_yield_strain=table["tensile_yield_strain"].value,
        compressive_yield_strain=table["compressive_yield_strain"].value,
        tensile_ultimate_strain=table["tensile_ultimate_strain"].value,
        compressive_ultimate_strain=table["compressive_ultimate_strain"].value,
        post_yield_slope=table["post_yield_slope"].value,
        tensile_fracture_energy=table["tensile_fracture_energy"].value,
        compressive_fracture_energy=table["compressive_fracture_energy"].value,
        damage_share=table["damage_share"].value,
    )


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve of one mode in units of its yield strain and stress, for each element.

    Parameters
    ----------
    yield_strain : the unit.
    slope : of the rising branch against the inelastic strain.
    peak_inelastic, peak_stress : where the curve is highest.
    fall : inelastic strain over which the stress falls to 1/e, (m,).
    damage_share : χ.
    """

    yield_strain: float
    slope: float
    peak_inelastic: float
    peak_stress: float
    fall: Array
    damage_share: float

    def stress(self, inelastic: Array, chosen: NDArray[np.bool_] | slice = slice(None)) -> Array:
        """Return the stress s at inelastic strains of chosen elements."""
        beyond = np.maximum(inelastic - self.peak_inelastic, 0.0)
        rising = 1 + self.slope * np.minimum(inelastic, self.peak_inelastic)
        stress: Array = rising * np.exp(-beyond / self.fall[chosen])
        return stress

    def left(self, inelastic: Array) -> Array:
        """Return the share of the modulus left, 1 − D, at inelastic strains of all elements."""
        stress = self.stress(inelastic)
        left: Array = stress / (stress + self.damage_share * inelastic)
        return left

    def elastic_share(self, inelastic: Array) -> Array:
        """Return the share of the strain that unloading recovers, at inelastic strains of all elements."""
        stress = self.stress(inelastic)
        share: Array = (stress + self.damage_share * inelastic) / (stress + inelastic)
        return share


def curves(tissue: Tissue, modulus: Array, size_mm: float) -> tuple[Curve, Curve]:
    """Return the curves in tension and in compression of elements.

    Parameters
    ----------
    modulus : Young's moduli, MPa, (m,).
    size_mm : width of the band in which failure gathers: the edge of a cube of one voxel's volume.

    Raises
    ------
    MechanicsError
        If a voxel is so large that it stores more elastic energy than its failure consumes.
    """
    tension = (tissue.tensile_yield_strain, tissue.tensile_ultimate_strain, tissue.tensile_fracture_energy)
    compression = (
        tissue.compressive_yield_strain,
        tissue.compressive_ultimate_strain,
        tissue.compressive_fracture_energy,
    )
    return _curve(*tension, tissue, modulus, size_mm), _curve(*compression, tissue, modulus, size_mm)


def _curve(
    yield_strain: float, ultimate: float, energy: float, tissue: Tissue, modulus: Array, size_mm: float
) -> Curve:
    """Return the curve of one mode.

    A band beside unloading tissue opens by w = h (ε_band − ε_beside). In units of the yield strain, and with
    the tissue beside unloading at its reduced modulus from the peak (s_u, i_u), ∫ s dw is
    h (s_u f + χ s_u i_u / 2), where f is the fall. Set equal to the fracture energy over the yield stress and
    strain, this gives f.
    """
    share = tissue.damage_share
    slope = tissue.post_yield_slope / (1 - tissue.post_yield_slope)
    peak_inelastic = (ultimate / yield_strain - 1) / (1 + slope)
    peak_stress = 1 + slope * peak_inelastic
    unit = modulus * yield_strain**2 * peak_stress
    fall = energy / (size_mm * unit) - share * peak_inelastic / 2
    # Below this the curve would turn back: strain would have to fall for the stress to fall.
    least = peak_stress / share
    if not fall.min() > least:
        largest = energy / (float(unit.max()) * (least + share * peak_inelastic / 2))
        given = f"{size_mm:.4g} mm, in which failure would release more energy than it consumes"
        allowed = f"must be below {largest:.3g} mm for this modulus and fracture energy: take a finer volume"
        raise MechanicsError(Mistake("voxel size", given, allowed))
    return Curve(yield_strain, slope, peak_inelastic, peak_stress, fall, share)
