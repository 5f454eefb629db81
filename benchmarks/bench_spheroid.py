"""A spheroid of 21 days at steps of 0.1 day, after compilation.

``pytest benchmarks/bench_spheroid.py --benchmark-only`` prints the time of a course with and without the
network of genes; `extra_info` holds processor milliseconds, which other work on the machine disturbs less.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from spondyl.donor import CellBatch
from spondyl.spheroid import culture
from spondyl.spheroid.radial.run import equal_shells, run
from spondyl.spheroid.radial.setting import cells_of, exchange_of, medium_of, schedule_of

BATCH = CellBatch("human", 1e7, 0.95, 0.05, 6.0, 3, 21.0, 7)


def whole(network: str | None, cells_each: float) -> Callable[[], object]:
    return lambda: culture(
        BATCH, cells_each=cells_each, count=96, osteogenic="20 day", days="21 day", network=network
    )


def transport_alone(cells_each: float) -> Callable[[], object]:
    import numpy as np

    course = culture(BATCH, cells_each=cells_each, count=96, osteogenic="20 day", days="21 day", network=None)
    fresh, renewed = medium_of(course.plan)
    given = cells_of(course.plan, course.numbers), exchange_of(course.plan, course.numbers)
    living = equal_shells(cells_each, 24)
    return lambda: run(
        *given,
        schedule_of(course.plan),
        living=living,
        dead=np.zeros(24),
        fresh=fresh,
        renewed=renewed,
    )


@pytest.mark.parametrize("cells_each", [2000, 15_000, 60_000])
@pytest.mark.parametrize("route", ["transport", "culture", "culture and network"])
def test_21_days(benchmark: Callable, route: str, cells_each: int) -> None:
    if route == "transport":
        task = transport_alone(cells_each)
    else:
        task = whole("osteogenic" if route.endswith("network") else None, cells_each)
    benchmark.pedantic(task, rounds=5, warmup_rounds=2)
    begun = time.process_time()
    for _ in range(5):
        task()
    benchmark.extra_info["processor_ms"] = round(200 * (time.process_time() - begun), 2)
