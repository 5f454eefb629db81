"""Donor and dose: the fan of cells over days, the passages, the release criteria, what is assumed."""

from __future__ import annotations

import math
from collections.abc import Mapping

from spondyl.donor.intervals import Interval
from spondyl.donor.plan import Plan
from spondyl.report.figures import svg_of
from spondyl.report.figures.dose import amount, dose_course
from spondyl.report.numbers import number
from spondyl.report.table import Table, worded

_HEAD = (
    "passage",
    "ends on day",
    "living cells",
    "doublings",
    "flasks",
    "medium so far, mL",
    "not confluent",
)


def dose(plan: Plan) -> Mapping[str, object]:
    """Return the figure, the tables and the sentences of the sheet."""
    return {
        "svg": svg_of(dose_course(plan)),
        "answer": _answer(plan),
        "passages": _passages(plan),
        "criteria": _criteria(plan),
        "assumed": plan.assumed,
        "donors": number(plan.donors),
    }


def _answer(plan: Plan) -> str:
    when = f"by day {number(plan.days)}" if plan.days is not None else f"after {len(plan.steps)} passages"
    low, high = plan.living.most
    said = [
        f"{plan.fat_g:.3g} g of fat give {amount(plan.living.median)} living cells {when} "
        f"({amount(low)} to {amount(high)} in 80 % of donors)."
    ]
    if plan.enough is not None and plan.dose is not None:
        half, most, nearly = (_grams(fat) for fat in plan.enough)
        said.append(f"For {amount(plan.dose)} cells half of the donors need up to {half} of fat,")
        said.append(f"80 % up to {most}, 95 % up to {nearly}.")
    elif plan.probability is not None and plan.dose is not None:
        said.append(f"{100 * plan.probability:.3g} % of donors reach {amount(plan.dose)} cells.")
    return " ".join(said)


def _passages(plan: Plan) -> Table:
    rows = [
        (
            f"P{step.passage}",
            _range(step.day),
            _range(step.living),
            _range(step.doublings),
            _range(step.flasks),
            _range(step.medium_ml),
            f"{100 * step.unfinished:.0f} %",
        )
        for step in plan.steps
    ]
    flasks = f"flasks of {plan.campaign.protocol.flask_cm2:g} cm²"
    dosed = " are those of the dose alone" if plan.enough is not None else " of the whole"
    head = tuple(flasks if title == "flasks" else title for title in _HEAD)
    return Table(f"Passages: median and 80 % of donors; flasks and medium{dosed}.", head, tuple(rows))


def _criteria(plan: Plan) -> Table:
    rows = [
        (
            risk.criterion,
            risk.verdict,
            "to be tested on the batch"
            if risk.failing is None
            else f"{100 * risk.failing:.1f} % of donors fail",
        )
        for risk in plan.risks
    ]
    caption = "Release criteria at the end of the last passage."
    return worded(caption, ("criterion", "verdict", "simulated"), rows)


def _range(found: Interval) -> str:
    low, high = found.most
    return f"{amount(found.median)} ({amount(low)}–{amount(high)})"


def _grams(fat: float) -> str:
    return f"{fat:.2g} g" if math.isfinite(fat) else "more than any amount"
