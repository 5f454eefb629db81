"""From fat to dose and from dose to fat, with days, flasks and medium, over thousands of simulated donors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.donor.asked import Asked, asked
from spondyl.donor.campaign import Campaign
from spondyl.donor.intervals import Interval, interval, quantiles
from spondyl.donor.person import Donor, share_of_age_effect
from spondyl.donor.risks import Risk, risks
from spondyl.donor.steps import Step, steps
from spondyl.errors import DonorError, Mistake
from spondyl.quantity import Kind, Parameter

Array = NDArray[np.float64]

IMPOSSIBLE = 0.01
"""A dose that a smaller share of the donors reaches is refused."""

_GUESSED = {"rat": ("rat_yield", "rat_doubling_time", "rat_exhaustion"), "human": ("human_yield",)}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a kind of donor gives, or needs to give.

    Parameters
    ----------
    donor : who.
    campaign : the simulated donors and how their cells are cultured.
    seed : of the simulation.
    fat_g : of the plan; where the fat for a dose was asked for, what is enough for 95 % of the donors, or the
        most that such a donor gives.
    dose : living cells asked for, or None.
    days : the last day allowed, or None.
    steps : the passages.
    living : living cells to be had by the last day (at the end of the last passage without one).
    dose_day : first day on which the dose can be detached; None without one.
    probability : share of the donors who reach the dose in time; None without one.
    enough : grams that are enough for 50, 80 and 95 % of the donors; None where fat was given.
    risks : release criteria and the share of the donors whose cells fail them.
    assumed : what the plan rests on that nobody has measured.
    """

    donor: Donor
    campaign: Campaign
    seed: int
    fat_g: float
    dose: float | None
    days: float | None
    steps: tuple[Step, ...]
    living: Interval
    dose_day: Interval | None
    probability: float | None
    enough: tuple[float, float, float] | None
    risks: tuple[Risk, ...]
    assumed: tuple[str, ...]

    @property
    def donors(self) -> int:
        """Number of simulated donors."""
        return self.campaign.traits.count

    def course(self, days: Array) -> tuple[Interval, ...]:
        """Return the living cells that can be had on each of several days, over all donors.

        A culture that has ended before keeps its last count.
        """
        done = self.campaign.given(self.fat_g)
        return tuple(interval(cells) for cells in self.campaign.on(done, days).T)


def cells_from_fat(species: str, age: str, fat: str, *, cells: float | None = None, **options: Any) -> Plan:
    """Return what an amount of fat gives; with `cells` also the probability and the day of that dose.

    Parameters
    ----------
    species, age, fat : see :func:`spondyl.donor.harvest`.
    cells : living cells wanted.
    options : of :func:`fat_for_cells`.

    Raises
    ------
    DonorError
        With every mistake; or if fewer than 1 in 100 donors reach the dose: then it says what they give.

    Examples
    --------
    >>> plan = cells_from_fat("rat", "12 week", "1.5 g", donors=500)
    >>> [step.passage for step in plan.steps]
    [1, 2, 3]
    """
    question = asked(species, age, fat=fat, cells=cells, **options)
    return _made(question, question.fat_g or 0.0, None)


def fat_for_cells(species: str, age: str, cells: float, **options: Any) -> Plan:
    """Return how much fat a dose needs.

    Parameters
    ----------
    species, age : see :func:`spondyl.donor.harvest`.
    cells : living cells wanted.
    options : `passages` (3), `days` (last day, e.g. "28 day"), `donors` (4000), `seed` (1), `parameters`; of
        the donor `sex`, `site`, `health`, `method`; of the culture `flask`, `flasks`, `seeding` and
        `confluence` (see :func:`spondyl.donor.protocol.protocol`).

    Raises
    ------
    DonorError
        With every mistake; or if fewer than 1 in 100 donors reach the dose with the most fat that one gives.

    Examples
    --------
    >>> plan = fat_for_cells("human", "70 year", 1e7, days="28 day", donors=500)
    >>> half, most, nearly_all = plan.enough
    >>> half < most < nearly_all
    True
    """
    question = asked(species, age, fat=None, cells=cells, **options)
    run, most = question.campaign, question.most_fat
    limited = math.isfinite(question.last)
    needed = run.fat_by(cells, question.last) if limited else run.fat_for(cells).min(axis=0)
    if float(np.mean(needed <= most)) < IMPOSSIBLE:
        raise _impossible(question, cells, most)
    half, eighty, nearly_all = quantiles(needed, [0.5, 0.8, 0.95])
    return _made(question, min(nearly_all, most), (half, eighty, nearly_all))


def _made(question: Asked, fat_g: float, enough: tuple[float, float, float] | None) -> Plan:
    run, dose, last = question.campaign, question.dose, question.last
    done = run.given(fat_g)
    when = None if dose is None else run.day_of(done, dose)
    reached = None if when is None else float(np.mean(np.isfinite(when) & (when <= last)))
    if dose is not None and reached is not None and reached < IMPOSSIBLE:
        raise _impossible(question, dose, fat_g)
    limited = math.isfinite(last)
    return Plan(
        donor=question.who,
        campaign=run,
        seed=question.seed,
        fat_g=fat_g,
        dose=dose,
        days=last if limited else None,
        steps=steps(question, done, tailored=enough is not None),
        living=interval(run.by(done, last) if limited else done[-1].end.living),
        dose_day=None if when is None else interval(when),
        probability=reached,
        enough=enough,
        risks=risks(done[-1], run, question.table),
        assumed=_assumed(question.who, question.table),
    )


def _impossible(question: Asked, dose: float, fat_g: float) -> DonorError:
    """Return the refusal of a dose, with what this donor can give."""
    run, who, last = question.campaign, question.who, question.last
    done = run.given(fat_g)
    if math.isfinite(last):
        best, by = interval(run.by(done, last)), f"{len(done)} passages and {last:g} days"
    else:
        best, by = max((interval(each.end.living) for each in done), key=_median), f"{len(done)} passages"
    low, high = best.nearly_all
    allowed = (
        f"this {who.species} ({who.age}) gives about {best.median:.2g} living cells ({low:.2g} to "
        f"{high:.2g} in 95 % of donors) from {fat_g:.3g} g of fat in {by}: ask for less, or allow more"
    )
    return DonorError(Mistake("dose", f"{dose:.4g} living cells", allowed))


def _median(found: Interval) -> float:
    return found.median


def _assumed(who: Donor, table: Mapping[str, Parameter]) -> tuple[str, ...]:
    """Return what the plan rests on that nobody has measured, in sentences."""
    aged = abs(share_of_age_effect(who, table)) * (table["age_effect"].spread or 0.0)
    known = "published findings on donor age disagree, so the prior is wide around no effect"
    if aged < 0.01:
        notes = [f"Age: the numbers are those of donors of this age. For older ones {known}."]
    else:
        factor = math.exp(1.96 * aged)
        between = f"{1 / factor:.2f} to {factor:.2f} times that of a young donor (95 %)"
        notes = [f"What age does is assumed: {known}. Here a trait may be {between}."]
    if who.health != "healthy":
        notes.append(f"What being {who.health} does is assumed likewise, wide around no effect.")
    guessed = [name.replace("_", " ") for name in _GUESSED[who.species] if table[name].kind is Kind.ASSUMED]
    guessed += ["densities, losses and pauses of the culture"]
    return (*notes, f"Assumed for want of published numbers: {', '.join(guessed)} (see spondyl params).")
