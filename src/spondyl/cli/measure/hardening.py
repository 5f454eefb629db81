"""``spondyl measure beam-hardening``: does a scan read lower inside dense material."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spondyl.cli.measure import calibrating, scans
from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, table

if TYPE_CHECKING:
    from spondyl.assay.microct.beam_hardening import BeamHardening
    from spondyl.volume import Scan

VERB = "measure beam-hardening"


def hardening(
    files: scans.Files,
    rods: calibrating.Rods = None,
    rods_axis: calibrating.RodsAxis = "z",
    rods_region: calibrating.RodsRegion = None,
    region: Annotated[
        Path | None,
        typer.Option(
            metavar="MASK",
            help="A region of one material without its rim, such as the holder, instead of rods.",
        ),
    ] = None,
    background: Annotated[
        float | None,
        typer.Option(metavar="VALUE", help="Value of what surrounds the region, in the scan's own values."),
    ] = None,
    voxel: scans.Voxel = None,
    values: scans.Values = None,
    json: AsJson = False,
) -> None:
    """Signs of beam hardening: rods, or a region of one material, that read lower inside."""
    options = scans.checked(VERB, "otsu", 0.0, False, False, voxel, values)
    wanted = calibrating.wanted(rods, rods_axis, rods_region, None, VERB)
    _refuse(wanted, region, background)
    check = partial(
        _check, options=options, wanted=wanted, region=region, background=background, json=json,
        many=len(files) > 1,
    )  # fmt: skip
    scans.each(files, check)


def _refuse(wanted: calibrating.Wanted | None, region: Path | None, background: float | None) -> None:
    from spondyl.errors import MeasurementError, Mistake

    wrong = []
    if (wanted is None) == (region is None):
        given = "neither --rods nor --region" if region is None else "--rods and --region"
        wrong.append(Mistake(VERB, given, "needs one of the two"))
    if (region is None) != (background is None):
        given = "--background without --region" if region is None else "--region without --background"
        wrong.append(Mistake(VERB, given, "a region is judged against the value around it; give both"))
    if wrong:
        raise MeasurementError(wrong)


def _check(
    file: Path,
    *,
    options: dict[str, Any],
    wanted: calibrating.Wanted | None,
    region: Path | None,
    background: float | None,
    json: bool,
    many: bool,
) -> None:
    scan = scans.read(file, options)
    if region is not None and background is not None:
        found = _in_region(scan, region, background)
    elif wanted is not None:
        found = _in_rods(scan, wanted)
    given = {name: value for name, value in asdict(found).items() if value is not None}
    if json:
        as_json(({"file": str(file)} if many else {}) | given | {"remarks": list(found.remarks)})
    else:
        _print(file, found)


def _in_rods(scan: Scan, wanted: calibrating.Wanted) -> BeamHardening:
    from spondyl.assay.microct.beam_hardening import across_rods
    from spondyl.assay.microct.calibration import from_rods
    from spondyl.assay.microct.rods import find_rods

    rods = find_rods(scan, axis=wanted.axis, region=wanted.region)
    return across_rods(rods, from_rods(rods, wanted.rods))


def _in_region(scan: Scan, region: Path, background: float) -> BeamHardening:
    from spondyl.assay.microct import Mask
    from spondyl.assay.microct import voi as interest
    from spondyl.assay.microct.beam_hardening import along_radius
    from spondyl.volume import read

    inside = interest.inside(Mask(read(region)), scan)
    if inside is None:
        raise ValueError("a mask is a volume of interest")
    return along_radius(scan, inside, background)


def _print(file: Path, found: BeamHardening) -> None:
    typer.echo(f"{file}")
    lines = [
        ("cupping", f"{found.cupping:.4g}", "of the contrast"),
        ("cupping_error", f"{found.cupping_error:.4g}", "of the contrast"),
    ]
    if found.curvature_mgha_cm3 is not None:
        lines.append(("curvature_mgha_cm3", f"{found.curvature_mgha_cm3:.4g}", "mg HA/cm³"))
    table(("measurement", "value", "unit"), lines, right=(1,))
    for remark in found.remarks or ("No sign of beam hardening that is large and sure.",):
        typer.echo(remark)
