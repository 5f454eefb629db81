"""A plan as a person reads it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import typer

from spondyl.cli.show import table

if TYPE_CHECKING:
    from spondyl.donor.intervals import Interval
    from spondyl.donor.plan import Plan


def tell(made: Plan) -> None:
    """Print who, the passages, the answer, the release criteria and what is assumed."""
    who, how = made.donor, made.campaign.protocol
    typer.echo(
        f"{who.species}, {who.age}, {who.health}; {who.method} isolation; flasks of {how.flask_cm2:g} cm²"
    )
    asked = made.enough is not None
    alone = "; flasks and medium are those of the dose alone" if asked else ""
    typer.echo(f"{made.donors} simulated donors: median (80 % of donors){alone}\n")
    what = "fat for the dose, g" if asked else "living cells"
    rows = [
        (
            f"{step.passage}",
            _cell(step.day),
            _cell(step.fat_g if asked and step.fat_g is not None else step.living),
            _cell(step.doublings),
            _cell(step.flasks),
            _cell(step.medium_ml),
            f"{100 * step.unfinished:.0f} %",
            f"{100 * step.in_time:.0f} %",
        )
        for step in made.steps
    ]
    header = ("passage", "day", what, "doublings", "flasks", "medium so far, mL", "not confluent", "in time")
    width = len(header) - (made.days is None)
    table(header[:width], [row[:width] for row in rows])
    typer.echo("")
    _say_answer(made)
    typer.echo(f"\nRelease criteria {made.moment}:")
    for risk in made.risks:
        failing = "" if risk.failing is None else f" ({100 * risk.failing:.1f} % of donors fail)"
        typer.echo(f"  {risk.criterion}: {risk.verdict}{failing}")
    typer.echo("")
    for note in made.assumed:
        typer.echo(note)


def _say_answer(made: Plan) -> None:
    limit = f"by day {made.days:g}" if made.days is not None else f"after {len(made.steps)} passages"
    if made.enough is not None and made.dose is not None:
        half, most, nearly = (_amount(grams) for grams in made.enough)
        typer.echo(f"{_number(made.dose)} living cells {limit}, detaching on the best day:")
        typer.echo(f"  fat enough for 50 % of donors {half}, for 80 % {most}, for 95 % {nearly}")
        typer.echo(f"With {made.fat_g:.3g} g:")
    rows = [("living cells " + limit, *_bands(made.living))]
    if made.dose_day is not None:
        rows.append(("day of the dose", *_bands(made.dose_day)))
    table(("", "median", "50 %", "80 %", "95 %"), rows)
    if made.probability is not None and made.dose is not None:
        typer.echo(
            f"{100 * made.probability:.1f} % of donors reach {_number(made.dose)} living cells {limit}."
        )


def _amount(grams: float) -> str:
    return f"{grams:.2g} g" if math.isfinite(grams) else "no amount"


def _bands(found: Interval) -> tuple[str, ...]:
    bands = (found.half, found.most, found.nearly_all)
    return (_number(found.median), *(f"{_number(low)} – {_number(high)}" for low, high in bands))


def _cell(found: Interval) -> str:
    low, high = found.most
    return f"{_number(found.median)} ({_number(low)} – {_number(high)})"


def _number(value: float) -> str:
    """Return a number as a person reads it: 12, 0.53, 3.4e6; never where it is infinite."""
    if not math.isfinite(value):
        return "never"
    if value < 100_000:
        return f"{value:.3g}" if value < 1000 else f"{value:.0f}"
    power = math.floor(math.log10(value))
    return f"{value / 10**power:.1f}e{power}"
