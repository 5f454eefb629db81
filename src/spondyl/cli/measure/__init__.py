"""``spondyl measure``: raw files to measurements; one file per assay."""

from __future__ import annotations

import typer

from spondyl.cli.measure.agreement import agreement
from spondyl.cli.measure.compression import compression
from spondyl.cli.measure.defect import defect
from spondyl.cli.measure.hardening import hardening
from spondyl.cli.measure.histology import histology
from spondyl.cli.measure.microct import microct
from spondyl.cli.measure.phases import phases
from spondyl.cli.measure.qpcr import qpcr
from spondyl.cli.measure.spheroids import spheroids
from spondyl.cli.measure.strength import strength
from spondyl.cli.measure.timelapse import timelapse

app = typer.Typer(help="Measure raw files: simulated or from a laboratory.", no_args_is_help=True)
app.command()(microct)
app.command()(timelapse)
app.command()(defect)
app.command()(phases)
app.command()(agreement)
app.command("beam-hardening")(hardening)
app.command()(strength)
app.command()(compression)
app.command()(qpcr)
app.command()(spheroids)
app.command()(histology)


@app.callback()
def _assays() -> None:
    """Measure raw files: simulated or from a laboratory."""
