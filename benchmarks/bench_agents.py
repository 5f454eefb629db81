"""Agents: a culture of 4,000 cells over 21 days, and its parts.

``pytest benchmarks/bench_agents.py --benchmark-only`` prints times; `extra_info` holds processor seconds,
cells at the end and, for the culture, processor seconds of each simulated hour. PhysiCell 1.14 needs about 16
of those at that size, 8,000 for the whole (its own sample project, one solute less); the bar is 60 s on two
cores, the aim 10 s.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from spondyl.donor import CellBatch
from spondyl.spheroid import agents, culture
from spondyl.spheroid.agents.moving import Surroundings, move
from spondyl.spheroid.agents.stepping import law_of
from spondyl.threads import available_threads

CELLS, DAYS = 4000, 21.0


def busy_culture() -> agents.Culture:
    """A culture of the radial mode, in which cells divide and die more than stem cells do."""
    batch = CellBatch("human", 2e7, 0.95, 0.05, 6.0, 3, 21.0, 7)
    course = culture(batch, cells_each=CELLS, count=96, osteogenic="20 day", network=None)
    like = agents.culture_of(course)
    return replace(like, cells=like.cells._replace(growth_rate=0.2, steady_hazard=0.02))


@pytest.mark.parametrize("threads", sorted({1, min(2, available_threads())}))
def test_culture(benchmark: Callable, threads: int) -> None:
    about, own = busy_culture(), agents.parameters()
    agents.run(agents.form(50, about, own, seed=1), about, own, [0.2])  # compiles
    spent: list[float] = []

    def grown() -> agents.State:
        begin = time.process_time()
        start = agents.form(CELLS, about, own, seed=1)
        last = agents.run(start, about, own, [DAYS], threads=threads).states[-1]
        spent.append(time.process_time() - begin)
        return last

    last = benchmark.pedantic(grown, rounds=1)
    benchmark.extra_info["processor_seconds"] = round(min(spent), 2)
    benchmark.extra_info["processor_seconds_per_hour"] = round(min(spent) / (24 * DAYS), 4)
    benchmark.extra_info["cells_living_born"] = (len(last), int(last.living.sum()), last.next_cell)
    assert len(last) > 0.5 * CELLS


def test_one_pass_over_all_forces(benchmark: Callable) -> None:
    own = agents.parameters()
    rng = np.random.Generator(np.random.Philox(1))
    radius = 0.0062
    points = rng.normal(size=(CELLS, 3))
    points *= radius * np.cbrt(CELLS * rng.random((CELLS, 1))) / np.linalg.norm(points, axis=1)[:, None]
    full, none = np.full(CELLS, radius), np.zeros(CELLS)
    hold = 6 * math.pi * own.medium_viscosity * full / 0.1
    about = Surroundings(full, none, hold, own.viscosity / 0.1, law_of(own), (0.0, 1.0), 0.0, passes=50)
    done = benchmark.pedantic(move, args=(points, points, about), rounds=3, warmup_rounds=1)
    benchmark.extra_info["microseconds_per_cell"] = round(
        1e6 * benchmark.stats["min"] / done.passes / CELLS, 3
    )
