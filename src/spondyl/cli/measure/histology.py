"""``spondyl measure histology``: stained sections to areas of tissue, osteoclasts and positive areas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spondyl.cli.measure.plotting import existing
from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, say, table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from spondyl.assay.histology import Histology

VERB = "measure histology"


def histology(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="TIFF, PNG or JPEG in colour; one section each.")
    ],
    stain: Annotated[
        str, typer.Option(metavar="NAME", help="he, masson-goldner, trap or osteocalcin.")
    ] = "he",
    pixel: Annotated[
        str | None, typer.Option(metavar='"1 um"', help="Pixel size; comes before that of the file.")
    ] = None,
    roi: Annotated[
        Path | None, typer.Option(metavar="PICTURE", help="Region of interest: what is not black, same size.")
    ] = None,
    overlay: Annotated[
        Path | None, typer.Option(metavar="PNG", help="Draw the tissues beside the section; for one file.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Areas of tissue, osteoclasts along surfaces and positive areas, from stained sections."""
    from spondyl.assay import histology as assay
    from spondyl.errors import MeasurementError, Mistake
    from spondyl.quantity import convert

    assay.stain(stain)
    edge = None if pixel is None else convert(pixel, "um", where=f"{VERB}, pixel", positive=True)
    if overlay is not None:
        wrong = existing(f"{VERB}, overlay", (overlay,))
        if len(files) > 1:
            given = f"{len(files)} files"
            wrong.append(Mistake(f"{VERB}, overlay", given, "can be drawn for one file at a time"))
        if overlay.suffix.lower() != ".png":
            wrong.append(Mistake(f"{VERB}, overlay", str(overlay), "the name must end in .png"))
        if wrong:
            raise MeasurementError(wrong)
    region = None if roi is None else _region(roi)
    for file in files:
        section = assay.read(file, edge)
        found = assay.measure(section, stain, region=region)
        if overlay is not None:
            _draw(overlay, section, found)
        if json:
            as_json({"file": str(file)} | found.as_json())
        else:
            _print(file, found)
        for remark in found.remarks:
            say(f"{file.name}: {remark}")


def _region(path: Path) -> NDArray[np.bool_]:
    import numpy as np

    from spondyl.assay.picture_files import read_picture

    values = read_picture(path, 1.0).values
    return np.asarray(values.max(axis=0) > 0)


def _draw(path: Path, section: Any, found: Histology) -> None:
    import io

    from PIL import Image

    from spondyl import files
    from spondyl.assay.histology.overlay import overlay

    buffer = io.BytesIO()
    Image.fromarray(overlay(section, found)).save(buffer, "png")
    files.write_bytes(path, buffer.getvalue())
    say(f"Wrote {path}")


def _print(file: Path, found: Histology) -> None:
    typer.echo(f"{file.name}: {found.stain}, {found.roi_mm2:.4g} mm², pixel {found.pixel_um:.4g} µm")
    whole = sum(found.areas.values())
    rows = [
        (name.replace("_", " "), f"{area:.4g}", f"{100 * area / whole:.1f} %")
        for name, area in found.areas.items()
    ]
    table(("tissue", "area, mm²", "share"), rows, right=(1, 2))
    told = found.as_json()
    names = (*found.ratios, "b_pm_mm", "n_oc", "n_oc_b_pm_per_mm", "oc_pm_b_pm")
    for name in names:
        if name in told:
            typer.echo(f"{name} {told[name]:.4g}")
