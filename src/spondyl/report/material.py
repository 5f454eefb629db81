"""What every section of the page may draw on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from spondyl.report.figures import Figure, figures_of
from spondyl.report.rows import Series, arms_of, series_of
from spondyl.report.story import Arm, Story


@dataclass(frozen=True, slots=True)
class Material:
    """A story with what was derived from it once.

    Parameters
    ----------
    story : what the report says.
    folder : the run folder, where pictures are read.
    arms : groups of the study file, then any that only the table knows.
    series : measurements by endpoint.
    figures : by name.
    """

    story: Story
    folder: Path
    arms: tuple[Arm, ...]
    series: tuple[Series, ...]
    figures: Mapping[str, Figure]

    @classmethod
    def of(cls, story: Story, folder: Path) -> Material:
        """Derive series and figures from a story."""
        figures = {figure.name: figure for figure in figures_of(story)}
        return cls(story, folder, arms_of(story), series_of(story), figures)

    def label(self, group: str) -> str:
        """Return a group as the report names it."""
        return next((arm.label for arm in self.arms if arm.group == group), group)

    def place(self, group: str) -> int:
        """Return the place of a group, which is also its colour."""
        return next((place for place, arm in enumerate(self.arms) if arm.group == group), len(self.arms))

    @property
    def weekly(self) -> bool:
        """True when the study has more than one time point."""
        return len({row.week for series in self.series for row in series.rows}) > 1
