"""What ``spondyl plan`` may be asked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def _option(name: str, help_text: str) -> Any:
    return typer.Option(f"--{name}", help=help_text)


Text = str | None
Whole = int | None

Species = Annotated[Text, _option("species", "rat or human; no default.")]
Age = Annotated[Text, _option("age", "Age of the donor, e.g. '12 week'; no default.")]
Fat = Annotated[Text, _option("fat", "Fat at hand, e.g. '1.5 g': what does it give?")]
Dose = Annotated[Text, _option("dose", "Living cells wanted, e.g. 1e7: how much fat do they need?")]
Spheroids = Annotated[Whole, _option("spheroids", "Dose as a number of spheroids.")]
CellsEach = Annotated[Whole, _option("cells-each", "Living cells in each spheroid.")]
Days = Annotated[Text, _option("days", "Days allowed from harvest to use, e.g. 28.")]
Passages = Annotated[int, _option("passages", "How often the cells may be detached.")]
Flask = Annotated[str, _option("flask", "Flask, T and its cm².")]
Flasks = Annotated[Whole, _option("flasks", "Flasks at hand for one passage.")]
Seeding = Annotated[Text, _option("seeding", "Density after the primary culture, e.g. '5000 cells/cm2'.")]
Confluence = Annotated[float | None, _option("confluence", "Share of a full flask at which a passage ends.")]
Sex = Annotated[Text, _option("sex", "female or male; recorded.")]
Site = Annotated[Text, _option("site", "Depot, e.g. inguinal; recorded.")]
Health = Annotated[str, _option("health", "healthy, osteoporotic, diabetic or obese.")]
Method = Annotated[str, _option("method", "Isolation, enzymatic or mechanical.")]
Donors = Annotated[int, _option("donors", "Donors to simulate.")]
Seed = Annotated[int, _option("seed", "Number of the simulation.")]
Study = Annotated[
    Path | None,
    _option("study", "Study folder whose own numbers (parameters/donor.toml) replace the shipped ones."),
]
Save = Annotated[
    Path | None, _option("save", "Folder for the figure of cells over days (SVG) and its numbers (TSV).")
]
