"""``spondyl measure compression``: the record of a testing machine to stiffness, strength and energy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spondyl.cli.measure import scans
from spondyl.cli.measure.compression_options import VERB, settings, stated
from spondyl.cli.measure.plotting import refuse_unwritable, write_figure
from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, say, table

if TYPE_CHECKING:
    from spondyl.assay.compression import Compression, LoadCurve


def compression(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Exports of a testing machine.")],
    length: Annotated[
        str | None, typer.Option(metavar="LENGTH", help='Of the specimen along the load, e.g. "10 mm".')
    ] = None,
    area: Annotated[str | None, typer.Option(metavar="AREA", help='Cross-section, e.g. "12 mm^2".')] = None,
    diameter: Annotated[
        str | None, typer.Option(metavar="LENGTH", help="Diameter of a round specimen, in place of the area.")
    ] = None,
    force_unit: Annotated[
        str | None, typer.Option(metavar="UNIT", help="N, kN …, if the file does not say.")
    ] = None,
    displacement_unit: Annotated[
        str | None, typer.Option(metavar="UNIT", help="mm, um, m …, if the file does not say.")
    ] = None,
    force_column: Annotated[
        str | None, typer.Option(metavar="NAME|N", help="Heading or number of the column of force.")
    ] = None,
    displacement_column: Annotated[
        str | None, typer.Option(metavar="NAME|N", help="Heading or number of the column of displacement.")
    ] = None,
    flip: Annotated[
        list[str] | None,
        typer.Option(metavar="force|displacement", help="Turn the sign of one of them. May be repeated."),
    ] = None,
    machine_compliance: Annotated[
        str | None,
        typer.Option(metavar="COMPLIANCE", help='What machine and fixture give way, e.g. "0.05 um/N".'),
    ] = None,
    toe: Annotated[
        str, typer.Option(help="on: take the toe off; off: the record begins straight; auto: look.")
    ] = "auto",
    region: Annotated[
        str | None,
        typer.Option(metavar="LOW-HIGH", help="Straight part between shares of the ultimate load: 0.3-0.7."),
    ] = None,
    offset: Annotated[
        str | None,
        typer.Option(metavar="STRAIN|LENGTH", help='Of yield: "0.2 %" (needs --length) or "0.05 mm".'),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="SVG", help="Draw the curve and what was read off it.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Stiffness, yield, ultimate load and energy from load-displacement records."""
    from spondyl.errors import MeasurementError, Mistake

    refuse_unwritable(VERB, plot)
    if plot is not None and len(files) > 1:
        given = f"one plot for {len(files)} files"
        raise MeasurementError(Mistake(f"{VERB}, plot", given, "measure files one at a time to draw them"))
    units = {"force": force_unit, "displacement": displacement_unit}
    said = stated(units, {"force": force_column, "displacement": displacement_column}, flip or ())
    how = settings(length, area, diameter, machine_compliance, toe, region, offset)

    def test(file: Path) -> None:
        from spondyl.assay import compression as assay

        curve = assay.read(file, said)
        found = assay.measure(curve, how)
        if plot is not None:
            _draw(curve, found, plot)
        if json:
            as_json(({"file": str(file)} if len(files) > 1 else {}) | found.as_json())
        else:
            _print(file, found)
        for remark in found.remarks:
            say(f"{file.name}: {remark}")

    scans.each(files, test)


def _print(file: Path, found: Compression) -> None:
    from spondyl.assay.compression.rows import method, rows

    typer.echo(f"{file}")
    lines = [(row.name, f"{row.value:.6g}", "" if row.unit == "1" else row.unit) for row in rows(found)]
    table(("measurement", "value", "unit"), lines, right=(1,))
    told = method(found)
    typer.echo(f"{told[0].upper()}{told[1:]}.")


def _draw(curve: LoadCurve, found: Compression, plot: Path) -> None:
    from spondyl.assay.compression import specimen_displacement
    from spondyl.assay.compression.yielding import yield_line
    from spondyl.quantity import shipped
    from spondyl.report.figures.load_curve import Reading, load_curve_figure

    x = specimen_displacement(curve, found.settings)
    straight, zero = found.straight, found.toe_mm
    ends = x[[0, -1]]
    line = yield_line(ends, straight, zero, found.settings, shipped()["assay/compression"])
    points = [(zero + found.ultimate_displacement_mm, found.ultimate_load_N, "ultimate")]
    if found.yield_load_N is not None and found.yield_displacement_mm is not None:
        points.append((zero + found.yield_displacement_mm, found.yield_load_N, "yield"))
    if found.failed is not None:
        points.append((float(x[found.failed]), float(curve.load_N[found.failed]), "failure"))
    elastic = tuple(float(straight.slope * (end - straight.zero_mm)) for end in ends)
    reading = Reading(
        title=curve.name,
        displacement_mm=tuple(float(each) for each in x),
        load_N=tuple(float(each) for each in curve.load_N),
        straight=(straight.first, straight.last),
        line_mm=(float(ends[0]), float(ends[1])),
        line_N=(elastic[0], elastic[1]),
        yield_mm=(float(ends[0]), float(ends[1])),
        yield_N=(float(line[0]), float(line[1])),
        points=tuple(points),
    )
    write_figure(load_curve_figure(reading), plot)
