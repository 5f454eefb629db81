"""The network that ships, its numbers, and maturity."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spondyl.network import Network, read
from spondyl.quantity import Parameter, shipped
from spondyl.spheroid.osteogenic.laws import LAWS

STAGE = "spheroid/osteogenic"


@cache
def network() -> Network:
    """Return the osteogenic network; its unit of time is the day, its levels are 1 on day 0.

    Inputs are ``osteogenic``, ``adipogenic`` and ``contact`` (0 to 1), ``oxygen`` (mmol/L), and every number
    of the table.
    """
    return read(Path(__file__).with_name("osteogenic.xml"))


def numbers(parameters: Mapping[str, Parameter]) -> dict[str, float]:
    """Return the inputs by which a parameter table differs from the one that ships.

    Examples
    --------
    >>> numbers(shipped()["spheroid/osteogenic"])
    {}
    """
    ours = shipped()[STAGE]
    used = {name for law in LAWS for name in law.uses}
    return {
        name: parameters[name].value for name in sorted(used) if parameters[name].value != ours[name].value
    }


def maturity(bglap: ArrayLike, parameters: Mapping[str, Parameter] | None = None) -> NDArray[np.float64]:
    """Return how far cells are on their way to an osteoblast, 0 (day 0) to 1.

    It is the logarithm of BGLAP, the gene that only osteoblasts turn up, over that of an osteoblast.

    Parameters
    ----------
    bglap : level of BGLAP, in that of day 0; any shape.
    parameters : other numbers than those that ship.

    Examples
    --------
    >>> maturity([0.5, 1.0, 20.0, 50.0]).tolist()
    [0.0, 0.0, 1.0, 1.0]
    """
    table = shipped()[STAGE] if parameters is None else parameters
    full = math.log(table["mature_bglap"].value)
    return np.clip(np.log(np.maximum(bglap, 1e-300)) / full, 0.0, 1.0)
