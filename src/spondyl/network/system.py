"""The equations of a network: rates of change, values at the beginning, and what is followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spondyl.network.expression import Node


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """Ordinary differential equations, and formulas of what is followed.

    In `rates` and `values` symbols are names of states, of constants, of frozen values, and time; in
    `initial` and `frozen` they are names of constants only: all that is known at the beginning.

    Parameters
    ----------
    nodes : all formulas as one program.
    states : names of what the integrator carries.
    rates : node of each state's rate of change.
    initial : node of each state's value at the beginning.
    scales : node by which a state's followed value is multiplied to give the state (a volume where the state
        is an amount and what is followed a concentration), None where they are the same.
    defaults : by name, values of what stays as given unless the caller changes it.
    frozen : by name, node of each value that a formula sets at the beginning and that then stays; it rests on
        frozen values before it only.
    followed : names of the species, then of everything else that changes.
    values : node of each followed value.
    events : what happens when.
    """

    nodes: tuple[Node, ...]
    states: tuple[str, ...]
    rates: tuple[int, ...]
    initial: tuple[int, ...]
    scales: tuple[int | None, ...]
    defaults: Mapping[str, float]
    frozen: Mapping[str, int]
    followed: tuple[str, ...]
    values: tuple[int, ...]
    events: tuple[Event, ...] = ()

    @property
    def constants(self) -> tuple[str, ...]:
        """Names of what the caller may change."""
        return tuple(self.defaults)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens when a condition becomes true.

    Parameters
    ----------
    name : its identifier.
    trigger : node of the condition.
    initially : whether the condition counts as true before the beginning.
    targets, values : places of the states that it sets, and nodes of what they become.
    simple : whether it happens at once, without delay or priority.
    """

    name: str
    trigger: int
    initially: bool
    targets: tuple[int, ...]
    values: tuple[int, ...]
    simple: bool
