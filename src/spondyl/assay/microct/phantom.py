"""A defect filled with granules, whose every voxel is known, as a scanner would see it.

The phantom answers how well bone and β-TCP can be told apart under a given blur and noise. Bone is a network
of straight struts, one end of each in a node of a jittered lattice, and a layer of new bone that covers part
of the granules. Granules are polyhedra with random facets and round pores. The numbers of the materials come
from the table of the stage, those of the imaging from the scan that is to be judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from spondyl.assay.microct.phantom_shapes import (
    BONE,
    FINE,
    NEW_BONE,
    SOFT,
    draw_granules,
    draw_layers,
    draw_struts,
)
from spondyl.errors import MeasurementError, Mistake
from spondyl.quantity import Parameter, shipped

PSF_CUT_SIGMAS = 4.0
PATCH_VOXELS = 4.0
"""Grain of the spots of higher and lower mineral in bone, and of the patches of new bone on granules."""

TEXTURE_VOXELS = 0.5
"""Grain of the texture of granules, whose pores are smaller than a voxel."""


class Phase(IntEnum):
    """What a voxel is made of."""

    SOFT = 0
    BONE = 1
    SCAFFOLD = 2


class Stream(IntEnum):
    """Independent streams of random numbers of one seed, so that the noise does not change the shapes."""

    BONE = 1
    GRANULES = 2
    DENSITY = 3
    NOISE = 4
    TRAINING = 5


@dataclass(frozen=True, slots=True)
class Imaging:
    """How a scanner blurs and disturbs the mineral density.

    Parameters
    ----------
    voxel_um : edge of the cubic voxel, µm.
    blur_voxels : standard deviation of the Gaussian point spread, besides the average over the voxel.
    noise_mgha_cm3 : standard deviation of the noise, mg HA/cm³.
    grain_voxels : standard deviation of the Gaussian that gives the noise its grain; 0 for white noise.
    """

    voxel_um: float
    blur_voxels: float
    noise_mgha_cm3: float
    grain_voxels: float

    def __post_init__(self) -> None:
        limits = {
            "voxel_um": (0.1, 1000.0),
            "blur_voxels": (0.0, 10.0),
            "noise_mgha_cm3": (0.0, 1e4),
            "grain_voxels": (0.0, 5.0),
        }
        given = {name: getattr(self, name) for name in limits}
        wrong = [
            Mistake(f"imaging › {name}", f"{given[name]:g}", f"must lie between {low:g} and {high:g}")
            for name, (low, high) in limits.items()
            if not low <= given[name] <= high
        ]
        if wrong:
            raise MeasurementError(wrong)


@dataclass(frozen=True, slots=True)
class Materials:
    """Densities and sizes of the phases of a phantom.

    Parameters
    ----------
    soft, bone, scaffold : mean density of each phase, mg HA/cm³; that of the scaffold is the density of
        hydroxyapatite that attenuates like the granules with the pores too small to be seen.
    new_bone : mean density of the layer of new bone on the granules.
    bone_spread, granule_spread : standard deviation of the density within bone, and between granules.
    texture : standard deviation of the density within a granule, from voxel to voxel.
    spacing_um : distance between the nodes of the network of struts.
    strut_um, granule_um, pore_um : lowest and highest thickness of bone, diameter of granules and of pores.
    pores : share of a granule that is pores large enough to be seen.
    covered : share of the surface of the granules that new bone covers.
    """

    soft: float
    bone: float
    scaffold: float
    new_bone: float
    bone_spread: float
    granule_spread: float
    texture: float
    spacing_um: float
    strut_um: tuple[float, float]
    granule_um: tuple[float, float]
    pore_um: tuple[float, float]
    pores: float
    covered: float


@dataclass(frozen=True, slots=True, eq=False)
class Phantom:
    """A scan whose truth is known.

    Parameters
    ----------
    truth : :class:`Phase` at the centre of each voxel, uint8, shape (z, y, x).
    values : what the scanner shows, mg HA/cm³, same shape.
    imaging, materials : what it was made with.
    """

    truth: NDArray[np.uint8]
    values: NDArray[np.float64]
    imaging: Imaging
    materials: Materials


def in_vivo(parameters: Mapping[str, Parameter] | None = None) -> Imaging:
    """Return the blur and noise of a scan of a living rat, from the table of the stage."""
    table = parameters or shipped()["assay/microct"]
    return Imaging(
        voxel_um=table["in_vivo_voxel"].value,
        blur_voxels=table["in_vivo_blur"].value / table["in_vivo_voxel"].value,
        noise_mgha_cm3=table["in_vivo_noise"].value,
        grain_voxels=table["in_vivo_noise_grain"].value,
    )


def materials(parameters: Mapping[str, Parameter] | None = None) -> Materials:
    """Return bone, marrow and β-TCP as the table of the stage describes them."""
    table = parameters or shipped()["assay/microct"]
    thickness, granule, pore = (table[n] for n in ("strut_thickness", "granule_diameter", "granule_pore"))
    return Materials(
        soft=table["marrow_density"].value,
        bone=table["bone_tissue_density"].value,
        scaffold=table["tcp_solid_density"].value * (1 - table["tcp_microporosity"].value),
        new_bone=table["new_bone_density"].value,
        bone_spread=table["bone_density_spread"].value,
        granule_spread=table["granule_density_spread"].value,
        texture=table["granule_texture"].value,
        spacing_um=table["strut_spacing"].value,
        strut_um=(thickness.low, thickness.high),
        granule_um=(granule.low, granule.high),
        pore_um=(pore.low, pore.high),
        pores=table["granule_pores_seen"].value,
        covered=table["granule_cover"].value,
    )


def phantom(
    seed: int,
    imaging: Imaging | None = None,
    made_of: Materials | None = None,
    *,
    edge: int = 80,
) -> Phantom:
    """Make a cubic phantom; the same arguments give the same numbers.

    The shapes are drawn on voxels a third as wide, so each voxel of the scan holds 27 of them. Its truth is
    the phase of the one in the middle, its density the mean of all; then blur and noise.

    Parameters
    ----------
    seed : key of the counter-based generator.
    imaging : blur and noise; :func:`in_vivo` by default.
    made_of : the phases; :func:`materials` by default.
    edge : voxels along each side.

    Raises
    ------
    MeasurementError
        If the edge is shorter than two of the largest granules, which could then not be drawn whole.
    """
    imaging, made_of = imaging or in_vivo(), made_of or materials()
    least = int(2 * made_of.granule_um[1] / imaging.voxel_um)
    if edge < least:
        given = f"an edge of {edge} voxels"
        raise MeasurementError(Mistake("phantom", given, f"must be at least {least}, two large granules"))
    owner, count = _shapes(seed, imaging.voxel_um / FINE, made_of, edge)
    middle = owner[1::FINE, 1::FINE, 1::FINE]
    truth = np.select([middle > SOFT, middle < SOFT], [Phase.SCAFFOLD, Phase.BONE], Phase.SOFT)
    density = _density(owner, count, made_of, stream(seed, Stream.DENSITY))
    values = _imaged(density, imaging, stream(seed, Stream.NOISE))
    return Phantom(truth.astype(np.uint8), values, imaging, made_of)


def _shapes(seed: int, fine_um: float, made_of: Materials, edge: int) -> tuple[NDArray[np.int16], int]:
    """Owner of every fine voxel, and the number of granules."""

    def fine(sizes_um: tuple[float, float]) -> tuple[float, float]:
        return sizes_um[0] / fine_um, sizes_um[1] / fine_um

    pores = (*fine(made_of.pore_um), made_of.pores)
    owner, granules = draw_granules(
        edge * FINE, stream(seed, Stream.GRANULES), fine(made_of.granule_um), pores
    )
    rng = stream(seed, Stream.BONE)
    draw_struts(owner, rng, made_of.spacing_um / fine_um, fine(made_of.strut_um))
    cover = _smooth_noise(rng, edge, PATCH_VOXELS)
    patches = cover <= np.quantile(cover, made_of.covered)
    draw_layers(owner, granules, patches, rng, fine(made_of.strut_um))
    return owner, len(granules)


def stream(seed: int, which: Stream) -> np.random.Generator:
    """Return the counter-based generator of one stream of a seed."""
    return np.random.Generator(np.random.Philox(key=[seed, int(which)]))


def _density(
    owner: NDArray[np.int16], granules: int, made_of: Materials, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Mean density of each voxel before the scanner."""
    edge = owner.shape[0] // FINE
    # Owners below zero count from the end of the list, as Python's indices do.
    of_owner = made_of.scaffold + made_of.granule_spread * rng.standard_normal(granules + 3)
    of_owner[[SOFT, BONE, NEW_BONE]] = made_of.soft, made_of.bone, made_of.new_bone
    mineral = _mean(of_owner.astype(np.float32)[owner])
    mineral += _mean(owner < SOFT) * made_of.bone_spread * _smooth_noise(rng, edge, PATCH_VOXELS)
    mineral += _mean(owner > SOFT) * made_of.texture * _smooth_noise(rng, edge, TEXTURE_VOXELS)
    return mineral


def _imaged(density: NDArray[np.float64], imaging: Imaging, rng: np.random.Generator) -> NDArray[np.float64]:
    blurred = gaussian_filter(density, imaging.blur_voxels, mode="nearest", truncate=PSF_CUT_SIGMAS)
    noise = _smooth_noise(rng, density.shape[0], imaging.grain_voxels)
    return np.asarray(blurred + imaging.noise_mgha_cm3 * noise)


def _mean(fine: NDArray[np.float32] | NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean over the fine voxels of each voxel."""
    edge = fine.shape[0] // FINE
    blocks = fine.reshape(edge, FINE, edge, FINE, edge, FINE)
    return np.asarray(blocks.mean(axis=(1, 3, 5), dtype=np.float64))


def _smooth_noise(rng: np.random.Generator, edge: int, sigma: float) -> NDArray[np.float64]:
    """Gaussian noise of standard deviation 1 with a grain of `sigma` voxels."""
    white = rng.standard_normal((edge,) * 3)
    if sigma == 0:
        return white
    smooth = gaussian_filter(white, sigma, mode="wrap", truncate=PSF_CUT_SIGMAS)
    return np.asarray(smooth / smooth.std())
