"""``spondyl measure timelapse``: two scans of one bone to bone formed and resorbed between them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spondyl.cli.measure import masks, scans
from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, say, table

if TYPE_CHECKING:
    from spondyl.assay.microct.timelapse.comparison import Comparison

VERB = "measure timelapse"


def timelapse(
    baseline: Annotated[Path, typer.Argument(metavar="BASELINE", help="First scan: file or folder.")],
    followup: Annotated[Path, typer.Argument(metavar="FOLLOWUP", help="Later scan of the same bone.")],
    days: Annotated[float, typer.Option(metavar="N", help="Days between the scans.")],
    threshold: scans.Threshold = "otsu",
    gaussian: scans.Gaussian = 0.0,
    voxel: scans.Voxel = None,
    values: scans.Values = None,
    voi: Annotated[
        Path | None,
        typer.Option(metavar="MASK", help="Where to compare: a labels volume on the grid of the baseline."),
    ] = None,
    rotation: Annotated[
        float, typer.Option(metavar="DEGREES", help="Largest rotation that is looked for.")
    ] = 36.0,
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write the registered follow-up, the labels and a PNG of them there."
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Bone formed and resorbed between two scans of one animal."""
    from dataclasses import replace

    from spondyl.assay.microct.timelapse import comparison
    from spondyl.study.microct_settings import assay_settings, volume_of_interest

    options = scans.checked(VERB, threshold, gaussian, False, False, voxel, values)
    if save is not None:
        _refuse_existing(save, followup)
    settings = assay_settings(options)
    if voi is not None:
        settings = replace(settings, voi=volume_of_interest({"shape": "mask"}, voi))
    first, second = (scans.read(file, options) for file in (baseline, followup))
    done = comparison.compare(first, second, settings, days=days, widest_deg=rotation)
    if save is not None:
        _save(done, save, followup)
    if json:
        as_json(done.as_json())
    else:
        _print(baseline, followup, done)


def _paths(folder: Path, followup: Path) -> tuple[Path, Path]:
    name = scans.stem(followup)
    return folder / f"{name}_remodelling.nii.gz", folder / f"{name}_registered.nii.gz"


def _refuse_existing(folder: Path, followup: Path) -> None:
    for path in _paths(folder, followup):
        masks.refuse_unwritable(path, f"{VERB}, save")


def _save(done: Comparison, folder: Path, followup: Path) -> None:
    from spondyl.assay.microct.timelapse.remodelling import NAMES
    from spondyl.volume import write

    labels, moved = _paths(folder, followup)
    masks.save(done.change.labels, done.registered, NAMES, labels)
    write(done.registered, moved)
    say(f"Wrote {moved}")


def _print(baseline: Path, followup: Path, done: Comparison) -> None:
    from spondyl.assay.microct.rows import UNITS as OF_VALUES
    from spondyl.assay.microct.timelapse.comparison import UNITS

    typer.echo(f"{baseline} → {followup}")
    units = UNITS | {"threshold": OF_VALUES.get(done.registered.meaning, "1")}
    numbers = done.as_json()
    lines = [(name, f"{numbers[name]:.6g}", unit) for name, unit in units.items() if name in numbers]
    table(("measurement", "value", "unit"), lines, right=(1,))
    for remark in done.remarks:
        typer.echo(remark)
