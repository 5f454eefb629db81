"""``spondyl measure microct``: scans to bone morphometry."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spondyl.cli.measure import calibrating, masks
from spondyl.cli.measure.progress import measuring
from spondyl.cli.measure.scans import (
    Binary,
    Files,
    Gaussian,
    Largest,
    Threshold,
    Values,
    Voxel,
    checked,
    each,
    read,
)
from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, table

if TYPE_CHECKING:
    from spondyl.assay.microct import Morphometry, Segmentation, Settings
    from spondyl.assay.microct.compartments import Compartments

VERB = "measure microct"
AUTO = "auto"


def microct(
    files: Files,
    threshold: Threshold = "otsu",
    gaussian: Gaussian = 0.0,
    largest: Largest = False,
    binary: Binary = False,
    voxel: Voxel = None,
    values: Values = None,
    voi: Annotated[
        Path | None,
        typer.Option(metavar="MASK", help="Volume of interest: a labels volume of the same shape."),
    ] = None,
    compartments: Annotated[
        Path | None,
        typer.Option(
            metavar="auto|MASK",
            help="Part a whole bone: the cortex is measured too, all else in the trabecular compartment. "
            "MASK is an edited labels volume.",
        ),
    ] = None,
    save_compartments: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the compartments as a labels volume, and a PNG beside it."),
    ] = None,
    rods: calibrating.Rods = None,
    rods_axis: calibrating.RodsAxis = "z",
    rods_region: calibrating.RodsRegion = None,
    points: calibrating.Points = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Volumes, surface and densities only: no thickness, shape, direction."),
    ] = False,
    json: AsJson = False,
) -> None:
    """Bone morphometry and density of micro-CT scans."""
    options = checked(VERB, threshold, gaussian, largest, binary, voxel, values)
    _refuse(files, voi, compartments, save_compartments)
    calibration = calibrating.wanted(rods, rods_axis, rods_region, points)
    settings = _settings(options, voi)
    measure = partial(
        _measure, options=options, calibration=calibration, settings=settings, compartments=compartments,
        save=save_compartments, quick=quick, json=json, many=len(files) > 1,
    )  # fmt: skip
    each(files, measure)


def _settings(options: dict[str, Any], voi: Path | None) -> Settings:
    from dataclasses import replace

    from spondyl.study.microct_settings import assay_settings, volume_of_interest

    settings = assay_settings(options)
    return settings if voi is None else replace(settings, voi=volume_of_interest({"shape": "mask"}, voi))


def _refuse(files: list[Path], voi: Path | None, compartments: Path | None, save: Path | None) -> None:
    """Refuse options that contradict each other, all at once."""
    from spondyl.errors import MeasurementError, Mistake

    wrong = []
    if voi and compartments:
        allowed = "the trabecular compartment is the volume of interest; leave one of the two out"
        wrong.append(Mistake(f"{VERB}, compartments", f"--voi {voi} as well", allowed))
    where = f"{VERB}, save-compartments"
    if save and not compartments:
        allowed = "there is nothing to save; add --compartments auto"
        wrong.append(Mistake(where, f"{save} without --compartments", allowed))
    if save and len(files) > 1:
        wrong.append(Mistake(where, f"one file for {len(files)} scans", "save them scan by scan"))
    if wrong:
        raise MeasurementError(wrong)
    if save:
        masks.refuse_unwritable(save, where)


def _measure(
    file: Path,
    *,
    options: dict[str, Any],
    calibration: calibrating.Wanted | None,
    settings: Settings,
    compartments: Path | None,
    save: Path | None,
    quick: bool,
    json: bool,
    many: bool,
) -> None:
    from spondyl.assay import microct as assay
    from spondyl.assay.microct.compartments.compartments import NAMES

    scan = read(file, options)
    began = time.perf_counter()
    scan, line = calibrating.calibrate(scan, calibration) if calibration else (scan, None)
    segmentation = assay.segment(scan, settings)
    parts = None if compartments is None else _parts(segmentation, compartments)
    if parts and save:
        masks.save(parts.labels, scan, NAMES, save)
    with measuring(file.name) as tell:
        measured = assay.measure_segmentation(
            scan, segmentation, parts=parts, architecture=not quick, began=began, tell=tell
        )
    if json:
        used = calibrating.keys(line) if line else {}
        as_json(({"file": str(file)} if many else {}) | measured.as_json() | used)
    else:
        _print(file, measured)


def _parts(segmentation: Segmentation, given: Path) -> Compartments:
    """Return the compartments found in the bone, or those that were drawn."""
    from spondyl.assay.microct.compartments import compartments, read_compartments
    from spondyl.assay.microct.trabecular import refuse_open
    from spondyl.volume import read as read_volume

    scan = segmentation.field.scan
    if str(given) != AUTO:
        return read_compartments(read_volume(given), scan.grid)
    found = compartments(segmentation.bone, scan.grid)
    refuse_open(found, scan.name)
    return found


def _print(file: Path, measured: Morphometry) -> None:
    from spondyl.assay.microct import rows

    typer.echo(f"{file}")
    lines = [(name, f"{value:.6g}", unit) for name, value, unit, _ in rows(measured)]
    table(("measurement", "value", "unit"), lines, right=(1,))
