"""Free rates of healing, fitted to calibration targets that no graft cell took part in; the seed is fixed.

Their runs are kept in ``validation/calibration.tsv``; what is there is read instead of run.

Targets: β-TCP granules in a healthy host for 12 weeks (bio-lu: bone of the defect and β-TCP lost, rabbit
femur; the same at 24 weeks is held back and only compared), and the speed at which young rats lay down bone
(C10), which is known of a rate itself. The free rates are sampled over the ranges of their passports (Sobol),
the outputs fitted by quadratic polynomials of the logarithms, and the belief in the rates follows from the
targets' spreads and the polynomials' leave-one-out errors, a flat prior on the logarithms. Draws of that
belief are run as well and sharpen it; the fitted rates are the medians of the belief, and a run with them
shows what they give. The run that agrees best is not taken: along what the targets do not tell, it lies by
chance.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations_with_replacement
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spondyl import healing
from spondyl.healing.course import HealingCourse
from spondyl.quantity import shipped
from validation.healing import bone

Array = NDArray[np.float64]

FREE = ("apposition", "to_osteoblast", "progenitor_marrow", "tcp_erosion")
VOXEL = "125 um"
RUNS, SHARPER = 64, 32
HEAVIER = 4
"""Weight of a run of the second round in the polynomials."""
DRAWS = 400_000
SEED = 20261126
WEEKS = 12
RUNS_KEPT = Path(__file__).with_name("calibration.tsv")


class Target(NamedTuple):
    """A published number: what it is, where it comes from, its value and standard deviation."""

    told: str
    source: str
    value: float
    spread: float


TARGETS: Mapping[str, Target] = {
    "bone_percent": Target("bone of the defect, 12 weeks, %", "C20", 22.39, 3.10),
    "lost_percent": Target("β-TCP lost, 12 weeks, %", "C20", 33.72, 11.23),
}
"""What a run is compared with."""
DIRECT: Mapping[str, Target] = {
    "apposition": Target("mineral apposition rate of young rats, mm a day", "C10", 0.90e-3, 0.30e-3),
}
"""What is known of a free rate itself: the speed of a surface full of osteoblasts is what double labels
measure; the share of surfaces that are labelled is the model's own."""
HELD_BACK: Mapping[str, Target] = {
    "bone_percent": Target("bone of the defect, 24 weeks, %", "C20, held back", 31.97, 9.34),
    "lost_percent": Target("β-TCP lost, 24 weeks, %", "C20, held back", 54.64, 21.47),
}


def edges(name: str) -> tuple[float, float]:
    """Return the range of a free rate."""
    row = shipped()["healing"][name]
    return row.low, row.high


def heal(
    changed: Mapping[str, float], weeks: int = WEEKS, seed: int = 1, voxel: str = VOXEL
) -> HealingCourse:
    """Return the course of β-TCP granules alone in a healthy host."""
    return healing.run(
        bone("β-TCP alone", seed, voxel),
        weeks=weeks,
        follow_up=[0, weeks],
        changed=changed,
        host="healthy",
        threads=1,
    )


def measured(course: HealingCourse) -> dict[str, float]:
    """Return the outputs that the targets speak of, at the end of a course."""
    first, last = course.days[0], course.days[-1]
    whole = float(course.region.hole.sum()) * course.region.voxel_mm3
    return {
        "bone_percent": 100 * last["bone_mm3"] / whole,
        "lost_percent": 100 * (1 - last["tcp_mm3"] / first["tcp_mm3"]),
    }


def _run(changed: Mapping[str, float]) -> dict[str, float]:
    return measured(heal(changed))


def design() -> pd.DataFrame:
    """Return the sampled rates."""
    from scipy.stats import qmc

    places = qmc.Sobol(len(FREE), seed=SEED).random(RUNS)
    ranges = np.log(np.array([edges(name) for name in FREE]))
    logs = ranges[:, 0] + places * (ranges[:, 1] - ranges[:, 0])
    return pd.DataFrame(np.exp(logs), columns=list(FREE))


def likely(runs: pd.DataFrame) -> pd.DataFrame:
    """Return rates drawn from the belief after the first runs."""
    belief = believed(runs)
    draws = np.random.Generator(np.random.Philox(key=[SEED, 2]))
    chosen = draws.choice(len(belief.logs), SHARPER, p=belief.weights)
    return pd.DataFrame(np.exp(belief.logs[chosen]), columns=list(FREE))


def table(path: Path) -> pd.DataFrame:
    """Return rates and outputs of both rounds, from the file as far as they are there."""
    runs = pd.read_csv(path, sep="\t") if path.exists() else _made(design())
    if len(runs) < RUNS + SHARPER:
        runs.to_csv(path, sep="\t", index=False, float_format="%.6g")
        runs = pd.concat([runs, _made(likely(runs))], ignore_index=True)
        runs.to_csv(path, sep="\t", index=False, float_format="%.6g")
    return runs


