"""``spondyl measure defect``: what fills a drilled or drawn defect, and whether bone bridges it."""

from __future__ import annotations

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
    import numpy as np
    from numpy.typing import NDArray

    from spondyl.assay.microct.filling import Filling
    from spondyl.volume import Scan

VERB = ask.VERB


def defect(
    files: scans.Files,
    shape: ask.Shape = None,
    diameter: ask.Diameter = None,
    depth: ask.Depth = None,
    entry: ask.Entry = None,
    direction: ask.Direction = None,
    mask: ask.DrawnDefect = None,
    axis: ask.BridgeAxis = "z",
    across: ask.Across = "x",
    layers: ask.Layers = 4,
    baseline: ask.Baseline = None,
    rotation: ask.Rotation = 36.0,
    phases: Annotated[
        bool, typer.Option("--phases", help="Tell scaffold (β-TCP) from bone; else all is bone.")
    ] = False,
    noise: ask.Noise = None,
    blur: ask.Blur = None,
    adapt: ask.Adapt = False,
    threshold: scans.Threshold = "otsu",
    gaussian: scans.Gaussian = 0.0,
    binary: scans.Binary = False,
    voxel: scans.Voxel = None,
    values: scans.Values = None,
    rods: calibrating.Rods = None,
    rods_axis: calibrating.RodsAxis = "z",
    rods_region: calibrating.RodsRegion = None,
    points: calibrating.Points = None,
    save: masks.Save = None,
    json: AsJson = False,
) -> None:
    """New bone, scaffold, bridging and union score of a defect."""
    from spondyl.study.defect_settings import phase_settings

    options = scans.checked(VERB, threshold, gaussian, False, binary, voxel, values)
    calibration = calibrating.wanted(rods, rods_axis, rods_region, points, VERB)
    given = {
        "shape": shape, "diameter": diameter, "depth": depth, "entry": entry, "direction": direction,
        "axis": axis, "across": across, "layers": layers, "rotation": rotation, "phases": phases,
    }  # fmt: skip
    site = ask.site(given, mask)
    _refuse(phases, noise, blur, adapt)
    told = phase_settings(ask.phases(noise, blur, adapt, VERB)) if phases else None
    masks.refuse_existing(save, files, "defect", VERB)
    measure = partial(
        _measure, options=options, calibration=calibration, baseline=baseline, save=save, json=json,
        many=len(files) > 1, given={"site": site, "phases": told, "widest_deg": rotation},
    )  # fmt: skip
    scans.each(files, measure)


def _refuse(phases: bool, noise: float | None, blur: float | None, adapt: bool) -> None:
    from spondyl.errors import MeasurementError, Mistake

    if not phases and (noise is not None or blur is not None or adapt):
        allowed = "noise, blur and adapt belong to three phases; add --phases"
        raise MeasurementError(Mistake(f"{VERB}, phases", "--noise, --blur or --adapt without it", allowed))


def _measure(
    file: Path,
    *,
    options: dict[str, Any],
    calibration: calibrating.Wanted | None,
    baseline: Path | None,
    save: Path | None,
    json: bool,
    many: bool,
    given: dict[str, Any],
) -> None:
    from spondyl.assay.microct.defect_measurement import measure_defect
    from spondyl.study.microct_settings import assay_settings

    scan, first = (
        None if path is None else calibrating.read(path, options, calibration) for path in (file, baseline)
    )
    if scan is None:
        raise ValueError("a scan is needed")
    with measuring(file.name) as tell:
        tell("defect")
        done = measure_defect(scan, settings=assay_settings(options), baseline=first, **given)
    if save is not None:
        path = masks.labels_path(save, file, "defect")
        masks.save(_whole(done, scan), scan, done.names, path, part=(done.shown, done.labels, done.corner))
    if json:
        as_json(({"file": str(file)} if many else {}) | done.as_json())
    else:
        _print(file, done)


def _whole(done: Filling, scan: Scan) -> NDArray[np.uint8]:
    import numpy as np

    labels = np.zeros(scan.grid.shape, dtype=np.uint8)
    labels[done.box] = done.labels
    return labels


def _print(file: Path, done: Filling) -> None:
    from spondyl.assay.microct.filling_rows import rows

    typer.echo(f"{file}")
    lines = [(name, f"{value:.6g}", unit) for name, value, unit, _ in rows(done)]
    table(("measurement", "value", "unit"), lines, right=(1,))
    layers = [
        f"{'no voxel' if share is None else f'{share:.1%}'} ({ends[0]:.2g} to {ends[1]:.2g} mm)"
        for share, ends in zip(done.bone.new_bv_tv_by_depth, done.bone.depths_mm, strict=True)
    ]
    if layers:
        typer.echo(f"New bone by depth: {', '.join(layers)}")
    typer.echo(f"Union: {done.union.grade}. {done.union.rule}")
    if done.phases is not None:
        typer.echo(f"Phases: {done.phases.errors.describe()}.")
    for remark in done.remarks:
        typer.echo(remark)
