"""The passages of a plan, over all donors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.donor.asked import Asked
from spondyl.donor.culture import Passage
from spondyl.donor.intervals import Interval, interval
from spondyl.donor.protocol import Protocol

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Step:
    """One passage over all donors.

    Parameters
    ----------
    passage : how often the cells were detached.
    day : of detaching, since harvest.
    living : living cells then.
    doublings : cumulative.
    flasks : of this passage; where the fat for a dose was asked for, with the fat that ends as the dose.
    medium_ml : of this and all earlier passages, likewise.
    fat_g : grams that end as the dose after this passage; None without a dose.
    unfinished : share of the donors whose cells did not become confluent in this passage.
    in_time : share of the donors whose passage ends by the last day allowed.
    reached : share of the donors who have the dose at its end, in time; None without a dose.
    """

    passage: int
    day: Interval
    living: Interval
    doublings: Interval
    flasks: Interval
    medium_ml: Interval
    fat_g: Interval | None
    unfinished: float
    in_time: float
    reached: float | None


def steps(question: Asked, done: tuple[Passage, ...], *, tailored: bool) -> tuple[Step, ...]:
    """Return the passages `done`; `tailored` gives each donor and passage the fat that ends as the dose."""
    fat = None if question.dose is None else question.campaign.fat_for(question.dose)
    return tuple(
        _step(question, done[: turn + 1], None if fat is None else fat[turn], tailored=tailored)
        for turn in range(len(done))
    )


def _step(question: Asked, done: tuple[Passage, ...], fat: Array | None, *, tailored: bool) -> Step:
    run, last, made = question.campaign, done[-1], done
    never = np.zeros(run.traits.count)
    if tailored and fat is not None:
        possible = np.isfinite(fat)
        made = run.given(np.where(possible, fat, question.most_fat))[: len(done)]
        never = np.where(possible, 0.0, np.inf)
    in_time = last.end.day <= question.last
    dose = question.dose
    return Step(
        passage=last.end.passage,
        day=interval(last.end.day),
        living=interval(last.end.living),
        doublings=interval(last.end.doublings),
        flasks=interval(_flasks(made[-1], run.protocol) + never),
        medium_ml=interval(_medium(made, run.protocol) + never),
        fat_g=None if fat is None else interval(fat),
        unfinished=float(np.mean(~last.confluent)),
        in_time=float(np.mean(in_time)),
        reached=None if dose is None else float(np.mean(in_time & (last.end.living >= dose))),
    )


def _flasks(done: Passage, how: Protocol) -> Array:
    """Return whole flasks; the cells are computed with the area as it is."""
    flasks: Array = np.ceil(done.area_cm2 / how.flask_cm2 * (1 - 1e-12))
    return flasks


def _medium(done: tuple[Passage, ...], how: Protocol) -> Array:
    """Return the medium of several passages, mL: at seeding and at every change."""
    feeds = [1 + np.floor((each.pause + each.days) / how.medium_interval) for each in done]
    volumes = [each.area_cm2 * how.medium_ml_cm2 * feed for each, feed in zip(done, feeds, strict=True)]
    total: Array = np.sum(volumes, axis=0)
    return total
