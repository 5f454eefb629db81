"""The course of healing: follow-ups, the daily account, and what happened to cells and tissue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spondyl.errors import HealingError, Mistake
from spondyl.healing.account import UNITS
from spondyl.healing.healed import Healed, healed
from spondyl.healing.numbers import Host, Numbers
from spondyl.healing.region import Region
from spondyl.healing.state import State
from spondyl.healing.union import RULE
from spondyl.vertebra import Vertebra

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class HealingCourse:
    """What became of a bone.

    Parameters
    ----------
    bone : after surgery.
    region : where healing was simulated.
    host, known : of the run.
    states : at the follow-ups, by day.
    days : the account of every day, from day 0: names and units are those of
        :data:`spondyl.healing.account.UNITS`.
    budget : amounts summed since surgery, at the follow-ups, by day: cells born and died of what, bone
    formed by
        origin, β-TCP resorbed, oxygen given.
    solves : of mechanics: day, iterations, stiffness.
    seconds : wall-clock time of the run.
    notes : what was assumed about the animal.
    """

    bone: Vertebra
    region: Region
    host: Host
    known: Numbers
    states: Mapping[float, State]
    days: tuple[Mapping[str, float], ...]
    budget: Mapping[float, Mapping[str, float]]
    solves: tuple[tuple[float, int, float], ...]
    seconds: float
    notes: tuple[str, ...] = ()

    def at(self, *, week: float | None = None, day: float | None = None) -> Healed:
        """Return the whole bone at a follow-up.

        Raises
        ------
        HealingError
            If it is none, naming those that are.
        """
        asked = 7 * week if week is not None else day
        if asked is None:
            raise HealingError(Mistake("course.at", "nothing", "give a week or a day"))
        held = next((one for one in self.states if abs(one - asked) < 1e-6), None)
        if held is None:
            there = ", ".join(f"{one / 7:g}" for one in self.states)
            raise HealingError(
                Mistake("course.at", f"week {asked / 7:g}", f"follow-ups are at weeks {there}")
            )
        row = min(self.days, key=lambda one: abs(one["day"] - held))
        numbers = {name: (float(row[name]), unit) for name, unit in UNITS.items()}
        return healed(self.bone, self.region, self.states[held], numbers, self.notes)

    def table(self) -> pd.DataFrame:
        """Return the daily account, one row a day."""
        import pandas as pd

        return pd.DataFrame(list(self.days))

    def budgets(self) -> pd.DataFrame:
        """Return what happened since surgery, one row a follow-up."""
        import pandas as pd

        return pd.DataFrame([{"day": day, **amounts} for day, amounts in self.budget.items()]).fillna(0.0)

    @property
    def union_rule(self) -> str:
        """How union is judged."""
        return RULE
