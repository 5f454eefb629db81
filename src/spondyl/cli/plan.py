"""``spondyl plan``: fat to dose and dose to fat, with days, flasks and medium."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spondyl.cli import plan_options as ask
from spondyl.cli.options import AsJson
from spondyl.cli.plan_options import Text
from spondyl.cli.plan_told import tell
from spondyl.cli.show import as_json, say

if TYPE_CHECKING:
    from spondyl.donor.plan import Plan
    from spondyl.donor.steps import Step
    from spondyl.quantity import Parameter


def plan(
    species: ask.Species = None,
    age: ask.Age = None,
    fat: ask.Fat = None,
    dose: ask.Dose = None,
    spheroids: ask.Spheroids = None,
    cells_each: ask.CellsEach = None,
    days: ask.Days = None,
    passages: ask.Passages = 3,
    flask: ask.Flask = "T75",
    flasks: ask.Flasks = None,
    seeding: ask.Seeding = None,
    confluence: ask.Confluence = None,
    sex: ask.Sex = None,
    site: ask.Site = None,
    health: ask.Health = "healthy",
    method: ask.Method = "enzymatic",
    donors: ask.Donors = 4000,
    seed: ask.Seed = 1,
    study: ask.Study = None,
    save: ask.Save = None,
    json: AsJson = False,
) -> None:
    """What dose fat gives and when; or how much fat, how many days, flasks and medium a dose needs."""
    cells = _dose(species, age, fat, dose, spheroids, cells_each)
    options = {
        "passages": passages, "days": _days(days), "donors": donors, "seed": seed, "flask": flask,
        "flasks": flasks, "seeding": seeding, "confluence": confluence, "sex": sex, "site": site,
        "health": health, "method": method, "parameters": _numbers(study),
    }  # fmt: skip
    made = _made(str(species), str(age), fat, cells, options)
    if save is not None:
        _save(made, save)
    if json:
        as_json(_plain(made))
    else:
        tell(made)


def _made(species: str, age: str, fat: Text, cells: float | None, options: dict[str, Any]) -> Plan:
    from spondyl.donor.plan import cells_from_fat, fat_for_cells

    if fat is not None:
        return cells_from_fat(species, age, fat, cells=cells, **options)
    return fat_for_cells(species, age, cells or 0.0, **options)


def _numbers(study: Path | None) -> Mapping[str, Parameter] | None:
    """Return the numbers of the stage with those of a study in their place; None without a study."""
    if study is None:
        return None
    from spondyl.quantity import overrides, shipped
    from spondyl.study import study_folder

    return overrides(study_folder(study) / "parameters", shipped())["donor"]


def _save(made: Plan, folder: Path) -> None:
    """Write the figure and its numbers; files that are there stay."""
    from spondyl import files
    from spondyl.errors import DonorError, Mistake
    from spondyl.report.figures import svg_of
    from spondyl.report.figures.dose import dose_course
    from spondyl.report.tabular import tsv_of

    figure = dose_course(made)
    texts = {folder / "dose.svg": svg_of(figure), folder / "dose.tsv": tsv_of(figure)}
    there = [path for path in texts if path.exists()]
    if there:
        allowed = "existing files are not replaced: take another folder"
        raise DonorError([Mistake("--save", str(path), allowed) for path in there])
    for path, text in texts.items():
        files.write_text(path, text)
        say(f"Wrote {path}")


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
    from spondyl.donor.intervals import finite_or_none

    who = made.donor
    return {
        "species": who.species, "age_day": who.age_day, "sex": who.sex, "site": who.site,
        "health": who.health, "method": who.method,
        "donors": made.donors, "seed": made.seed, "fat_g": made.fat_g,
        "dose_cells": made.dose, "limit_day": made.days,
        "enough_fat_g": None if made.enough is None else dict(
            zip(("donors_50", "donors_80", "donors_95"), map(finite_or_none, made.enough), strict=True)
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
