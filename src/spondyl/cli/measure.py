"""``spondyl measure``: raw files to measurements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, say, table

if TYPE_CHECKING:
    from spondyl.assay.microct import Morphometry, Settings

app = typer.Typer(help="Measure raw files: simulated or from a laboratory.", no_args_is_help=True)


@app.callback()
def _assays() -> None:
    """Measure raw files: simulated or from a laboratory."""


@app.command()
def microct(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Scans: files, or folders of slices.")
    ],
    threshold: Annotated[str, typer.Option(help="A number in the scan's own values, or otsu.")] = "otsu",
    gaussian: Annotated[
        float, typer.Option(metavar="VOXELS", help="Sigma of the Gaussian filter, in voxels.")
    ] = 0.0,
    largest: Annotated[
        bool, typer.Option("--largest", help="Keep the largest face-connected part only.")
    ] = False,
    binary: Annotated[
        bool, typer.Option("--binary", help="The volume is segmented: not zero is bone.")
    ] = False,
    voxel: Annotated[
        str | None,
        typer.Option(metavar="LENGTH", help='Voxel size, e.g. "20 um" or "20 um, 10 um, 10 um" (z, y, x).'),
    ] = None,
    values: Annotated[
        str | None, typer.Option(help='What the values are, if the file does not say: "mg HA/cm3", HU, raw.')
    ] = None,
    voi: Annotated[
        Path | None,
        typer.Option(metavar="MASK", help="Volume of interest: a labels volume of the same shape."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Bone morphometry and density of micro-CT scans."""
    from spondyl.errors import Mistake, StudyError

    options = _options(threshold, gaussian, largest, binary, voxel, values)
    settings = _settings(options, voi)
    wrong: list[Mistake] = []
    for file in files:
        try:
            _print(file, _measured(file, options, settings), json=json, many=len(files) > 1)
        except StudyError as error:
            wrong += error.mistakes
    if wrong:
        raise StudyError(wrong)


def _options(
    threshold: str, gaussian: float, largest: bool, binary: bool, voxel: str | None, values: str | None
) -> dict[str, Any]:
    """Return the options as a ``[microct]`` table, checked by the same schema as a study file."""
    from pydantic import ValidationError

    from spondyl.errors import DesignError
    from spondyl.study.mistakes import mistakes_of
    from spondyl.study.schema import MicroctSection

    try:
        number: float | str = float(threshold)
    except ValueError:
        number = threshold
    given = {"threshold": number, "gaussian": gaussian, "largest": largest, "binary": binary}
    try:
        checked = MicroctSection.model_validate(given | {"voxel": voxel, "values": values})
    except ValidationError as error:
        raise DesignError(mistakes_of(error, MicroctSection, "measure microct")) from None
    return checked.model_dump(mode="json")


def _settings(options: dict[str, Any], voi: Path | None) -> Settings:
    from dataclasses import replace

    from spondyl.study.microct_settings import assay_settings, volume_of_interest

    settings = assay_settings(options)
    return settings if voi is None else replace(settings, voi=volume_of_interest({"shape": "mask"}, voi))


def _measured(file: Path, options: dict[str, Any], settings: Settings) -> Morphometry:
    from spondyl.assay import microct as assay
    from spondyl.study.microct_settings import read_scan

    scan = read_scan(file, options, where="--voxel")
    for note in scan.source.notes if scan.source else ():
        say(f"{file}: {note}")
    return assay.measure(scan, settings)


def _print(file: Path, measured: Morphometry, *, json: bool, many: bool) -> None:
    if json:
        as_json(({"file": str(file)} if many else {}) | measured.as_json())
        return
    from spondyl.assay import microct as assay

    typer.echo(f"{file}")
    rows = [(name, f"{value:.6g}", unit) for name, value, unit, _ in assay.rows(measured)]
    table(("measurement", "value", "unit"), rows, right=(1,))
