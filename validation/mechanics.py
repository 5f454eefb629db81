"""Mechanics: forces, stiffness and strength that other programs have published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cc3d
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

from spondyl.assay import strength
from spondyl.mechanics import (
    Conditions,
    Model,
    Solution,
    combine,
    element_fields,
    hold,
    move,
    on_grid,
    platens,
    solve,
)
from spondyl.mechanics.homogenise import stress_of_strain
from spondyl.volume import Grid, Meaning, Scan, read
from validation.row import Row, number

Mask = NDArray[np.bool_]


def published(shared: Path) -> Iterator[Row]:
    """All rows that need the shared data."""
    folder = shared / "voxel_fe"
    yield from random_field(folder / "random_field")
    yield from trabecular_hrpqct(folder / "trabecular_hrpqct")
    yield from trabecular_3155(shared / "microct" / "trabecular_3155")
    yield from cast_iron(folder / "cast_iron_ct" / "3D")


def random_field(folder: Path) -> Iterator[Row]:
    """Reactions to twelve digits, at a residual of 1e-11 and at the usual one; the same on two threads."""
    known = json.loads((folder / "reference.json").read_text("utf-8"))["reference"]
    for entry in known:
        with np.load(folder / f"{entry['case']}.npz") as file:
            volume, voxel = file["volume"], float(file["voxel_mm"])
        model = Model(Grid(volume.shape, (voxel,) * 3), volume * np.float32(10_000))
        kind = {"bonded": "bonded", "free": "frictionless"}[entry["mode"]]
        given = platens(model, "z", -entry["disp"] / (volume.shape[0] * voxel), kind)
        yield from _reactions(f"{entry['case']}, {kind}", model, given, entry)


def _reactions(subject: str, model: Model, given: Conditions, entry: dict[str, Any]) -> Iterator[Row]:
    fine = solve(model, given, tolerance=1e-11)
    force = float(fine.reaction[given.values != 0].sum())
    yield number(subject, "platen force at a residual of 1e-11, N", entry["Fz"], force, relative=1e-9)
    usual = solve(model, given)
    force = float(usual.reaction[given.values != 0].sum())
    yield number(subject, "the same at 1e-6, sum of reactions, N", entry["Fz"], force, relative=1e-6)
    force = 2 * usual.energy / entry["disp"]
    yield number(subject, "the same at 1e-6, from the energy, N", entry["Fz"], force, relative=1e-6)
    one = solve(model, given, threads=1)
    differ = sum(
        int(np.count_nonzero(getattr(one, name) != getattr(usual, name)))
        for name in ("displacement", "reaction", "history")
    )
    check = "numbers with one thread and with as many as there are"
    yield Row(subject, check, "0 differ", f"{differ} differ", "", differ == 0)


def trabecular_hrpqct(folder: Path) -> Iterator[Row]:
    """Stiffness, failure load and strain energy of a human trabecular volume (parosol-py)."""
    subject = "trabecular_hrpqct"
    known = json.loads((folder / "reference.json").read_text("utf-8"))["reference"]
    with np.load(folder / "trab1240_labels.npz") as file:
        labels, (x, y, z) = file["labels"], file["spacing_xyz"]
    scan = Scan(labels, Grid(labels.shape, (float(z), float(y), float(x))), Meaning.LABELS)
    settings = strength.Settings(materials=((1, 10_000.0),), poisson=0.3, tolerance=1e-8)
    done = strength.compress(scan, settings)
    found = done.strength
    stiffness = found.stiffness_N_per_mm
    yield number(subject, "stiffness, N/mm", known["stiffness_z"], stiffness, relative=1e-5)
    load = -known["failure_load_z"]
    yield number(subject, "Pistoia failure load, N", load, found.failure_load_N, relative=1e-3)
    expected = np.load(folder / "reference_sed.npz")["sed_zyx"].astype(np.float64)
    field = element_fields(done.solution, "strain_energy_density")["strain_energy_density"]
    energy = np.asarray(on_grid(done.solution.model, field).array, np.float64)
    off = 100 * np.linalg.norm(energy - expected) / np.linalg.norm(expected)
    met = bool(off <= 1 and np.array_equal(energy > 0, expected > 0))
    check = "strain-energy density of all voxels, norm of the difference"
    yield Row(subject, check, "at most 1 %", f"{off:.3g} %", "", met)


def trabecular_3155(folder: Path) -> Iterator[Row]:
    """Apparent modulus of the published runs, each under the conditions that reproduce it.

    Both divide the force by the whole cross-section and by 0.04 mm over the whole height. The run in ParOSol
    locked the nodes of the first and last ten layers of voxels, which makes the specimen shorter than its
    strain says, and took the norm of the force. The runs in CalculiX left the top free to slide.
    """
    scan = read(folder, voxel_mm=0.0195)
    grey = gaussian_filter(np.asarray(scan.stored, np.float64), 1, mode="nearest", truncate=4)
    subject = "trabecular_3155"
    full = _bone(grey, 63)
    check = "apparent modulus, ParOSol: threshold 63, ten layers of voxels locked at each end, MPa"
    locked = _compressed(full, 0.0195, layers=10, slide=False)
    force = float(np.linalg.norm([_held_force(locked, c) for c in range(3)]))
    yield number(subject, check, 1720.73, _modulus(force), relative=0.01)
    half = zoom(grey, 0.5, order=2)
    check = "force, CalculiX: threshold 63, half resolution (spline of order 2), top free to slide, N"
    force = _held_force(_compressed(_bone(half, 63), 0.039, layers=0, slide=True), 2)
    yield number(subject, check, 224.0002, force, relative=1e-6)
    level = float(np.quantile(half, 1 - 0.2471))
    denser = _held_force(_compressed(_bone(half, level), 0.039, layers=0, slide=True), 2)
    check = (
        f"apparent modulus, CalculiX: the same at threshold {level:.2f}, for its published BV/TV of 24.71 %"
        f" ({_modulus(force):.1f} at 63), MPa"
    )
    yield number(subject, check, 1583.3, _modulus(denser), relative=0.01)
    for name, slide in (("bonded", False), ("frictionless", True)):
        plain = _compressed(full, 0.0195, layers=0, slide=slide)
        found = f"{_modulus(_held_force(plain, 2)):.2f} MPa"
        check = f"apparent modulus, full resolution, node planes, top {name}"
        yield Row(subject, check, "none published", found, "")


def _bone(grey: NDArray[np.float64], threshold: float) -> Mask:
    """Return the largest face-connected part above a threshold."""
    parts = cc3d.connected_components(grey > threshold, connectivity=6)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return parts == sizes.argmax()


def _compressed(bone: Mask, voxel_mm: float, *, layers: int, slide: bool) -> Solution:
    """Return the solution with 0.04 mm of compression along z.

    Parameters
    ----------
    layers : of voxels at each end all of whose nodes are prescribed; 0 for the nodes of the faces.
    slide : whether the top may move sideways.
    """
    model = Model(Grid(bone.shape, (voxel_mm,) * 3), bone * np.float32(18_000))
    low, high = np.zeros(model.nodes_shape, np.bool_), np.zeros(model.nodes_shape, np.bool_)
    low[0], high[-1] = True, True
    if layers:
        for k in range(2):
            for j in range(2):
                for i in range(2):
                    z, y, x = (slice(s, s + n) for s, n in zip((k, j, i), bone.shape, strict=True))
                    low[z, y, x][:layers] |= bone[:layers]
                    high[z, y, x][-layers:] |= bone[-layers:]
    top = move(model, high, z=-0.04) if slide else move(model, high, x=0.0, y=0.0, z=-0.04)
    return solve(model, combine(hold(model, low), top))


def _held_force(solution: Solution, component: int) -> float:
    """Return the force on the low end, N."""
    given = solution.conditions
    low = given.nodes < np.prod(solution.model.nodes_shape) // 2
    return float(solution.reaction[low & (given.components == component)].sum())


def _modulus(force: float) -> float:
    return force / 3.9**2 / (0.04 / 3.9)


def cast_iron(folder: Path) -> Iterator[Row]:
    """One column of the periodic stiffness of a cube of nodular cast iron, two phases (chfem).

    The published numbers were found at a residual of 1e-6 and agree to that.
    """
    phases = np.fromfile(folder / "ggg40_100.raw", np.uint8).reshape(100, 100, 100)
    soft = phases == 87
    model = Model(Grid(phases.shape, (1.0, 1.0, 1.0)), np.where(soft, 39.7, 210.0))
    ratios = np.where(soft, 0.2225, 0.3)
    along_y = np.array([0.0, 1, 0, 0, 0, 0])
    stress, _ = stress_of_strain(model, along_y, "periodic", poisson=ratios)
    for name, row, truth in (("C22", 1, 233.161368), ("C12", 0, 94.1960), ("C32", 2, 92.8791)):
        found = float(stress[row])
        yield Row(
            "cast_iron_ct", f"periodic stiffness {name}, GPa", f"{truth:.9g}", f"{found:.9g}",
            "± 1e-06 of it", abs(found - truth) <= 1e-6 * truth,
        )  # fmt: skip
