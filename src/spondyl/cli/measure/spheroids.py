"""``spondyl measure spheroids``: pictures of a microscope to diameters, shapes, zones and dead cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spondyl.cli.measure.pictures import refuse_picture, write_picture
from spondyl.cli.measure.scans import each
from spondyl.cli.options import AsJson, named
from spondyl.cli.show import as_json, say, table

if TYPE_CHECKING:
    from spondyl.assay.spheroids import Spheroid, Spheroids

VERB = "measure spheroids"


def spheroids(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="TIFF (also OME, ImageJ), PNG or JPEG; one plane each."),
    ],
    pixel: Annotated[
        str | None, typer.Option(metavar='"1.24 um"', help="Pixel size; comes before that of the file.")
    ] = None,
    outline: Annotated[
        int, typer.Option(metavar="CHANNEL", help="Shows the whole spheroid: phase contrast, or all nuclei.")
    ] = 1,
    living: Annotated[
        int | None, typer.Option(metavar="CHANNEL", help="Stains the living: gives the necrotic core.")
    ] = None,
    cycling: Annotated[
        int | None, typer.Option(metavar="CHANNEL", help="Stains the dividing: gives the inhibited region.")
    ] = None,
    dead: Annotated[
        int | None, typer.Option(metavar="CHANNEL", help="Stains the dead: gives their fraction.")
    ] = None,
    outlines: Annotated[
        Path | None, typer.Option(metavar="PNG", help="Draw the outlines over the picture; for one file.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Diameters, shapes and dead cells of spheroids, from pictures of one or many."""
    from spondyl.assay import spheroids as assay
    from spondyl.assay.spheroids.drawing import outlines as drawn
    from spondyl.quantity import convert

    channels = named(VERB, lambda: assay.Channels(outline, living, cycling, dead))
    edge = None if pixel is None else convert(pixel, "um", where=f"{VERB}, pixel", positive=True)
    refuse_picture(f"{VERB}, outlines", outlines, files)

    def one(file: Path) -> None:
        picture = assay.read(file, edge)
        found = assay.measure(picture, channels)
        if outlines is not None:
            write_picture(drawn(picture, found, outline), outlines)
        if json:
            as_json({"file": str(file)} | found.as_json())
        else:
            _print(file, found)
        for remark in found.remarks:
            say(f"{file.name}: {remark}")

    each(files, one)


def _print(file: Path, found: Spheroids) -> None:
    header = ("no.", "diameter, µm", "circularity", "aspect", "necrotic", "inhibited", "dead", "")
    rows = [_line(number, one) for number, one in enumerate(found.spheroids, 1)]
    typer.echo(f"{file.name}: {len(found.whole)} whole spheroids, pixel {found.pixel_um:.4g} µm")
    table(header, rows, right=(0, 1, 2, 3, 4, 5, 6))


def _line(number: int, one: Spheroid) -> tuple[str, ...]:
    def share(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    return (
        str(number),
        f"{one.diameter_um:.1f}",
        f"{one.circularity:.3f}",
        f"{one.aspect_ratio:.3f}",
        share(one.necrotic_share),
        share(one.inhibited_share),
        share(one.dead_fraction),
        "; ".join(one.remarks),
    )
