"""The comparison of the primary endpoint between groups, as declared before the data were seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, get_args

from spondyl.errors import ComparisonError, Mistake, nearest_word
from spondyl.trial.anova import compare_anova
from spondyl.trial.assumptions import checks
from spondyl.trial.comparison import AnimalValue, Comparison, Primary, TestKind
from spondyl.trial.dunn import compare_dunn
from spondyl.trial.endpoint import every_week, pick
from spondyl.trial.mixed import Repeated, compare_repeated
from spondyl.trial.outcome import Outcome
from spondyl.trial.parametric import compare_means
from spondyl.trial.rank import compare_ranks
from spondyl.trial.summary import summarise

if TYPE_CHECKING:
    import pandas as pd

    from spondyl.trial.samples import Pair, Values


def compare(measurements: pd.DataFrame, primary: Primary, groups: Sequence[str]) -> Comparison:
    """Compare the primary endpoint between groups; the experimental unit is the animal.

    Two groups: Welch's t test with the difference of means and Hedges' g, or the Mann-Whitney test with
    the Hodges-Lehmann shift and Cliff's delta. Three or more: Welch's analysis of variance with the
    comparisons of Games and Howell, or the Kruskal-Wallis test with Holm-adjusted Mann-Whitney tests. With
    a control the others are compared with it only, with Holm's adjustment in either case. Test "anova"
    supposes one spread and takes Tukey's or, with a control, Dunnett's comparisons; "dunn" takes Dunn's;
    "mixed" fits all weeks of every animal and tells the differences in the declared one.
    Without a control a later group minus an earlier one is the difference.

    Parameters
    ----------
    measurements : tidy table with the columns animal, group, week, assay, name, value, unit and method.
    primary : the endpoint, the test and the error level.
    groups : the groups compared, in the order of the study file.

    Returns
    -------
    The comparison. When a test cannot be made (a group of one animal, no spread at all), the groups are
    summarised all the same and `not_tested` says why.

    Raises
    ------
    ComparisonError
        The declaration does not fit the table: endpoint, week, control or groups unknown, several units, an
        animal with more than one value, values that are not finite.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"animal": ["a1", "a2", "b1", "b2"], "value": [0.20, 0.24, 0.31, 0.35]})
    >>> table["group"] = ["control", "control", "graft", "graft"]
    >>> table = table.assign(week=8.0, assay="microct", name="bv_tv", unit="1", method="otsu")
    >>> found = compare(table, Primary("microct", "bv_tv", 8, "parametric"), ["control", "graft"])
    >>> effect = found.effects[0]
    >>> f"{effect.group} - {effect.against} = {effect.difference:.2f}, p = {effect.p:.3f}"
    'graft - control = 0.11, p = 0.060'
    """
    _check(primary, groups)
    endpoint = pick(measurements, primary, groups)
    samples = _samples(endpoint.values, groups)
    present = {group: values for group, values in samples.items() if len(values)}
    outcome = _outcome(measurements, primary, present)
    empty = tuple(
        f"Group {group} has no animal with this endpoint." for group in groups if group not in present
    )
    return Comparison(
        primary=primary,
        unit=endpoint.unit,
        values=endpoint.values,
        groups=tuple(summarise(group, samples[group].tolist(), primary.alpha) for group in groups),
        omnibus=outcome.omnibus,
        effects=outcome.effects,
        adjustment=outcome.adjustment,
        not_tested=outcome.not_tested,
        notes=(*endpoint.notes, *empty, *outcome.notes),
        checks=() if primary.by_ranks or outcome.not_tested else checks(present),
    )


def _check(primary: Primary, groups: Sequence[str]) -> None:
    mistakes: list[Mistake] = []
    listed = ", ".join(groups) or "none"
    if len(set(groups)) < len(groups) or not groups:
        mistakes.append(Mistake("groups", listed, "must be at least one group, each named once"))
    if primary.control is not None and primary.control not in groups:
        near = nearest_word(primary.control, groups)
        allowed = f"must be one of the groups ({listed})"
        mistakes.append(Mistake("primary.control", f"'{primary.control}'", allowed, near))
    kinds = get_args(TestKind)
    if primary.test not in kinds:
        near = nearest_word(str(primary.test), kinds)
        mistakes.append(
            Mistake("primary.test", f"'{primary.test}'", f"must be one of {', '.join(kinds)}", near)
        )
    if not 0 < primary.alpha < 0.5:
        mistakes.append(Mistake("primary.alpha", f"{primary.alpha}", "must be above 0 and below 0.5"))
    if mistakes:
        raise ComparisonError(mistakes)


def _samples(values: Sequence[AnimalValue], groups: Sequence[str]) -> dict[str, Values]:
    import numpy as np

    return {
        group: np.array([value.value for value in values if value.group == group], dtype=np.float64)
        for group in groups
    }


def _outcome(measurements: pd.DataFrame, primary: Primary, samples: Mapping[str, Values]) -> Outcome:
    why = _not_testable(samples, primary.control)
    if why:
        return Outcome(not_tested=why)
    pairs = _pairs(list(samples), primary.control)
    if primary.test == "mixed":
        return _mixed(measurements, primary, list(samples), pairs)
    if primary.test == "rank":
        return compare_ranks(samples, pairs, primary.alpha)
    if primary.test == "dunn":
        return compare_dunn(samples, pairs, primary.alpha)
    if primary.test == "anova":
        return compare_anova(samples, pairs, primary.alpha, primary.control)
    return compare_means(samples, pairs, primary.alpha, primary.control)


def _mixed(
    measurements: pd.DataFrame, primary: Primary, groups: Sequence[str], pairs: Sequence[Pair]
) -> Outcome:
    if primary.week is None:
        return Outcome(not_tested="a mixed model needs primary.week, the week whose differences are told")
    scans = [
        Repeated(one.animal, one.group, week, one.value)
        for week, animals in every_week(measurements, primary, groups)
        for one in animals
    ]
    return compare_repeated(scans, pairs, primary.week, primary.alpha)


def _pairs(names: Sequence[str], control: str | None) -> list[Pair]:
    if control is None:
        return [(later, earlier) for i, earlier in enumerate(names) for later in names[i + 1 :]]
    return [(group, control) for group in names if group != control]


def _not_testable(samples: Mapping[str, Values], control: str | None) -> str | None:
    if len(samples) < 2:
        return f"a comparison needs two groups with animals; there is {len(samples)}"
    if control is not None and control not in samples:
        return f"the control group {control} has no animal with this endpoint"
    small = [f"{group} has {len(values)}" for group, values in samples.items() if len(values) < 2]
    if small:
        return f"each group needs at least 2 animals, but {', '.join(small)}"
    return None
