"""How bone is built: thickness, spacing, number, connectivity, plates or rods, direction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from spondyl.assay.microct.segmentation import Segmentation
from spondyl.assay.microct.shape import (
    SurfaceSums,
    anisotropy,
    structure_model_index,
    surface_fabric,
    topology,
)
from spondyl.assay.microct.shape.ellipsoid import Triples
from spondyl.errors import MeasurementError

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Architecture:
    """The architecture of bone, in the nomenclature of Bouxsein et al. 2010.

    Parameters
    ----------
    tb_th_um, tb_th_sd_um : mean and standard deviation of the local thickness of bone over its volume, µm.
    tb_th_unresolved : share of the bone that is thinner than three voxels, from 0 to 1: below resolution.
    tb_sp_um, tb_sp_sd_um : the same of what is not bone, µm.
    tb_n_per_mm : inverse of the mean distance between mid-axes; None where no two face each other.
    smi : structure model index, 0 for plates, 3 for rods; None when there is no surface.
    euler : Euler number of the bone, cut faces closed.
    conn_d_per_mm3 : connectivity density, edges corrected; None where the volume of interest is too thin.
    da : degree of anisotropy by mean intercept length, at least 1; None where the volume is too thin.
    mil_lengths : half axes of the ellipsoid of mean intercept length, longest first, mm; None likewise.
    mil_axes : unit vectors along them, components (z, y, x); None likewise.
    da_surface : degree of anisotropy by where the surface faces, a second opinion; None where some direction
        has no surface.
    """

    tb_th_um: float
    tb_th_sd_um: float
    tb_th_unresolved: float
    tb_sp_um: float
    tb_sp_sd_um: float
    tb_n_per_mm: float | None
    smi: float | None
    euler: int
    conn_d_per_mm3: float | None
    da: float | None
    mil_lengths: Triple | None
    mil_axes: Triples | None
    da_surface: float | None


def measure_architecture(
    segmentation: Segmentation, sums: SurfaceSums, threads: int, tell: Callable[[str], None]
) -> Architecture:
    """Return the architecture of segmented bone.

    Parameters
    ----------
    segmentation : as :func:`spondyl.assay.microct.segment` returns it.
    sums : over its surface.
    threads : threads used; changes no digit.
    tell : called with the name of each long stage as it begins.
    """
    from spondyl.assay.microct.thickness import local_thickness

    bone, voi = segmentation.bone, segmentation.voi
    spacing = segmentation.field.scan.grid.spacing_mm
    tell("connectivity and direction")
    fabric = surface_fabric(sums)
    joined = topology(bone, voi, spacing, threads=threads)
    directed = anisotropy(bone, voi, spacing, threads=threads)
    tell("thickness")
    thickness = local_thickness(bone, voi, spacing, threads=threads)
    tell("separation")
    marrow = ~bone if voi is None else voi & ~bone
    separation = local_thickness(marrow, voi, spacing, threads=threads)
    tell("trabecular number")
    number = _number(segmentation, threads)
    return Architecture(
        tb_th_um=1000 * thickness.mean_mm,
        tb_th_sd_um=1000 * thickness.sd_mm,
        tb_th_unresolved=thickness.below_resolution,
        tb_sp_um=1000 * separation.mean_mm,
        tb_sp_sd_um=1000 * separation.sd_mm,
        tb_n_per_mm=number,
        smi=structure_model_index(sums),
        euler=joined.euler,
        conn_d_per_mm3=joined.conn_d_per_mm3,
        da=directed.da if directed else None,
        mil_lengths=directed.mil_lengths_mm if directed else None,
        mil_axes=directed.mil_axes if directed else None,
        da_surface=fabric.da if fabric else None,
    )


def _number(segmentation: Segmentation, threads: int) -> float | None:
    from spondyl.assay.microct.thickness import trabecular_number

    spacing = segmentation.field.scan.grid.spacing_mm
    try:
        return trabecular_number(segmentation.bone, segmentation.voi, spacing, threads=threads)
    except MeasurementError:  # one strut alone has no distance to another
        return None
