"""All figures of a report."""

from __future__ import annotations

import math

from spondyl.report.figures.drawing import Figure
from spondyl.report.figures.estimation import estimation
from spondyl.report.figures.panel import panel
from spondyl.report.rows import arms_of, series_of
from spondyl.report.story import Story


def figures_of(story: Story) -> tuple[Figure, ...]:
    """Return the primary figure, when groups were compared, and one panel per measured outcome."""
    primary = () if story.comparison is None else (estimation(story, story.comparison),)
    arms = arms_of(story)
    outcomes = [series for series in series_of(story) if series.endpoint.outcome]
    seen = [series for series in outcomes if any(math.isfinite(row.value) for row in series.rows)]
    return (*primary, *(panel(series, arms) for series in seen))
