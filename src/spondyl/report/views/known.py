"""What the story knows, by the keys that the checklists ask for."""

from __future__ import annotations

import math
from collections.abc import Mapping

from spondyl.report.figures.panel import mean_and_sd
from spondyl.report.material import Material
from spondyl.report.numbers import THIN, decimals_for, number
from spondyl.report.rows import Series, week_text
from spondyl.report.wording import Wording, pair_test
from spondyl.trial import Comparison


def known_facts(material: Material) -> Mapping[str, str]:
    """Return facts, settings, endpoints and what follows from the groups; what is unknown is absent."""
    story = material.story
    known = {f"fact.{key}": value for key, value in {**story.reporting, **story.facts}.items()}
    known |= {f"setting.{key}": value for key, value in story.settings.items()}
    known |= {f"row.{one.endpoint.assay}.{one.endpoint.key}": _measured(one) for one in material.series}
    known |= _design(material)
    if story.comparison is not None:
        known |= _compared(Wording.of(story, story.comparison), story.comparison)
    return {key: value for key, value in known.items() if value}


def _design(material: Material) -> dict[str, str]:
    story = material.story
    weeks = sorted({week for series in material.series for week in series.weeks if week is not None})
    outcomes = [series.endpoint.symbol for series in material.series if series.endpoint.outcome]
    version = story.provenance.get("version of spondyl", "")
    return {
        "story.question": story.question,
        "story.groups": "; ".join(f"{arm.label} ({arm.origin})" for arm in material.arms),
        "story.unit": "one animal",
        "story.allocated": "; ".join(f"{arm.label} {arm.animals}" for arm in material.arms),
        "story.exclusions": _count(len(story.exclusions)),
        "story.failures": _count(len({loss.animal for loss in story.failures})),
        "story.outcomes": ", ".join(outcomes),
        "story.weeks": f"week {', '.join(week_text(week) for week in weeks)}" if weeks else "",
        "story.software": f"Spondyl {version}" if version else "",
        "story.images": "every scan is shown, the most doubtful first" if story.pictures else "",
    }


def _compared(words: Wording, comparison: Comparison) -> dict[str, str]:
    tested = comparison.not_tested is None and bool(comparison.effects)
    control = comparison.primary.control
    return {
        "story.control": words.label(control) if control else "none declared; every pair compared",
        "story.analysed": "; ".join(f"{words.label(group.group)} {group.n}" for group in comparison.groups),
        "story.primary": f"{words.plain_subject}, declared in the study file",
        "story.test": pair_test(comparison) if tested else comparison.not_tested or "",
        "story.summary": words.observed().removeprefix("Observed: "),
        "story.effect": f"{len(comparison.effects)} under Statistics" if tested else "",
    }


def _measured(series: Series) -> str:
    values = [series.endpoint.scale * row.value for row in series.rows if math.isfinite(row.value)]
    if not values:
        return ""
    unit = f"{THIN}{series.endpoint.unit}" if series.endpoint.unit else ""
    places = decimals_for(mean_and_sd(values)[1])
    low, high = number(min(values), places), number(max(values), places)
    return f"{low if low == high else f'{low} to {high}'}{unit} (n = {len(values)})"


def _count(lost: int) -> str:
    return "none" if lost == 0 else f"{lost}, with reasons under Animals without a result"
