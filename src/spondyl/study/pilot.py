"""What a finished run tells of the next study: the spread of its primary endpoint between animals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from spondyl.quantity import overrides, shipped
from spondyl.study.past import latest
from spondyl.study.schema import StudyFile
from spondyl.study.simulated import simulated
from spondyl.study.telling import read_run
from spondyl.study.tidy import read_table
from spondyl.trial import Primary
from spondyl.trial.endpoint import pick
from spondyl.trial.power import spread_of


@dataclass(frozen=True, slots=True)
class Pilot:
    """Spread, arms, test and error level of a finished run, and a sentence about them."""

    cv: float
    arms: int
    test: str
    alpha: float
    said: str


def pilot(folder: Path | str) -> Pilot:
    """Return what the latest finished run of a study tells.

    Raises
    ------
    StudyError
        If there is none, its endpoint was not measured, no arm has two animals, or a number of the study is
        wrong.
    """
    run = latest(folder)
    file = StudyFile.model_validate(read_run(run)["settings"])
    primary = Primary(**file.primary.model_dump())
    groups = list(file.groups)
    if primary.control is not None:
        groups = [primary.control, *(group for group in groups if group != primary.control)]
    found = pick(read_table(run), primary, groups)
    values = [[one.value for one in found.values if one.group == group] for group in groups]
    mean, cv = spread_of(values)
    animals = sum(map(len, values))
    said = (
        f"Pilot {run.name}: {primary.assay} {primary.name}, {animals} animals; mean of {groups[0]} "
        f"{mean:.4g} {found.unit}, spread within arms {100 * cv:.0f} % of the mean."
    )
    least = overrides(Path(folder) / "parameters", shipped())["healing"]["least_spread"].value
    made = primary.assay == "defect" and all(simulated(file.groups[group]) for group in groups)
    if cv < least and made:
        said += (
            f" Living animals differ more than these simulated ones: {100 * least:.0f} %, the least spread "
            "of regenerated bone that was published, is taken instead; --cv takes another."
        )
        cv = least
    return Pilot(cv, len(groups), "rank" if primary.by_ranks else "parametric", primary.alpha, said)
