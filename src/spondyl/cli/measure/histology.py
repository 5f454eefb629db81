"""``spondyl measure histology``: stained sections to areas of tissue, osteoclasts and positive areas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spondyl.cli.measure.pictures import refuse_picture, write_picture
from spondyl.cli.measure.scans import each
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
    from spondyl.assay.histology.overlay import overlay as drawn
    from spondyl.quantity import convert

    assay.stain(stain)
    edge = None if pixel is None else convert(pixel, "um", where=f"{VERB}, pixel", positive=True)
    refuse_picture(f"{VERB}, overlay", overlay, files)
    region = None if roi is None else _region(roi)

    def one(file: Path) -> None:
        section = assay.read(file, edge)
        found = assay.measure(section, stain, region=region)
        if overlay is not None:
            write_picture(drawn(section, found), overlay)
        if json:
            as_json({"file": str(file)} | found.as_json())
        else:
            _print(file, found)
        for remark in found.remarks:
            say(f"{file.name}: {remark}")

    each(files, one)


def _region(path: Path) -> NDArray[np.bool_]:
    import numpy as np

    from spondyl.assay.picture_files import read_picture

    values = read_picture(path, 1.0).values
    return np.asarray(values.max(axis=0) > 0)


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
