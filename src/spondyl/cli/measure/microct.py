"""``spondyl measure microct``: scans to bone morphometry."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
    from spondyl.assay.microct import Settings


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
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Volumes, surface and densities only: no thickness, shape, direction."),
    ] = False,
    json: AsJson = False,
) -> None:
    """Bone morphometry and density of micro-CT scans."""
    options = checked("measure microct", threshold, gaussian, largest, binary, voxel, values)
    settings = _settings(options, voi)
    many = len(files) > 1
    each(files, partial(_measure, options=options, settings=settings, quick=quick, json=json, many=many))


def _settings(options: dict[str, Any], voi: Path | None) -> Settings:
    from dataclasses import replace

    from spondyl.study.microct_settings import assay_settings, volume_of_interest

    settings = assay_settings(options)
    return settings if voi is None else replace(settings, voi=volume_of_interest({"shape": "mask"}, voi))


def _measure(
    file: Path, *, options: dict[str, Any], settings: Settings, quick: bool, json: bool, many: bool
) -> None:
    from spondyl.assay import microct as assay

    measured = assay.measure(read(file, options), settings, architecture=not quick)
    if json:
        as_json(({"file": str(file)} if many else {}) | measured.as_json())
        return
    typer.echo(f"{file}")
    rows = [(name, f"{value:.6g}", unit) for name, value, unit, _ in assay.rows(measured)]
    table(("measurement", "value", "unit"), rows, right=(1,))
