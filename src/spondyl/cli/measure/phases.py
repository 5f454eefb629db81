"""``spondyl measure phases``: soft tissue, bone and scaffold, and how often that is wrong."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spondyl.cli.measure import calibrating, masks, scans
from spondyl.cli.measure import defect_options as ask
from spondyl.cli.measure.progress import measuring
from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, table

if TYPE_CHECKING:
    from spondyl.assay.microct.phases.phase_measurement import PhaseMeasurement
    from spondyl.assay.microct.phases.settings import PhaseSettings

VERB = "measure phases"


def phases(
    files: scans.Files,
    threshold: scans.Threshold = "otsu",
    noise: ask.Noise = None,
    blur: ask.Blur = None,
    adapt: ask.Adapt = False,
    voxel: scans.Voxel = None,
    values: scans.Values = None,
    voi: Annotated[
        Path | None,
        typer.Option(metavar="MASK", help="Volume of interest: a labels volume of the same shape."),
    ] = None,
    rods: calibrating.Rods = None,
    rods_axis: calibrating.RodsAxis = "z",
    rods_region: calibrating.RodsRegion = None,
    points: calibrating.Points = None,
    save: masks.Save = None,
    json: AsJson = False,
) -> None:
    """Soft tissue, bone and scaffold (β-TCP) of scans, with the error on phantoms of their noise and blur."""
    from spondyl.study.defect_settings import phase_settings

    options = scans.checked(VERB, threshold, 0.0, False, False, voxel, values)
    calibration = calibrating.wanted(rods, rods_axis, rods_region, points, VERB)
    chosen = phase_settings(ask.phases(noise, blur, adapt, VERB))
    masks.refuse_existing(save, files, "phases", VERB)
    measure = partial(
        _measure, options=options, calibration=calibration, chosen=chosen, voi=voi, save=save, json=json,
        many=len(files) > 1,
    )  # fmt: skip
    scans.each(files, measure)


def _measure(
    file: Path,
    *,
    options: dict[str, Any],
    calibration: calibrating.Wanted | None,
    chosen: PhaseSettings,
    voi: Path | None,
    save: Path | None,
    json: bool,
    many: bool,
) -> None:
    from dataclasses import replace

    from spondyl.assay.microct.phases.phase_measurement import NAMES, measure_phases
    from spondyl.study.microct_settings import assay_settings, volume_of_interest

    began = time.perf_counter()
    scan = calibrating.read(file, options, calibration)
    settings = assay_settings(options)
    if voi is not None:
        settings = replace(settings, voi=volume_of_interest({"shape": "mask"}, voi))
    with measuring(file.name) as tell:
        tell("phantoms, training and phases")
        done = measure_phases(scan, settings, chosen)
    if save is not None:
        masks.save(done.found.phase, scan, NAMES, masks.labels_path(save, file, "phases"))
    if json:
        numbers = done.as_json() | {"seconds": time.perf_counter() - began}
        as_json(({"file": str(file)} if many else {}) | numbers)
    else:
        _print(file, done)


def _print(file: Path, done: PhaseMeasurement) -> None:
    from spondyl.assay.microct.phases.phase_measurement import rows

    typer.echo(f"{file}")
    lines = [(name, f"{value:.6g}", unit) for name, value, unit, _ in rows(done)]
    table(("measurement", "value", "unit"), lines, right=(1,))
    typer.echo(f"How often it is wrong: {done.found.errors.describe()}.")
    for remark in done.found.remarks:
        typer.echo(remark)
