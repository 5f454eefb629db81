"""Bone morphometry of one scan."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from spondyl.assay.microct.architecture import Architecture, measure_architecture
from spondyl.assay.microct.compartments import Compartments
from spondyl.assay.microct.density import densities_mgha_cm3
from spondyl.assay.microct.method import Method, method
from spondyl.assay.microct.plausible import refuse_impossible
from spondyl.assay.microct.segmentation import Segmentation, segment
from spondyl.assay.microct.settings import Settings
from spondyl.assay.microct.shape import surface_sums
from spondyl.assay.microct.tissue_density import tmd_without_rim
from spondyl.assay.microct.trabecular import measure_cortex, trabecular_part
from spondyl.quantity import Parameter
from spondyl.threads import available_threads
from spondyl.volume import Grid, Scan

NOT_PRINTED = ("threshold_unit", "method")


@dataclass(frozen=True, slots=True)
class Morphometry:
    """The numbers of one scan, in the nomenclature of Bouxsein et al. 2010.

    Parameters
    ----------
    voxel_um : voxel edge, µm; three numbers (z, y, x) when the voxel is not a cube.
    shape : voxels of the whole array (z, y, x).
    threshold : lowest value that counts as bone; for a binary volume the middle of its two values.
    tv_mm3, bv_mm3, bv_tv : volume of interest, bone volume in it and their ratio, from 0 to 1.
    bs_mm2, bs_bv_per_mm, bs_tv_per_mm : bone surface, and its ratio to bone and to total volume.
    architecture : thickness, spacing, number, connectivity, shape and direction; None when not asked for.
    tmd_mgha_cm3, tmd_core_mgha_cm3, bmd_mgha_cm3 : mean density of the bone, of the bone without its
        outermost voxels and of the volume of interest, mg HA/cm³; None when the scan is not calibrated to
        density, the second also when no bone is left.
    ct_th_um, ct_ar_mm2, ct_po : thickness, bone area and porosity of the cortex; None without compartments,
        the first also without architecture. With compartments all other numbers are those of the trabecular
        compartment.
    seconds : time the measurement took.
    threshold_unit : what the threshold is a value of: ``"mg HA/cm3"``, ``"HU"``, ``"raw"`` or ``"binary"``.
    method : settings and rules, in words.
    """

    voxel_um: float | tuple[float, float, float]
    shape: tuple[int, int, int]
    threshold: float
    tv_mm3: float
    bv_mm3: float
    bv_tv: float
    bs_mm2: float
    bs_bv_per_mm: float
    bs_tv_per_mm: float
    architecture: Architecture | None
    tmd_mgha_cm3: float | None
    tmd_core_mgha_cm3: float | None
    bmd_mgha_cm3: float | None
    ct_th_um: float | None
    ct_ar_mm2: float | None
    ct_po: float | None
    seconds: float
    threshold_unit: str
    method: Method

    def as_json(self) -> dict[str, object]:
        """Return the measurement as plain numbers; a number that is not known has no key."""
        given: dict[str, object] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Architecture):
                given |= {inner.name: getattr(value, inner.name) for inner in fields(value)}
            elif field.name not in NOT_PRINTED:
                given[field.name] = value
        return {name: _plain(value) for name, value in given.items() if value is not None}


def measure(
    scan: Scan,
    settings: Settings | None = None,
    parameters: Mapping[str, Parameter] | None = None,
    *,
    architecture: bool = True,
    threads: int | None = None,
) -> Morphometry:
    """Measure a scan.

    Parameters
    ----------
    scan : grey values of any meaning, or a binary volume with ``Settings(binary=True)``.
    settings : filter, threshold, volume of interest; Otsu's threshold without a filter by default.
    parameters : numbers of the stage ``assay/microct``; the shipped ones by default.
    architecture : whether to measure thickness, spacing, connectivity, shape and direction, which take
        most of the time.
    threads : all processors by default; changes no digit.

    Raises
    ------
    MeasurementError
        If the scan cannot be measured as asked; see :func:`segment`.

    Examples
    --------
    >>> import numpy as np
    >>> from spondyl.volume import Grid, Meaning, Scan
    >>> plate = np.zeros((10, 10, 10), dtype=np.uint8)
    >>> plate[:, 4:6] = 1
    >>> scan = Scan(plate, Grid(plate.shape, (0.02, 0.02, 0.02)), Meaning.LABELS)
    >>> found = measure(scan, Settings(binary=True))
    >>> found.bv_tv, round(found.bs_mm2, 6)
    (0.2, 0.08)
    """
    began = time.perf_counter()
    return measure_segmentation(
        scan, segment(scan, settings), parameters, architecture=architecture, threads=threads, began=began
    )


def measure_segmentation(
    scan: Scan,
    segmentation: Segmentation,
    parameters: Mapping[str, Parameter] | None = None,
    *,
    parts: Compartments | None = None,
    architecture: bool = True,
    threads: int | None = None,
    began: float | None = None,
    tell: Callable[[str], None] | None = None,
) -> Morphometry:
    """Measure bone that is segmented already.

    Parameters
    ----------
    scan : the scan that was segmented; densities are means of its unfiltered values.
    segmentation : as :func:`segment` returns it.
    parameters : as for :func:`measure`.
    parts : compartments of the bone: the cortex is measured, and everything else in the trabecular
        compartment as volume of interest.
    architecture : whether to measure thickness, spacing, connectivity, shape and direction, which take
        most of the time.
    threads : all processors by default; changes no digit.
    began : reading of ``time.perf_counter`` from which `seconds` counts; the call itself by default.
    tell : called with the name of each long stage as it begins.

    Raises
    ------
    MeasurementError
        If the compartments do not fit; see :func:`~.trabecular.trabecular_part`.
    """
    began = time.perf_counter() if began is None else began
    threads = threads or available_threads()
    tell = tell or (lambda _: None)
    segmentation, wall = _inside(segmentation, parts, architecture, threads, tell)
    tv = segmentation.tv_voxels * scan.grid.voxel_mm3
    bv = segmentation.bv_voxels * scan.grid.voxel_mm3
    tell("bone surface")
    surface = surface_sums(segmentation, threads=threads)
    bs = surface.area_mm2
    tmd, core, bmd = _densities(scan, segmentation, parameters)
    return Morphometry(
        voxel_um=voxel_um(scan.grid),
        shape=scan.grid.shape,
        threshold=segmentation.threshold,
        tv_mm3=tv,
        bv_mm3=bv,
        bv_tv=segmentation.bv_voxels / segmentation.tv_voxels,
        bs_mm2=bs,
        bs_bv_per_mm=bs / bv,
        bs_tv_per_mm=bs / tv,
        architecture=measure_architecture(segmentation, surface, threads, tell) if architecture else None,
        tmd_mgha_cm3=tmd,
        tmd_core_mgha_cm3=core,
        bmd_mgha_cm3=bmd,
        **wall,
        seconds=time.perf_counter() - began,
        threshold_unit="binary" if segmentation.settings.binary else scan.meaning.value,
        method=method(segmentation, parts),
    )


def _inside(
    segmentation: Segmentation,
    parts: Compartments | None,
    architecture: bool,
    threads: int,
    tell: Callable[[str], None],
) -> tuple[Segmentation, dict[str, float | None]]:
    """Return the bone to measure, of the trabecular compartment if there is one, and the cortex around it."""
    if parts is None:
        return segmentation, dict.fromkeys(("ct_th_um", "ct_ar_mm2", "ct_po"))
    tell("cortex")
    inner = trabecular_part(segmentation, parts)
    found = measure_cortex(segmentation, parts, thickness=architecture, threads=threads)
    thickness = found.ct_th_um if architecture else None
    return inner, {"ct_th_um": thickness, "ct_ar_mm2": found.ct_ar_mm2, "ct_po": found.ct_po}


def _densities(
    scan: Scan, segmentation: Segmentation, parameters: Mapping[str, Parameter] | None
) -> tuple[float | None, float | None, float | None]:
    """Return TMD, TMD without the rim, and BMD."""
    found = densities_mgha_cm3(scan, segmentation)
    if found is None:
        return None, None, None
    tmd, bmd = found
    refuse_impossible(tmd, scan.name, parameters)
    core = tmd_without_rim(scan, segmentation.bone, segmentation.voi)
    return tmd, core.mgha_cm3 if core else None, bmd


def voxel_um(grid: Grid) -> float | tuple[float, float, float]:
    """Return the voxel edge, µm; three numbers (z, y, x) when the voxel is not a cube."""
    z, y, x = (round(1000 * s, 9) for s in grid.spacing_mm)
    return z if math.isclose(z, y, rel_tol=1e-6) and math.isclose(z, x, rel_tol=1e-6) else (z, y, x)


def _plain(value: object) -> object:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
