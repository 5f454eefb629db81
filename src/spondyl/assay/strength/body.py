"""From a scan to a stiff body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay import microct
from spondyl.assay.microct.parts import keep_largest
from spondyl.assay.strength.settings import Settings
from spondyl.errors import MeasurementError, Mistake
from spondyl.mechanics.model import Model
from spondyl.quantity import Parameter
from spondyl.volume import Scan

MANY = 20
SLICES = 16


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """What is compressed.

    Parameters
    ----------
    model : Young's moduli of the voxels and Poisson's ratio.
    tissue : which voxels the failure criterion counts, (z, y, x); None for all that are stiff.
    threshold : lowest value that counts as bone; None for binary volumes and labels.
    """

    model: Model
    tissue: NDArray[np.bool_] | None
    threshold: float | None


def body(scan: Scan, settings: Settings, parameters: Mapping[str, Parameter]) -> Body:
    """Give every voxel of a scan its stiffness.

    Raises
    ------
    MeasurementError
        If the scan holds no bone as asked, is not binary or holds labels without a material.
    """
    poisson = _or(settings.poisson, parameters["tissue_poisson"])
    if settings.materials:
        modulus = _by_label(scan, dict(settings.materials))
        tissue = np.isin(scan.stored, settings.tissue) if settings.tissue else None
        return Body(Model(scan.grid, modulus, poisson), tissue, None)
    bone, threshold = _bone(scan, settings.bone)
    stiff = bone.astype(np.float32)
    stiff *= np.float32(_or(settings.modulus_mpa, parameters["tissue_modulus"]))
    return Body(Model(scan.grid, stiff, poisson), None, threshold)


def _or(given: float | None, usual: Parameter) -> float:
    return usual.value if given is None else float(given)


def _bone(scan: Scan, settings: microct.Settings) -> tuple[NDArray[np.bool_], float | None]:
    if not settings.binary:
        found = microct.segment(scan, settings)
        return found.bone, found.threshold
    bone = _binary(scan)
    if settings.largest:
        keep_largest(bone)
    return bone, None


def _binary(scan: Scan) -> NDArray[np.bool_]:
    """Return where a binary volume is not zero; unlike in morphometry it may be solid bone."""
    bone = np.empty(scan.grid.shape, np.bool_)
    seen: NDArray[np.generic] = np.empty(0, scan.stored.dtype)
    for start, stop in scan.slabs(SLICES):
        slab = scan.stored[start:stop]
        np.not_equal(slab, 0, out=bone[start:stop])
        solid = slab[bone[start:stop]]
        differ = bool((solid != solid[:1]).any())
        seen = np.union1d(seen, solid if differ else solid[:1])  # sorting all of them would take long
        if len(seen) > MANY:
            break
    if len(seen) > 1:
        count = str(len(seen)) if len(seen) <= MANY else f"more than {MANY}"
        given = f"{count} different values that are not zero in a scan given as binary"
        allowed = (
            "a binary volume holds one such value; use a threshold for grey values, materials for labels"
        )
        raise MeasurementError(Mistake(scan.name, given, allowed))
    if not np.isfinite(seen).all():
        raise MeasurementError(Mistake(scan.name, "voxels that are not numbers", "must hold finite numbers"))
    if len(seen) == 0:
        given = "no bone: every voxel of the binary volume is zero"
        raise MeasurementError(Mistake(scan.name, given, "some voxels must not be zero"))
    return bone


def _by_label(scan: Scan, materials: Mapping[int, float]) -> NDArray[np.float32]:
    """Return the modulus of every voxel of a volume of labels, MPa."""
    modulus = np.zeros(scan.grid.shape, np.float32)
    unknown: NDArray[np.generic] = np.empty(0, scan.stored.dtype)
    for start, stop in scan.slabs(SLICES):
        slab = np.asarray(scan.stored[start:stop])
        known = slab == 0
        for label, stiffness in materials.items():
            here = slab == label
            modulus[start:stop][here] = stiffness
            known |= here
        if not known.all():
            unknown = np.union1d(unknown, slab[~known])
        if len(unknown) > MANY:
            break
    if len(unknown):
        listed = ", ".join(f"{label:g}" for label in unknown[:MANY])
        given = f"label {listed}{' and more' if len(unknown) > MANY else ''} without a material"
        raise MeasurementError(Mistake(scan.name, given, "give each label but 0 a modulus"))
    if not modulus.any():
        given = f"no voxel with one of the labels {', '.join(str(label) for label in materials)}"
        raise MeasurementError(Mistake(scan.name, given, "some voxels must carry a material"))
    return modulus
