"""Seconds to pack a rat's drill hole, by voxel and by what goes in, and a human one.

``pytest benchmarks/bench_graft.py --benchmark-only`` prints medians; `extra_info` holds what was packed.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spondyl.graft import mix, pack
from validation.graft import JAR, _spheroids, drilled

CASES = {
    "rat hole, granules alone, 50 um": (0.05, 2.0, 2.0, 0, JAR),
    "rat hole, granules alone, 25 um": (0.025, 2.0, 2.0, 0, JAR),
    "rat hole, 400 spheroids and granules, 25 um": (0.025, 2.0, 2.0, 400, JAR),
    "human hole of 8 x 10 mm, granules of 0.5-1 mm, 100 um": (0.1, 8.0, 10.0, 0, "beta-TCP 0.5-1 mm"),
}


@pytest.mark.parametrize("name", CASES)
def test_pack(benchmark: Callable, name: str) -> None:
    edge, diameter, depth, spheroids, jar = CASES[name]
    cavity = drilled(edge, diameter, depth)
    recipe = mix(_spheroids(spheroids) if spheroids else None, jar)
    graft = benchmark.pedantic(
        pack, args=(recipe, cavity), kwargs={"seed": 1, "threads": 1}, rounds=3, warmup_rounds=1
    )
    benchmark.extra_info["granules"] = graft.sheet.granules
    benchmark.extra_info["spheroids"] = graft.sheet.spheroids
    benchmark.extra_info["macro_porosity"] = round(graft.sheet.macro_porosity, 3)
