"""``spondyl measure strength``: scans, compressed in the computer, to stiffness and failure load."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from spondyl.cli.measure import scans
from spondyl.cli.measure import strength_options as ask
from spondyl.cli.measure.progress import solving
from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, duration, say, size, table

if TYPE_CHECKING:
    from spondyl.assay.strength import Compressed, Settings, Strength

INTERRUPTED = 130


def strength(
    files: scans.Files,
    binary: scans.Binary = False,
    threshold: scans.Threshold = "otsu",
    gaussian: scans.Gaussian = 0.0,
    largest: scans.Largest = False,
    voxel: scans.Voxel = None,
    values: scans.Values = None,
    modulus: ask.Modulus = None,
    poisson: ask.Poisson = None,
    material: ask.Material = None,
    tissue: ask.Tissue = None,
    strain: ask.Strain = 0.01,
    axis: ask.Axis = "z",
    platens: ask.Platens = "bonded",
    species: ask.Species = "human",
    critical_volume: ask.CriticalVolume = None,
    critical_strain: ask.CriticalStrain = None,
    tolerance: ask.Tolerance = 1e-6,
    backend: ask.Backend = "auto",
    threads: ask.Threads = None,
    save: ask.Save = None,
    json: AsJson = False,
) -> None:
    """Stiffness and failure load of scans, by voxel finite elements."""
    options = scans.checked(ask.VERB, threshold, gaussian, largest, binary, voxel, values)
    given = {
        "modulus_mpa": modulus, "poisson": poisson, "materials": material, "tissue": tuple(tissue or ()),
        "strain": strain, "axis": axis, "platens": platens, "species": species, "tolerance": tolerance,
        "critical_volume": critical_volume, "critical_strain": critical_strain, "backend": backend,
        "threads": threads,
    }  # fmt: skip
    settings = ask.settings(options, given)
    _refuse_same_names(files, save)
    test = partial(_test, options=options, settings=settings, save=save, json=json, many=len(files) > 1)
    try:
        scans.each(files, test)
    except KeyboardInterrupt:
        say("Interrupted.")
        raise typer.Exit(INTERRUPTED) from None


def _test(
    file: Path, *, options: dict[str, Any], settings: Settings, save: Path | None, json: bool, many: bool
) -> None:
    from spondyl.assay import strength as assay

    scan = scans.read(file, options)
    with solving(file.name) as tell:
        done = assay.compress(scan, settings, progress=tell)
    if save is not None:
        _save(done, save, scans.stem(file))
    if json:
        as_json(({"file": str(file)} if many else {}) | done.strength.as_json())
    else:
        _print(file, done.strength)


def _print(file: Path, found: Strength) -> None:
    from spondyl.assay.strength import rows

    typer.echo(f"{file}")
    lines = [(name, f"{value:.6g}", unit) for name, value, unit, _ in rows(found)]
    table(("measurement", "value", "unit"), lines, right=(1,))
    seconds = duration(found.setup_seconds + found.solve_seconds)
    memory = "" if found.peak_memory_mb is None else f", {size(1e6 * found.peak_memory_mb)} of memory"
    if found.removed_elements:
        typer.echo(
            f"Left out: {found.removed_elements} elements in {found.removed_parts} parts at no platen."
        )
    typer.echo(
        f"Solved: {found.elements} elements, {found.dofs} degrees of freedom, {found.iterations} iterations "
        f"to a residual of {found.relative_residual:.1e} in {seconds} ({found.backend}{memory})."
    )


def _save(done: Compressed, folder: Path, stem: str) -> None:
    import numpy as np

    from spondyl.mechanics.fields import element_fields, on_grid
    from spondyl.volume import write

    folder.mkdir(parents=True, exist_ok=True)
    maps = element_fields(done.solution, "effective_strain", "strain_energy_density", dtype=np.float32)
    for name, values in maps.items():
        path = folder / f"{stem}_{name}.nii.gz"
        write(on_grid(done.solution.model, values), path)
        say(f"Wrote {path}")


def _refuse_same_names(files: list[Path], save: Path | None) -> None:
    from spondyl.errors import MeasurementError, Mistake

    same = [name for name, count in Counter(scans.stem(file) for file in files).items() if count > 1]
    if save is not None and same:
        given = f"several files named {', '.join(same)}"
        allowed = "their maps would overwrite each other: save them into folders of their own"
        raise MeasurementError(Mistake(f"{ask.VERB}, save", given, allowed))
