"""Release criteria that a planned batch may fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spondyl.donor.campaign import Campaign
from spondyl.donor.culture import Passage, kinetics
from spondyl.donor.release import limits
from spondyl.quantity import Parameter

AT_RISK = 0.05
"""A criterion that a larger share of the donors fails is called at risk."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A release criterion.

    Parameters
    ----------
    criterion : what is asked, with its limit.
    failing : share of the donors whose cells fail it; None where only a test on the batch can tell.
    """

    criterion: str
    failing: float | None

    @property
    def verdict(self) -> str:
        """ "at risk", "likely met" or "not reported"."""
        if self.failing is None:
            return "not reported"
        return "at risk" if self.failing > AT_RISK else "likely met"


def risks(last: Passage, run: Campaign, table: Mapping[str, Parameter]) -> tuple[Risk, ...]:
    """Return the criteria for cells detached at the end of a passage."""
    viability, colonies = limits(last.end.passage, table)
    dividing = kinetics(run.traits, run.protocol).dividing_share(last.end.doublings)
    forming = run.traits.clonogenic_share * dividing
    positive, negative = table["released_positive"].value, table["released_negative"].value
    endotoxin = table["released_endotoxin"].value
    return (
        Risk(f"viability at least {100 * viability:.0f} %", float(np.mean(last.end.viability < viability))),
        Risk(f"CFU-F at least {100 * colonies:.0f} %", float(np.mean(forming < colonies))),
        Risk(f"CD73, CD90, CD105 each at least {100 * positive:.0f} %", None),
        Risk(f"CD45 at most {100 * negative:.0f} %", None),
        Risk("sterility passed", None),
        Risk("mycoplasma absent", None),
        Risk(f"endotoxin at most {endotoxin:g} units per mL", None),
    )