def _made(asked: pd.DataFrame) -> pd.DataFrame:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = []
        for one in pool.map(_run, asked.to_dict("records")):
            found.append(one)
            print(f"{len(found)} of {len(asked)}: {one}", file=sys.stderr, flush=True)
    return pd.concat([asked, pd.DataFrame(found)], axis=1)


def terms(logs: Array) -> Array:
    """Return the terms of a full quadratic polynomial, (points, terms)."""
    pairs = combinations_with_replacement(range(logs.shape[1]), 2)
    columns = [np.ones(len(logs)), *logs.T, *(logs[:, a] * logs[:, b] for a, b in pairs)]
    return np.stack(columns, axis=1)


class Surrogate(NamedTuple):
    """A polynomial of the rates' logarithms for the logarithm of an output, and its leave-one-out error."""

    weights: Array
    error: float

    def __call__(self, logs: Array) -> Array:
        """Return the logarithm of the output."""
        return np.asarray(terms(logs) @ self.weights)


def surrogate(logs: Array, values: Array) -> Surrogate:
    """Return the polynomial of least squares."""
    x, y = terms(logs), np.log(values)
    weights, *_ = np.linalg.lstsq(x, y, rcond=None)
    lever = np.einsum("ij,ji->i", x, np.linalg.pinv(x))
    left_out = (y - x @ weights) / (1 - lever)
    return Surrogate(weights, float(np.sqrt(np.mean(left_out**2))))


class Belief(NamedTuple):
    """Draws of the rates' logarithms with their weights, and the polynomials that gave them."""

    logs: Array
    weights: Array
    fits: Mapping[str, Surrogate]

    def quantiles(self, which: int, *at: float) -> list[float]:
        """Return quantiles of a rate."""
        order = np.argsort(self.logs[:, which])
        summed = np.cumsum(self.weights[order])
        return [float(np.exp(self.logs[order[np.searchsorted(summed, one)], which])) for one in at]


def believed(runs: pd.DataFrame) -> Belief:
    """Return the belief in the rates after the targets."""
    from scipy.stats import qmc

    later = runs.iloc[RUNS:]
    runs = pd.concat([runs.iloc[:RUNS], *[later] * HEAVIER])  # the later runs lie where the belief is
    logs = np.log(runs[list(FREE)].to_numpy(float))
    fits = {name: surrogate(logs, runs[name].to_numpy(float)) for name in TARGETS}
    places = qmc.Sobol(len(FREE), seed=SEED + 1).random(DRAWS)
    ranges = np.log(np.array([edges(name) for name in FREE]))
    draws = ranges[:, 0] + places * (ranges[:, 1] - ranges[:, 0])
    score = np.zeros(len(draws))
    for name, target in TARGETS.items():
        expected = np.exp(fits[name](draws))
        spread = np.hypot(target.spread, fits[name].error * expected)
        score -= ((expected - target.value) / spread) ** 2 / 2 + np.log(spread)
    for name, target in DIRECT.items():
        score -= ((np.exp(draws[:, FREE.index(name)]) - target.value) / target.spread) ** 2 / 2
    weights = np.exp(score - score.max())
    return Belief(draws, weights / weights.sum(), fits)


def middle_of(belief: Belief) -> dict[str, float]:
    """Return the fitted rates: the median of the belief in each, three digits."""
    return {name: float(f"{belief.quantiles(which, 0.5)[0]:.3g}") for which, name in enumerate(FREE)}


def report(path: Path = RUNS_KEPT) -> Iterator[str]:
    """Yield the lines of the tables."""
    runs = table(path)
    belief = believed(runs)
    fitted = middle_of(belief)
    effective = 1 / float((belief.weights**2).sum())
    yield "| free rate | unit | range | fitted | 90 % interval | what was learnt |"
    yield "|---|---|---|---|---|---|"
    for which, name in enumerate(FREE):
        row, (low, high) = shipped()["healing"][name], belief.quantiles(which, 0.05, 0.95)
        told = np.log(high / low) / np.log(row.high / row.low)
        learnt = f"interval is {100 * told:.0f} % of the range"
        yield (
            f"| `{name}` | {row.unit} | {row.low:g} to {row.high:g} | {fitted[name]:.3g} | "
            f"{low:.3g} to {high:.3g} | {learnt} |"
        )
    for name, target in DIRECT.items():
        held = f"{target.told} ({target.source}): {target.value:g} ± {target.spread:g}"
        yield f"\n`{name}` is also held to {held}."
    yield f"\n{effective:.0f} of {DRAWS} draws count; leave-one-out errors of the polynomials: " + ", ".join(
        f"{name} {100 * fit.error:.0f} %" for name, fit in belief.fits.items()
    )
    yield "\n| target | published | run with the fitted rates | residual in spreads |"
    yield "|---|---|---|---|"
    for weeks, targets in ((WEEKS, TARGETS), (24, HELD_BACK)):
        found = measured(heal(fitted, weeks))
        for name, target in targets.items():
            residual = (found[name] - target.value) / target.spread
            yield (
                f"| {target.told} ({target.source}) | {target.value:g} ± {target.spread:g} | "
                f"{found[name]:.3g} | {residual:+.2f} |"
            )
