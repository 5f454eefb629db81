"""The ways in which steps are computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import at_home
from spondyl.transport.checks import BACKENDS, one_of
from spondyl.transport.domain import Domain
from spondyl.transport.equilibrium import Steady
from spondyl.transport.task import Balance, Migration, Spread, Spreading


@dataclass(frozen=True, slots=True)
class Backend:
    """The three things a backend does."""

    spread: Callable[[Spread], Spreading]
    migrate: Callable[[Migration], NDArray[np.float64]]
    rest: Callable[[Balance], Steady]


def backend_of(name: str, domain: Domain) -> Backend:
    """Return a backend; "auto" is the one where the domain lies."""
    one_of(name, BACKENDS, "backend")
    if name == "auto" and not at_home(domain.open):
        name = "cuda"
    if name == "reference":
        from spondyl.transport import reference

        return Backend(reference.spread, reference.migrate, reference.rest)
    if name == "cuda":
        from spondyl.transport import gpu

        return Backend(gpu.spread, gpu.migrate, gpu.rest)
    from spondyl.transport import cpu

    return Backend(cpu.spread, cpu.migrate, cpu.rest)
