"""``spondyl plan``: fat to dose and dose to fat, with days, flasks and medium."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, table

if TYPE_CHECKING:
    from spondyl.donor.intervals import Interval
    from spondyl.donor.plan import Plan
    from spondyl.donor.steps import Step

Text = str | None


def _text(option: str, help_text: str) -> Any:
    return typer.Option(option, help=help_text)


def plan(
    species: Annotated[Text, _text("--species", "rat or human; no default.")] = None,
    age: Annotated[Text, _text("--age", "Age of the donor, e.g. '12 week'; no default.")] = None,
    fat: Annotated[Text, _text("--fat", "Fat at hand, e.g. '1.5 g': what does it give?")] = None,
    dose: Annotated[
        Text, _text("--dose", "Living cells wanted, e.g. 1e7: how much fat do they need?")
    ] = None,
    spheroids: Annotated[int | None, _text("--spheroids", "Dose as a number of spheroids.")] = None,
    cells_each: Annotated[int | None, _text("--cells-each", "Living cells in each spheroid.")] = None,
    days: Annotated[Text, _text("--days", "Days allowed from harvest to use, e.g. 28.")] = None,
    passages: Annotated[int, _text("--passages", "How often the cells may be detached.")] = 3,
    flask: Annotated[str, _text("--flask", "Flask, T and its cm².")] = "T75",
    flasks: Annotated[int | None, _text("--flasks", "Flasks at hand for one passage.")] = None,
    seeding: Annotated[
        Text, _text("--seeding", "Density after the primary culture, e.g. '5000 cells/cm2'.")
    ] = None,
    confluence: Annotated[float | None, _text("--confluence", "Share of a full flask at passage.")] = None,
    sex: Annotated[Text, _text("--sex", "female or male; recorded.")] = None,
    site: Annotated[Text, _text("--site", "Depot, e.g. inguinal; recorded.")] = None,
    health: Annotated[str, _text("--health", "healthy, osteoporotic, diabetic or obese.")] = "healthy",
    method: Annotated[str, _text("--method", "Isolation, enzymatic or mechanical.")] = "enzymatic",
    donors: Annotated[int, _text("--donors", "Donors to simulate.")] = 4000,
    seed: Annotated[int, _text("--seed", "Number of the simulation.")] = 1,
    json: AsJson = False,
) -> None:
    """What dose fat gives and when; or how much fat, how many days, flasks and medium a dose needs."""
    from spondyl.donor.plan import cells_from_fat, fat_for_cells

    cells = _dose(species, age, fat, dose, spheroids, cells_each)
    options = {
        "passages": passages, "days": _days(days), "donors": donors, "seed": seed, "flask": flask,
        "flasks": flasks, "seeding": seeding, "confluence": confluence, "sex": sex, "site": site,
        "health": health, "method": method,
    }  # fmt: skip
    if fat is not None:
        made = cells_from_fat(str(species), str(age), fat, cells=cells, **options)
    else:
        made = fat_for_cells(str(species), str(age), cells or 0.0, **options)
    if json:
        as_json(_plain(made))
    else:
        _print(made)


def _dose(
    species: Text, age: Text, fat: Text, dose: Text, spheroids: int | None, each: int | None
) -> float | None:
    """Return the living cells wanted; refuse what is missing or said twice."""
    from spondyl.errors import DonorError, Mistake

    wrong = [
        Mistake(option, "nothing", f"is needed, {example}")
        for option, given, example in (
            ("--species", species, "rat or human"),
            ("--age", age, "such as '12 week' or '70 year'"),
        )
        if given is None
    ]
    if fat is None and dose is None and spheroids is None:
        wrong.append(Mistake("plan", "neither --fat nor --dose", "needs one, or both"))
    if dose is not None and (spheroids is not None or each is not None):
        wrong.append(
            Mistake("--dose", "a dose and spheroids", "give --dose, or --spheroids with --cells-each")
        )
    if (spheroids is None) != (each is None):
        wrong.append(Mistake("--spheroids", "only one of the two", "needs both --spheroids and --cells-each"))
    for option, number in (("--spheroids", spheroids), ("--cells-each", each)):
        if number is not None and number < 1:
            wrong.append(Mistake(option, str(number), "must be a whole number from 1 up"))
    if wrong:
        raise DonorError(wrong)
    if spheroids is not None and each is not None:
        return float(spheroids) * each
    return None if dose is None else _cells(dose)


def _cells(text: str) -> float:
    from spondyl.quantity import convert

    bare = text.strip().removesuffix("cells").removesuffix("cell").strip()
    return convert(bare, "1", where="--dose", positive=True)


def _days(text: Text) -> Text:
    """Return a number without a unit as days."""
    if text is None:
        return None
    try:
        float(text)
    except ValueError:
        return text
    return f"{text.strip()} day"


def _plain(made: Plan) -> dict[str, Any]:
    """Return the plan as plain numbers with their units in the names."""
    who = made.donor
    return {
        "species": who.species, "age_day": who.age_day, "sex": who.sex, "site": who.site,
        "health": who.health, "method": who.method,
        "donors": made.donors, "seed": made.seed, "fat_g": made.fat_g,
        "dose_cells": made.dose, "limit_day": made.days,
        "enough_fat_g": None if made.enough is None else dict(
            zip(("donors_50", "donors_80", "donors_95"), map(_finite, made.enough), strict=True)
        ),
        "living_cells": made.living.as_json(),
        "dose_day": None if made.dose_day is None else made.dose_day.as_json(),
        "probability": made.probability,
        "passages": [_plain_step(step) for step in made.steps],
        "release": [
            {"criterion": risk.criterion, "verdict": risk.verdict, "failing": risk.failing}
            for risk in made.risks
        ],
        "assumed": list(made.assumed),
    }  # fmt: skip


def _plain_step(step: Step) -> dict[str, Any]:
    return {
        "passage": step.passage,
        "end_day": step.day.as_json(),
        "living_cells": step.living.as_json(),
        "doublings": step.doublings.as_json(),
        "flasks": step.flasks.as_json(),
        "medium_mL": step.medium_ml.as_json(),
        "fat_g": None if step.fat_g is None else step.fat_g.as_json(),
        "not_confluent": step.unfinished,
        "in_time": step.in_time,
        "dose_reached": step.reached,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _print(made: Plan) -> None:
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
    typer.echo("\nRelease criteria at the end of the last passage:")
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
