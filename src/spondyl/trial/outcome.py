"""What a comparison found, before it is put together with the groups."""

from __future__ import annotations

from dataclasses import dataclass

from spondyl.trial.comparison import Effect, Test


@dataclass(frozen=True, slots=True)
class Outcome:
    """Tests and effects; the fields are those of :class:`spondyl.trial.Comparison`."""

    omnibus: Test | None = None
    effects: tuple[Effect, ...] = ()
    adjustment: str = "none"
    not_tested: str | None = None
    notes: tuple[str, ...] = ()


SIZE_NOTE = (
    "Hedges' g is in pooled standard deviations; its interval (noncentral t) supposes equal variances and is"
    " not adjusted for the number of comparisons."
)


def percent(share: float) -> str:
    """Write a share as a percentage.

    Examples
    --------
    >>> percent(0.95)
    '95 %'
    """
    return f"{100 * share:.4g} %"
