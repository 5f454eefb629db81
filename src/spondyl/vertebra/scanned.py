"""A vertebra taken from a scan: threshold, one bone, axis, labels; each step says how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, VertebraError, nearest_word
from spondyl.quantity import convert, shipped
from spondyl.vertebra.labelling import label
from spondyl.vertebra.straightening import straighten
from spondyl.vertebra.vertebra import LABELS, Vertebra
from spondyl.volume import Grid, Meaning, Scan

Bools = NDArray[np.bool_]
Reals = NDArray[np.float32]

SECOND = 0.3
"""Size of the second largest part of bone over that of the largest from which two bones are seen."""

CUT = 0.02
"""Share of the bone's voxels that may lie on the border of the array."""

DENSE = 85
"""Percentile of the values of bone that stands for whole tissue: edges and thin trabeculae are blurred."""

UPS = ("auto", "+z", "-z")


@dataclass(frozen=True, slots=True)
class Grey:
    """What grey values stand for: marrow and bone tissue, in the scan's values, and the threshold between."""

    marrow: float
    tissue: float
    threshold: float


def from_scan(
    scan: Scan,
    *,
    species: str,
    level: str,
    threshold: float | None = None,
    labels: Scan | None = None,
    axis: str = "auto",
    up: str = "auto",
    cortex: str | None = None,
) -> Vertebra:
    """Return the vertebra that a scan shows, upright, cropped and labelled.

    The bone must be whole and alone. `notes` tell each step that was unsure, `numbers` how sure each was.

    Parameters
    ----------
    scan : calibrated to mg HA/cm³, or a binary one.
    species, level : whose it is and which; they are not found in the scan.
    threshold : value from which a voxel is bone; Otsu's if None.
    labels : a mask on the scan's grid with the numbers of :data:`LABELS`; then nothing is turned or cropped.
    axis : "auto" finds the long axis and turns it upright; "z" takes the scan's z as it is.
    up : "+z" or "-z" says where the head is; "auto" takes +z and says whether the bone looks upside down.
    cortex : thickness of the wall, such as "0.2 mm"; found if None.

    Raises
    ------
    VertebraError
        If the scan is not calibrated, shows no bone, two bones, a bone cut by the border or metal; or a mask
        belongs to another grid. The numbers are told.

    Examples
    --------
    >>> from spondyl.vertebra import rat
    >>> made = rat("L5", seed=7, voxel="200 um", arch=False)
    >>> found = from_scan(made.density(), species="rat", level="L5")
    >>> abs(found.bone_mm3 / made.bone_mm3 - 1) < 0.1
    True
    """
    where = scan.name
    _refuse_options(scan, labels, axis, up, where)
    values = scan.values().astype(np.float32)
    _refuse_metal(values, scan, where)
    grey = _grey(values, scan, threshold, where)
    bone = _one_bone(values >= grey.threshold, where)
    share = np.clip((values - grey.marrow) / (grey.tissue - grey.marrow), 0, 1)
    share *= _near(bone)
    notes = [f"from {where}: threshold {grey.threshold:.4g}, bone tissue {grey.tissue:.4g}"]
    numbers = {"threshold": grey.threshold}
    if labels is not None:
        region = labels.values().astype(np.uint8)
        grid = scan.grid
    else:
        _refuse_clipped(bone, where)
        share, grid, said, sure = straighten(share, scan.grid, axis=axis, up=up)
        notes += said
        numbers |= sure
        wall = None if cortex is None else convert(cortex, "mm", where="cortex", positive=True)
        region, said, sure = label(share, grid, wall)
        notes += said
        numbers |= sure
    tissue = grey.tissue if scan.meaning == Meaning.DENSITY else _usual_density(species)
    return Vertebra(
        grid=grid,
        share=np.ascontiguousarray(share, np.float32),
        tissue_density=np.full(grid.shape, tissue, np.float32),
        region=region,
        species=species,
        level=level,
        seed=-1,
        notes=tuple(notes),
        numbers=MappingProxyType(numbers),
    )


