"""``spondyl measure spheroids``: pictures of a microscope to diameters, shapes, zones and dead cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spondyl.cli.measure.plotting import existing
from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, say, table

if TYPE_CHECKING:
    from spondyl.assay.spheroids import Channels, Spheroid, Spheroids

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
    from spondyl.errors import MeasurementError, Mistake
    from spondyl.quantity import convert

    channels = _channels(outline, living, cycling, dead)
    edge = None if pixel is None else convert(pixel, "um", where=f"{VERB}, pixel", positive=True)
    if outlines is not None:
        wrong = existing(f"{VERB}, outlines", (outlines,))
        if len(files) > 1:
            given = f"{len(files)} files"
            wrong.append(Mistake(f"{VERB}, outlines", given, "can be drawn for one file at a time"))
        if outlines.suffix.lower() != ".png":
            wrong.append(Mistake(f"{VERB}, outlines", str(outlines), "the name must end in .png"))
        if wrong:
            raise MeasurementError(wrong)
    for file in files:
        picture = assay.read(file, edge)
        found = assay.measure(picture, channels)
        if outlines is not None:
            _draw(outlines, picture, found, outline)
        if json:
            as_json({"file": str(file)} | found.as_json())
        else:
            _print(file, found)
        for remark in found.remarks:
            say(f"{file.name}: {remark}")


def _channels(outline: int, living: int | None, cycling: int | None, dead: int | None) -> Channels:
    from dataclasses import replace

    from spondyl.assay.spheroids import Channels
    from spondyl.errors import MeasurementError

    try:
        return Channels(outline, living, cycling, dead)
    except MeasurementError as error:
        said = [replace(mistake, where=f"{VERB}, {mistake.where}") for mistake in error.mistakes]
        raise MeasurementError(said) from None


def _draw(path: Path, picture: Any, found: Spheroids, channel: int) -> None:
    import io

    from PIL import Image

    from spondyl import files
    from spondyl.assay.spheroids.drawing import outlines as drawn

    buffer = io.BytesIO()
    Image.fromarray(drawn(picture, found, channel)).save(buffer, "png")
    files.write_bytes(path, buffer.getvalue())
    say(f"Wrote {path}")


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
