"""Few cells in, many cells out: one batch through its passages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.donor.batch import CellBatch
from spondyl.donor.culture import Passage, Suspension, cells_on, day_of, kinetics, passage
from spondyl.donor.mistakes import above_zero, tried, whole
from spondyl.donor.protocol import Protocol, protocol
from spondyl.donor.traits import Traits
from spondyl.errors import DonorError, Mistake
from spondyl.quantity import Parameter, convert

Array = NDArray[np.float64]

MOST_PASSAGES = 50

_CLOSE = 1e-6  # cells wanted and cells had that differ by less are the same


@dataclass(frozen=True, slots=True)
class Expansion:
    """The course of an expansion.

    Parameters
    ----------
    before, batch : cells at the beginning and at the end.
    passages : what happened in each, arrays of one number.
    protocol : of the culture.
    """

    before: CellBatch
    batch: CellBatch
    passages: tuple[Passage, ...]
    protocol: Protocol

    def course(self, days: Array) -> Array:
        """Return the living cells that detaching would give on days since harvest, NaN before and after."""
        traits = _known(self.before)
        found = np.full(len(days), np.nan)
        for done in self.passages:
            here = cells_on(done, traits, self.protocol, np.asarray(days, dtype=float))[0]
            found = np.where(np.isnan(here), found, here)
        return found


def expand(
    batch: CellBatch,
    *,
    passages: int | None = None,
    cells: float | None = None,
    days: str | None = None,
    flask: str = "T75",
    flasks: int | None = None,
    seeding: str | None = None,
    confluence: float | None = None,
    parameters: Mapping[str, Parameter] | None = None,
) -> CellBatch:
    """Expand a batch until the first of `passages`, `cells` and `days` is reached; one at least is needed.

    Parameters
    ----------
    batch : of :func:`harvest` or of an earlier call, which this one goes on with.
    passages : how often to detach the cells from now on; the first of freshly isolated cells is the primary
        culture.
    cells : living cells wanted; refused where the other two, or exhaustion, come first.
    days : from now on, e.g. "21 day".
    flask, flasks, seeding, confluence : see :func:`spondyl.donor.protocol.protocol`.
    parameters : numbers of the stage ``donor``; the shipped ones if None.

    Raises
    ------
    DonorError
        With every mistake, or if the cells wanted cannot be reached.

    Examples
    --------
    >>> from spondyl import donor
    >>> fresh = donor.harvest(species="rat", age="12 week", fat="1.5 g", seed=7)
    >>> donor.expand(fresh, passages=2).passage
    2
    """
    return expansion(
        batch,
        passages=passages,
        cells=cells,
        days=days,
        flask=flask,
        flasks=flasks,
        seeding=seeding,
        confluence=confluence,
        parameters=parameters,
    ).batch


def expansion(
    batch: CellBatch,
    *,
    passages: int | None = None,
    cells: float | None = None,
    days: str | None = None,
    flask: str = "T75",
    flasks: int | None = None,
    seeding: str | None = None,
    confluence: float | None = None,
    parameters: Mapping[str, Parameter] | None = None,
) -> Expansion:
    """Do what :func:`expand` does and return the whole course."""
    mistakes = _aims(passages, cells, days)
    last = (
        None if days is None else tried(lambda: convert(days, "day", where="days", positive=True), mistakes)
    )
    how = tried(
        lambda: protocol(
            batch.species,
            flask=flask,
            flasks=flasks,
            seeding=seeding,
            confluence=confluence,
            parameters=parameters,
        ),
        mistakes,
    )
    tried(lambda: _known(batch), mistakes)
    if mistakes or how is None:
        raise DonorError(mistakes)
    done = _run(batch, how, MOST_PASSAGES if passages is None else passages, cells, last)
    ended = _batch(batch, done, how)
    if cells is not None and ended.living < cells * (1 - _CLOSE):
        raise DonorError(Mistake("cells", f"{cells:.4g}", _most(batch, done)))
    return Expansion(batch, ended, done, how)


def _aims(passages: int | None, cells: float | None, days: str | None) -> list[Mistake]:
    if passages is None and cells is None and days is None:
        allowed = "needs passages, cells or days, so that it ends: passages=2, cells=1e7 or days='21 day'"
        return [Mistake("expand", "no end of the culture", allowed)]
    wrong = [] if passages is None else whole("passages", passages, 1, MOST_PASSAGES, "passages from now on")
    return wrong if cells is None else wrong + above_zero("cells", cells, "the living cells wanted")


def _known(batch: CellBatch) -> Traits:
    if batch.traits is None:
        allowed = "must come from harvest, which knows how they grow"
        raise DonorError(Mistake("batch", "cells of unknown origin", allowed))
    return batch.traits


def _run(
    batch: CellBatch, how: Protocol, most: int, cells: float | None, last: float | None
) -> tuple[Passage, ...]:
    """Return the passages up to the first end that is reached."""
    traits = _known(batch)
    done: list[Passage] = []
    now = Suspension(
        np.array([batch.cells]),
        np.array([batch.viability]),
        np.array([batch.population_doublings]),
        batch.passage,
        np.array([batch.day]),
    )
    ends = np.inf if last is None else batch.day + last
    while len(done) < most and float(now.day[0]) < ends and not _enough(now, cells):
        here = passage(now, traits, how, np.array([ends]) - now.day)
        if cells is not None and _enough(here.end, cells):
            reached = day_of(here, cells, traits, how)
            here = passage(now, traits, how, reached - now.day)
        if (
            done
            and cells is not None
            and here.end.living[0] <= now.living[0]
            and not _enough(here.end, cells)
        ):
            break  # exhausted: every further passage only loses cells
        done.append(here)
        now = here.end
    return tuple(done)


def _enough(now: Suspension, cells: float | None) -> bool:
    return cells is not None and float(now.living[0]) >= cells * (1 - _CLOSE)


def _batch(before: CellBatch, done: tuple[Passage, ...], how: Protocol) -> CellBatch:
    if not done:
        return before
    traits, end = _known(before), done[-1].end
    dividing = kinetics(traits, how).dividing_share(end.doublings)
    return replace(
        before,
        cells=float(end.cells[0]),
        viability=float(end.viability[0]),
        cfu_f=float((traits.clonogenic_share * dividing)[0]),
        population_doublings=float(end.doublings[0]),
        passage=end.passage,
        day=float(end.day[0]),
    )


def _most(before: CellBatch, done: tuple[Passage, ...]) -> str:
    most = max([before.living, *(float(each.end.living[0]) for each in done)])
    return f"this donor's culture gives {most:.3g} living cells at most before it is exhausted or ended"