def _refuse_options(scan: Scan, labels: Scan | None, axis: str, up: str, where: str) -> None:
    wrong = []
    if scan.meaning not in (Meaning.DENSITY, Meaning.LABELS):
        given = f"values in {scan.meaning}"
        wrong.append(Mistake(where, given, "must be calibrated to mg HA/cm3, or binary"))
    for name, asked, words in (("axis", axis, ("auto", "z")), ("up", up, UPS)):
        if asked not in words:
            near = nearest_word(str(asked), words)
            wrong.append(Mistake(f"from_scan › {name}", repr(asked), f"must be {' or '.join(words)}", near))
    if labels is not None:
        if not labels.grid.agrees_with(scan.grid):
            given = f"a grid of {labels.grid.shape} voxels of {_um(labels.grid)} um"
            allowed = f"must be that of the scan, {scan.grid.shape} voxels of {_um(scan.grid)} um"
            wrong.append(Mistake("from_scan › labels", given, allowed))
        elif not set(np.unique(labels.values()).tolist()) <= set(LABELS.values()):
            allowed = "must hold " + ", ".join(f"{number} {name}" for name, number in LABELS.items())
            wrong.append(Mistake("from_scan › labels", "other numbers", allowed))
    spacing = scan.grid.spacing_mm
    if max(spacing) > 1.001 * min(spacing):
        given = f"voxels of {_um(scan.grid)} um"
        wrong.append(Mistake(where, given, "must be cubes: resample the scan"))
    if wrong:
        raise VertebraError(wrong)


def _um(grid: Grid) -> str:
    return " × ".join(f"{1000 * s:.4g}" for s in grid.spacing_mm)


def _refuse_metal(values: Reals, scan: Scan, where: str) -> None:
    if scan.meaning != Meaning.DENSITY:
        return
    densest = shipped()["vertebra"]["densest_mineral"].value
    metal = int(np.count_nonzero(values > densest))
    if metal > 1e-5 * values.size + 8:
        given = f"{metal} voxels above {densest:.0f} mg HA/cm3, up to {float(values.max()):.0f}"
        allowed = "must show no metal: pure mineral is not as dense"
        raise VertebraError(Mistake(where, given, allowed))


def _grey(values: Reals, scan: Scan, threshold: float | None, where: str) -> Grey:
    from skimage.filters import threshold_otsu

    low, high = float(values.min()), float(values.max())
    if not high > low:
        raise VertebraError(Mistake(where, f"the one value {low:g} everywhere", "must show bone"))
    if scan.meaning == Meaning.LABELS:
        return Grey(0.0, 1.0, 0.5)
    cut = float(threshold_otsu(values)) if threshold is None else float(threshold)
    if not low < cut < high:
        given = f"{cut:g}, with values from {low:g} to {high:g}"
        raise VertebraError(Mistake("from_scan › threshold", given, "must lie between them"))
    above = values[values >= cut]
    return Grey(float(np.median(values[values < cut])), float(np.percentile(above, DENSE)), cut)


def _one_bone(bone: Bools, where: str) -> Bools:
    """Return the largest part; refuse two bones."""
    import cc3d

    labels, count = cc3d.connected_components(bone, connectivity=26, return_N=True)
    if count == 0:
        raise VertebraError(Mistake(where, "no voxel above the threshold", "must show bone"))
    sizes = np.sort(np.bincount(labels.ravel())[1:])[::-1]
    if count > 1 and sizes[1] > SECOND * sizes[0]:
        given = f"two parts of {sizes[0]} and {sizes[1]} voxels that do not touch"
        allowed = "must show one vertebra: crop the scan, or lower the threshold if a bone fell apart"
        raise VertebraError(Mistake(where, given, allowed))
    largest = int(np.bincount(labels.ravel())[1:].argmax()) + 1
    return np.asarray(labels == largest)


def _near(bone: Bools) -> Bools:
    """Return the bone and the voxels that touch it: they hold the rest of its grey edge."""
    from scipy.ndimage import binary_dilation

    return np.asarray(binary_dilation(bone, np.ones((3, 3, 3), np.bool_)))


def _refuse_clipped(bone: Bools, where: str) -> None:
    whole = np.count_nonzero(bone)
    cut = {}
    for axis, name in enumerate("zyx"):
        for side, end in ((0, "low"), (-1, "high")):
            count = int(np.count_nonzero(bone.take(side, axis)))
            if count > max(4, CUT / 10 * whole ** (2 / 3)):
                cut[f"{end} {name}"] = count
    if cut:
        given = "bone cut by the border: " + ", ".join(f"{n} voxels on {face}" for face, n in cut.items())
        allowed = "must show the whole bone; or give labels, which are taken as they are"
        raise VertebraError(Mistake(where, given, allowed))


def _usual_density(species: str) -> float:
    name = "human_tissue_density" if species == "human" else "rat_tissue_density"
    return shipped()["vertebra"][name].value
