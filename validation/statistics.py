"""Do intervals cover what they say: simulated studies of small groups with a known difference."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from spondyl.trial.anova import compare_anova
from spondyl.trial.mixed import Repeated, compare_repeated
from spondyl.trial.outcome import Outcome
from spondyl.trial.parametric import compare_means
from spondyl.trial.rank import compare_ranks
from validation.row import Row

Values = NDArray[np.float64]

STUDIES = int(os.environ.get("SPONDYL_VALIDATION_STUDIES", "2000"))
EACH = 6
MEANS: Mapping[str, float] = {"control": 10.0, "b": 10.0, "c": 11.0, "d": 12.5}
SPREAD = 1.5
BAND = (0.93, 0.97)


def samples(seed: int, spreads: Mapping[str, float], names: tuple[str, ...]) -> dict[str, Values]:
    """Return the values of a study."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 1]))
    return {name: MEANS[name] + spreads[name] * rng.standard_normal(EACH) for name in names}


def covered(outcome: Outcome) -> bool:
    """Tell whether every interval of differences holds the true one."""
    return all(one.ci_low <= MEANS[one.group] - MEANS[one.against] <= one.ci_high for one in outcome.effects)


def size_covered(outcome: Outcome) -> bool:
    """Tell whether the interval of the standardised effect holds the true one."""
    (one,) = outcome.effects
    return one.size_low <= (MEANS[one.group] - MEANS[one.against]) / SPREAD <= one.size_high


def repeated(seed: int) -> list[Repeated]:
    """Return scans of three weeks: animals differ, weeks differ, and so do groups in the last one."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2]))
    return [
        Repeated(f"{group}{n}", group, week, level + (MEANS[group] if week == 8 else 10.0) + rest)
        for group in ("control", "d")
        for n in range(EACH)
        for level in [float(rng.standard_normal())]
        for week in (0.0, 4.0, 8.0)
        for rest in [float(0.8 * rng.standard_normal())]
    ]


def _share(name: str, study: Callable[[int], bool], studies: int = STUDIES, truth: str = "95 %") -> Row:
    held = sum(study(seed) for seed in range(studies))
    share = held / studies
    found = f"{100 * share:.1f} % of {studies}"
    return Row("statistics", name, truth, found, "93 to 97 %", BAND[0] <= share <= BAND[1])


def coverage() -> Iterator[Row]:
    """Coverage of every interval that the report prints, groups of six."""
    alike = dict.fromkeys(MEANS, SPREAD)
    uneven = {"control": 1.0, "b": 1.0, "c": 2.0, "d": 3.0}
    two, four = ("control", "d"), tuple(MEANS)
    against = [(name, "control") for name in four[1:]]
    every = [(later, earlier) for i, earlier in enumerate(four) for later in four[i + 1 :]]
    pair = [("d", "control")]
    yield _share(
        "Welch, two groups of unequal spread",
        lambda s: covered(compare_means(samples(s, uneven, two), pair, 0.05, None)),
    )
    yield _share(
        "Hedges' g, two groups",
        lambda s: size_covered(compare_means(samples(s, alike, two), pair, 0.05, None)),
    )
    yield _share(
        "Hodges-Lehmann, two groups",
        lambda s: covered(compare_ranks(samples(s, alike, two), pair, 0.05)),
        truth="at least 95 %: its steps are coarse",
    )
    yield _share(
        "Tukey, four groups, all six intervals together",
        lambda s: covered(compare_anova(samples(s, alike, four), every, 0.05, None)),
    )
    yield _share(
        "Games-Howell, four groups of unequal spread, together",
        lambda s: covered(compare_means(samples(s, uneven, four), every, 0.05, None)),
        STUDIES // 5,
    )
    yield _share(
        "Dunnett, three groups against a control, together",
        lambda s: covered(compare_anova(samples(s, alike, four), against, 0.05, "control")),
        STUDIES // 4,
    )
    yield _share(
        "mixed model of three weeks, difference in the last",
        lambda s: covered(compare_repeated(repeated(s), pair, 8.0, 0.05)),
        STUDIES // 2,
    )
