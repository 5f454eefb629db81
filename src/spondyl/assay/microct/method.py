"""How each number was obtained, in the words of a methods section."""

from __future__ import annotations

from dataclasses import dataclass

from spondyl.assay.microct import tissue_density
from spondyl.assay.microct.compartments import Compartments
from spondyl.assay.microct.segmentation import Segmentation
from spondyl.assay.microct.trabecular import CORTEX_RULE

THICKNESS = (
    "local thickness by maximal spheres (Hildebrand & Rüegsegger 1997) on the exact distance transform, "
    "diameters to the faces between voxels; spheres reach past the border of the volume of interest unless "
    "they touch the surface from one side only, then they end there"
)
NUMBER = (
    "inverse of the mean distance between mid-axes: local thickness of what lies between them, where spheres "
    "touch them from more than one side, plus that of the axes, which are voxels thick; mid-axes are centres "
    "of balls that no neighbour's ball covers and that touch the bone surface from more than one side"
)
CONNECTIVITY = (
    "bone joined over faces, edges and corners; edge-corrected Euler number (Odgaard & Gundersen 1993), "
    "(1 − χ) / TV"
)
MODEL_INDEX = "6 V S' / S² on the triangulated surface (Hildebrand & Rüegsegger 1997), cut faces not counted"
DIRECTION = (
    "mean intercept length along 13 directions through every voxel, ellipsoid by least squares, longest over "
    "shortest half axis"
)


@dataclass(frozen=True, slots=True)
class Method:
    """The settings and rules behind a measurement.

    Parameters
    ----------
    segmentation : filter, threshold rule and parts kept.
    volume : what the volume of interest was.
    surface : how the bone surface was found.
    thickness, number : how thickness and spacing, and the trabecular number, were measured.
    connectivity, model_index, direction : likewise Conn.D, SMI and DA.
    density, core_density : how densities were averaged, with and without the rim of the bone.
    cortex : how the cortex was found and measured; None without compartments.
    """

    segmentation: str
    volume: str
    surface: str
    thickness: str
    number: str
    connectivity: str
    model_index: str
    direction: str
    density: str
    core_density: str
    cortex: str | None


def method(segmentation: Segmentation, parts: Compartments | None = None) -> Method:
    """Describe how a scan was segmented and measured, in compartments when there are any."""
    settings = segmentation.settings
    inside = "the trabecular compartment" if parts else settings.voi or "the whole array"
    where = f"volume of interest: {inside}, voxels counted by their centres"
    if parts:
        where = f"{where}; {parts.rule}"
    if segmentation.binary:
        surface = (
            "marching cubes on the bone smoothed by a Gaussian of 1 voxel, at the level that keeps its "
            "volume; cut faces not counted"
        )
    else:
        surface = "marching cubes on the filtered values at the threshold; cut faces not counted"
    density = "mean of the unfiltered values"
    return Method(
        "; ".join(_steps(segmentation)),
        where,
        surface,
        THICKNESS,
        NUMBER,
        CONNECTIVITY,
        MODEL_INDEX,
        DIRECTION,
        density,
        tissue_density.RULE,
        f"{CORTEX_RULE}; {parts.rule}" if parts else None,
    )


def _steps(segmentation: Segmentation) -> list[str]:
    settings, unit = segmentation.settings, segmentation.field.scan.meaning.value
    steps = []
    if settings.gaussian_voxels:
        steps.append(
            f"Gaussian filter σ = {settings.gaussian_voxels:g} voxel (cut at 4 σ, edge values repeated)"
        )
    if settings.binary:
        steps.append("binary volume, bone where not zero")
    elif settings.threshold == "otsu":
        steps.append("bone where value ≥ Otsu's threshold (256 bins, whole scan)")
    else:
        steps.append(f"bone where value ≥ {settings.threshold:g} {unit}")
    if settings.largest:
        steps.append("largest face-connected part")
    return steps
