"""One efficiency and one threshold for all wells of a target, from their raw curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spondyl.assay.qpcr.amplification import FEWEST_POINTS, Floats, Phase, line, phase
from spondyl.assay.qpcr.rdml import Rdml, Reaction
from spondyl.quantity import Parameter, shipped

MOST_POINTS = 7
"""Cycles that a window of linearity spans at most; few wells have a longer straight phase."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What the raw curve of one well says.

    Parameters
    ----------
    baseline : fluorescence without product; NaN where nothing was amplified.
    factor : copies a cycle makes of one in this well; NaN where it cannot be told.
    target_factor : mean of the target's wells, with which quantities are computed.
    threshold : fluorescence above the baseline at which `cq` is read, the same for all wells of the target.
    cq : cycle at which the curve crosses the threshold; NaN where it never does.
    amplified : whether anything was.
    counted : whether the well's efficiency is in the mean.
    """

    baseline: float
    factor: float
    target_factor: float
    threshold: float
    cq: float
    amplified: bool
    counted: bool

    @property
    def start(self) -> float:
        """Starting quantity in units of fluorescence: threshold over efficiency to the power of Cq."""
        return float(self.threshold / self.target_factor**self.cq)


NOTHING = Curve(math.nan, math.nan, math.nan, math.nan, math.nan, amplified=False, counted=False)


def curves_of(rdml: Rdml, parameters: Mapping[str, Parameter] | None = None) -> tuple[Curve, ...]:
    """Return what each reaction's raw curve says, in the order of the reactions.

    Wells of one target within one run share window, mean efficiency and threshold. Wells whose efficiency
    lies further than the parameter ``efficiency_band`` from the target's median do not count in its mean.

    Parameters
    ----------
    rdml : with raw curves.
    parameters : of the stage "assay/qpcr"; None for those that ship.
    """
    table = shipped()["assay/qpcr"] if parameters is None else parameters
    by_target: dict[tuple[str, str, str], list[int]] = {}
    for place, reaction in enumerate(rdml.reactions):
        key = (reaction.experiment, reaction.run, reaction.target)
        by_target.setdefault(key, []).append(place)
    found = [NOTHING] * len(rdml.reactions)
    for places in by_target.values():
        made = _target([rdml.reactions[place] for place in places], table)
        for place, curve in zip(places, made, strict=True):
            found[place] = curve
    return tuple(found)


def _target(reactions: Sequence[Reaction], table: Mapping[str, Parameter]) -> list[Curve]:
    rise = table["least_rise"].value
    phases = [phase(each.fluorescence, rise) if each.fluorescence.size else None for each in reactions]
    rising = [place for place, found in enumerate(phases) if found is not None]
    if not rising:
        return [NOTHING] * len(reactions)
    curves = {place: (reactions[place].fluorescence, phases[place]) for place in rising}
    low, high = _window([found for found in phases if found is not None], list(curves.values()))
    lines = {place: line(values, found, low, high) for place, (values, found) in curves.items() if found}
    factors = {place: 10 ** each[0] for place, each in lines.items() if each is not None}
    counted = _counted(factors, table["efficiency_band"].value)
    mean = float(np.mean([factors[place] for place in counted])) if counted else math.nan
    threshold = high - math.log10(mean) if counted else high
    done = []
    for place, reaction in enumerate(reactions):
        found = phases[place]
        if found is None:
            done.append(NOTHING)
            continue
        cq = _cycle(reaction, found, threshold)
        factor = factors.get(place, math.nan)
        amplified = not math.isnan(cq)
        done.append(Curve(found.baseline, factor, mean, 10**threshold, cq, amplified, place in counted))
    return done


def _window(phases: Sequence[Phase], curves: Sequence[tuple[Floats, Phase | None]]) -> tuple[float, float]:
    """Return the window of fluorescence in which the wells' efficiencies agree best.

    Its upper end is where the wells' exponential phases end on average; the number of cycles it spans is
    the one with the least spread between wells.
    """
    high = float(np.mean([found.level for found in phases]))
    step = float(np.log10(np.median([found.factor for found in phases])))
    best, chosen = math.inf, high - FEWEST_POINTS * step
    for points in range(FEWEST_POINTS, MOST_POINTS + 1):
        low = high - points * step
        lines = [line(values, found, low, high) for values, found in curves if found is not None]
        slopes = np.array([each[0] for each in lines if each is not None])
        if slopes.size < max(2, 0.8 * len(lines)):
            continue
        spread = float(slopes.std() / slopes.mean())
        if spread < best:
            best, chosen = spread, low
    return chosen, high


def _counted(factors: Mapping[int, float], band: float) -> set[int]:
    if not factors:
        return set()
    middle = float(np.median(list(factors.values())))
    return {place for place, factor in factors.items() if abs(factor - middle) <= band}


def _cycle(reaction: Reaction, found: Phase, threshold: float) -> float:
    """Return the cycle at which the curve above its baseline crosses the threshold; NaN if it never does."""
    top = found.first + int(reaction.fluorescence[found.first :].argmax())
    rising = reaction.fluorescence[found.first : top + 1] - found.baseline
    if not rising[0] < 10**threshold <= rising[-1]:
        return math.nan
    after = int((rising >= 10**threshold).argmax())
    logs, cycles = (
        np.log10(rising[after - 1 : after + 1]),
        reaction.cycle[found.first :][after - 1 : after + 1],
    )
    return float(np.interp(threshold, logs, cycles))
