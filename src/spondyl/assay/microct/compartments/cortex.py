"""Area, thickness and porosity of the cortex."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.compartments.compartments import Compartments
from spondyl.errors import MeasurementError, Mistake

Bools = NDArray[np.bool_]
Triple = tuple[float, float, float]
ThicknessMap = Callable[[Bools, Triple], NDArray[np.floating]]
"""From a mask and its spacing, mm, to the thickness in each of its voxels, mm."""


@dataclass(frozen=True, slots=True)
class Cortex:
    """The cortex in numbers, in the nomenclature of Bouxsein et al. 2010.

    Parameters
    ----------
    ct_ar_mm2 : cortical bone area, mean over the slices; pores do not count.
    tt_ar_mm2 : area inside the periosteal surface, mean over the same slices.
    ct_th_um, ct_th_sd_um : mean and standard deviation of the thickness over the volume of the cortex, its
        pores filled, µm.
    ct_po : cortical porosity, share of the cortex that is not bone, from 0 to 1.
    slices : how many slices the areas were averaged over.
    """

    ct_ar_mm2: float
    tt_ar_mm2: float
    ct_th_um: float
    ct_th_sd_um: float
    ct_po: float
    slices: int


def cortex(
    bone: Bools,
    parts: Compartments,
    *,
    axis: int = 0,
    slices: tuple[int, int] | None = None,
    thickness_map: ThicknessMap | None = None,
) -> Cortex:
    """Measure the cortex of a bone.

    Everything is measured in the same slices across `axis`: by default in those that hold cortex and
    trabecular compartment, so that end-plates, slices of nothing but cortex, are left out.

    Parameters
    ----------
    bone : True in bone, shape (z, y, x).
    parts : its compartments.
    axis : long axis of the bone: 0, 1 or 2 for z, y or x.
    slices : first slice and the one after the last; by default as above.
    thickness_map : local thickness of a mask, mm; by default by maximal spheres. A second opinion is
        :func:`wall_thickness_mm`.

    Raises
    ------
    MeasurementError
        If bone and compartments differ in shape, or no slice holds cortex.
    """
    if bone.shape != parts.labels.shape:
        given = f"bone of shape {bone.shape}"
        raise MeasurementError(Mistake("cortex", given, f"the compartments have shape {parts.labels.shape}"))
    chosen = _slices(parts, axis, slices)
    across = np.moveaxis(parts.cortex, axis, 0)[chosen]
    solid = np.moveaxis(bone, axis, 0)[chosen] & across
    count, wall = len(solid), int(np.count_nonzero(across))
    if not wall:
        raise MeasurementError(Mistake("cortex", "no cortex in the slices chosen", "choose other slices"))
    local = (thickness_map or by_spheres)(parts.cortex, parts.grid.spacing_mm)
    values = 1000 * np.moveaxis(local, axis, 0)[chosen][across].astype(np.float64)
    pixel = parts.grid.voxel_mm3 / parts.grid.spacing_mm[axis]
    body = int(np.count_nonzero(np.moveaxis(parts.body, axis, 0)[chosen]))
    held = int(np.count_nonzero(solid))
    return Cortex(
        ct_ar_mm2=held * pixel / count,
        tt_ar_mm2=body * pixel / count,
        ct_th_um=float(values.mean()),
        ct_th_sd_um=float(values.std()),
        ct_po=1 - held / wall,
        slices=count,
    )


def by_spheres(mask: Bools, spacing_mm: Triple, threads: int | None = None) -> NDArray[np.floating]:
    """Return the local thickness of a mask by maximal spheres, mm; 0 elsewhere."""
    from spondyl.assay.microct.thickness.thickness import local_thickness

    found = local_thickness(mask, None, spacing_mm, keep_map=True, threads=threads).map_mm
    return np.zeros(mask.shape, dtype=np.float32) if found is None else found


def wall_thickness_mm(parts: Compartments) -> NDArray[np.float32]:
    """Return the thickness of the wall at each voxel of the cortex, mm; 0 elsewhere.

    The distance to the nearest voxel outside plus that to the nearest voxel of the trabecular compartment,
    less one voxel for the two halves that reach beyond the faces; exact on a wall along the array.
    """
    from scipy.ndimage import distance_transform_edt

    spacing = parts.grid.spacing_mm
    wall, inside = parts.cortex, parts.trabecular
    outer = distance_transform_edt(parts.labels != 0, sampling=spacing)
    inner = distance_transform_edt(~inside, sampling=spacing)
    thickness = outer + inner - (spacing[0] * spacing[1] * spacing[2]) ** (1 / 3)
    return np.where(wall, thickness, 0).astype(np.float32)


def _slices(parts: Compartments, axis: int, slices: tuple[int, int] | None) -> slice | NDArray[np.intp]:
    count = parts.labels.shape[axis]
    if slices is not None:
        start, stop = slices
        if not 0 <= start < stop <= count:
            allowed = f"must lie within 0 to {count}, start before stop"
            raise MeasurementError(Mistake("cortex › slices", f"{start} to {stop}", allowed))
        return slice(start, stop)
    others = tuple(i for i in range(3) if i != axis)
    return np.flatnonzero(parts.cortex.any(axis=others) & parts.trabecular.any(axis=others))
