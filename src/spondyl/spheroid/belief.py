"""What the numbers could be instead: draws over the uncertainty that their passports state."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from spondyl.quantity import Parameter, shipped
from spondyl.spheroid.numbers import NETWORK_STAGE, STAGE, Numbers, inside, row_of


def drawn(
    species: str, seed: int, draw: int = 0, *, table: Mapping[str, Parameter] | None = None, wide: bool = True
) -> Numbers:
    """Return one draw of the numbers; the same seed and draw give the same numbers.

    A row with a distribution is drawn from it, inside its range. With `wide`, a row without one is drawn
    from its range, evenly in its logarithm (evenly, where the range touches zero).

    Parameters
    ----------
    species : "rat" or "human".
    seed, draw : name the stream.
    table : parameters of the stage; the shipped ones when None.
    wide : False keeps rows without a distribution at their value.
    """
    rows = shipped()[STAGE] if table is None else table
    found = {}
    for place, field in enumerate(fields(Numbers)):
        row = rows[row_of(field.name, species)]
        rng = np.random.Generator(np.random.Philox(key=[seed, (draw << 16) + place]))
        found[field.name] = inside(row, _one(row, rng, wide))
    return Numbers(**found)


def drawn_inputs(seed: int, draw: int = 0) -> Mapping[str, float]:
    """Return one draw of the numbers of the osteogenic network, as inputs to it.

    What defines day 0 and what maturity is read against stay as they are.
    """
    rows = shipped()[NETWORK_STAGE]
    kept = {"reference_oxygen", "mature_bglap"}
    found = {}
    for place, (name, row) in enumerate(rows.items()):
        rng = np.random.Generator(np.random.Philox(key=[seed, (draw << 16) + (1 << 15) + place]))
        if name not in kept:
            found[name] = _one(row, rng, wide=True)
    return found


def _one(row: Parameter, rng: np.random.Generator, wide: bool) -> float:
    if row.distribution == "normal" and row.spread is not None:
        return float(np.clip(rng.normal(row.value, row.spread), row.low, row.high))
    if row.distribution == "lognormal" and row.spread is not None:
        number = row.value * math.exp(rng.normal(0.0, math.log(row.spread)))
        return float(np.clip(number, row.low, row.high))
    if not wide or row.low == row.high:
        return row.value
    if row.low <= 0:
        return float(rng.uniform(row.low, row.high))
    return math.exp(rng.uniform(math.log(row.low), math.log(row.high)))
