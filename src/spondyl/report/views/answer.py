"""First screen: the answer, the groups and the figure of the primary endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spondyl.report.answer import answer_of
from spondyl.report.figures import svg_of
from spondyl.report.material import Material
from spondyl.report.wording import Wording
from spondyl.trial import GroupSummary


@dataclass(frozen=True, slots=True)
class Member:
    """One group on the first screen."""

    label: str
    origin: str
    colour: int
    size: str
    amount: str


def answer(material: Material) -> Mapping[str, object]:
    """Return the answer in words, one line per group, and the figure."""
    comparison = material.story.comparison
    figure = material.figures.get("primary")
    caption = ""
    if comparison is not None:
        caption = _caption(
            comparison.primary.by_ranks, 1 - comparison.primary.alpha, paired=bool(comparison.effects)
        )
    return {
        "answer": answer_of(material.story),
        "members": _members(material),
        "svg": None if figure is None else svg_of(figure),
        "caption": caption,
    }


def _members(material: Material) -> list[Member]:
    comparison = material.story.comparison
    if comparison is None:
        return [
            Member(arm.label, arm.origin, place % 6, f"{arm.animals} in the study", "no result")
            for place, arm in enumerate(material.arms)
        ]
    words = Wording.of(material.story, comparison)
    origins = {arm.group: arm.origin for arm in material.arms}
    return [
        Member(
            words.label(summary.group),
            origins.get(summary.group, "measured"),
            material.place(summary.group) % 6,
            f"n = {summary.n}",
            _amount(words, summary),
        )
        for summary in comparison.groups
    ]


def _amount(words: Wording, summary: GroupSummary) -> str:
    places = words.decimals()
    if summary.n == 0:
        return "no value"
    centre = words.amount(words.centre(summary), places)
    if summary.n == 1:
        return f"single value {centre}"
    word = "median" if words.comparison.primary.by_ranks else "mean"
    return f"{word} {centre}"


def _caption(by_ranks: bool, coverage: float, *, paired: bool) -> str:
    bars = "medians with quartiles" if by_ranks else f"means with {100 * coverage:g} % intervals"
    said = f"Each point is one animal: filled if measured, hollow if simulated. Bars: {bars}"
    return f"{said}; the difference has its own axis." if paired else f"{said}."
