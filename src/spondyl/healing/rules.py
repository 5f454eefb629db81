"""The processes of healing in the order in which they act, each of which may be turned off or replaced."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from spondyl.errors import HealingError, Mistake, nearest_word
from spondyl.healing.adaptation import adaptation
from spondyl.healing.differentiation import differentiation
from spondyl.healing.formation import formation, soft_formation
from spondyl.healing.inflammation import inflammation
from spondyl.healing.maturation import marrow_return, mineralisation, turnover
from spondyl.healing.migration import migration, recruitment
from spondyl.healing.oxygen import oxygen
from spondyl.healing.process import Process
from spondyl.healing.proliferation import proliferation
from spondyl.healing.resorption import resorption
from spondyl.healing.signals import signals
from spondyl.healing.survival import survival
from spondyl.healing.vessels import vessels

PROCESSES: Mapping[str, Process] = MappingProxyType(
    {
        "inflammation": inflammation,
        "signals": signals,
        "vessels": vessels,
        "oxygen": oxygen,
        "survival": survival,
        "recruitment": recruitment,
        "proliferation": proliferation,
        "migration": migration,
        "differentiation": differentiation,
        "soft_formation": soft_formation,
        "formation": formation,
        "mineralisation": mineralisation,
        "turnover": turnover,
        "resorption": resorption,
        "adaptation": adaptation,
        "marrow_return": marrow_return,
    }
)


def rules(changed: Mapping[str, Process | None] | None = None) -> Mapping[str, Process]:
    """Return the processes with some turned off (None) or replaced by functions of the same signature.

    Raises
    ------
    HealingError
        If a name is not that of a process.

    Examples
    --------
    >>> "vessels" in rules({"vessels": None})
    False
    """
    given = dict(changed or {})
    for name in given:
        if name not in PROCESSES:
            allowed = f"processes: {', '.join(PROCESSES)}"
            raise HealingError(
                Mistake(f"rules › {name}", "no process", allowed, nearest_word(name, PROCESSES))
            )
    chosen = {name: given.get(name, usual) for name, usual in PROCESSES.items()}
    return MappingProxyType({name: process for name, process in chosen.items() if process is not None})
