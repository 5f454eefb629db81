"""Where things stand in the estimation plot, and the words that several of its parts use."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from spondyl.report.figures.frame import word_width
from spondyl.report.figures.scale import Scale, covering
from spondyl.report.numbers import percent
from spondyl.report.rows import arms_of
from spondyl.report.story import Arm, Story
from spondyl.report.wording import Wording
from spondyl.trial import Comparison, Effect, GroupSummary

LEFT = 46.0
_TOP, _PLOT, _SHORT_PLOT = 40.0, 270.0, 190.0


@dataclass(frozen=True, slots=True)
class Plan:
    """The layout of one estimation plot.

    Parameters
    ----------
    comparison, words : what is drawn and how it is worded.
    arms : place and arm of each group.
    scale : the upright axis of the endpoint, in the printed unit.
    column : width of one group, drawing units.
    """

    comparison: Comparison
    words: Wording
    arms: Mapping[str, tuple[int, Arm]]
    scale: Scale
    column: float

    @classmethod
    def of(cls, story: Story, comparison: Comparison) -> Plan:
        """Lay out the groups so that every animal, interval and floating effect is inside."""
        arms = {arm.group: (place, arm) for place, arm in enumerate(arms_of(story))}
        for summary in comparison.groups:
            loose = Arm(summary.group, summary.group, "measured", summary.n)
            arms.setdefault(summary.group, (len(arms), loose))
        widest, room = (112.0, 420.0) if comparison.effects else (180.0, 380.0)
        labels = [arms[summary.group][1].label for summary in comparison.groups]
        column = max(min(widest, room / len(comparison.groups)), word_width(labels), 72.0)
        plan = cls(comparison, Wording.of(story, comparison), arms, Scale(0, 1, 1, 0), column)
        # With differences below, both panels together should still fit one screen.
        height = _PLOT if plan.floats or not comparison.effects else _SHORT_PLOT
        return replace(plan, scale=covering(plan._visible(), _TOP + height, _TOP))

    def x(self, group: str) -> float:
        """Return the middle of a group's column."""
        groups = [summary.group for summary in self.comparison.groups]
        return LEFT + self.column * (groups.index(group) + 0.5)

    def spread(self, summary: GroupSummary) -> tuple[float, float]:
        """Return the ends of a group's bar: interval of the mean, or quartiles for a rank test."""
        parametric = not self.comparison.primary.by_ranks
        low, high = (summary.ci_low, summary.ci_high) if parametric else (summary.q1, summary.q3)
        return self.words.endpoint.scale * low, self.words.endpoint.scale * high

    def base(self, effect: Effect) -> float:
        """Return the centre of the group that an effect is measured against."""
        groups = self.comparison.groups
        return self.words.centre(next(group for group in groups if group.group == effect.against))

    def ends(self, effect: Effect) -> tuple[float, float, float]:
        """Return difference and interval in the printed unit."""
        factor = self.words.endpoint.scale
        return factor * effect.difference, factor * effect.ci_low, factor * effect.ci_high

    def pair(self, effect: Effect) -> str:
        """Return an effect's label."""
        return f"{self.words.label(effect.group)} minus {self.words.label(effect.against)}"

    @property
    def right(self) -> float:
        """Right end of the groups."""
        return LEFT + self.column * len(self.comparison.groups)

    @property
    def floats(self) -> bool:
        """True when two groups share one panel with their difference."""
        one = len(self.comparison.groups) == 2 and len(self.comparison.effects) == 1
        return one and math.isfinite(self.comparison.effects[0].difference)

    @property
    def coverage(self) -> str:
        """Words for the interval, e.g. ``95 % interval``."""
        return f"{percent(1 - self.comparison.primary.alpha)} interval"

    @property
    def difference_title(self) -> str:
        """Heading of the axis of differences."""
        unit = self.words.endpoint.difference_unit
        return f"Difference ({unit})" if unit else "Difference"

    def _visible(self) -> list[float]:
        seen = [self.words.endpoint.scale * value.value for value in self.comparison.values]
        for summary in self.comparison.groups:
            seen += self.spread(summary)
        if self.floats:
            effect = self.comparison.effects[0]
            seen += [self.base(effect) + end for end in (0.0, *self.ends(effect))]
        return seen
