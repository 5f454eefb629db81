"""One animal of the reference study, eight weeks at 50 µm, all processes, mechanics in the loop.

``pytest benchmarks/bench_healing.py --benchmark-only -s``; bar 90 s on two cores.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from spondyl import healing
from spondyl.study.design import load_design
from spondyl.study.surgery import operated

OSAKA = Path(__file__).resolve().parents[1] / "examples" / "osaka"
ANIMAL = "sub-31"


@pytest.mark.parametrize("threads", [2, 1])
def test_eight_weeks(
    benchmark: Callable, capsys: pytest.CaptureFixture, tmp_path: Path, threads: int
) -> None:
    for name in ("study.toml", "animals.tsv"):
        shutil.copyfile(OSAKA / name, tmp_path / name)
    made = next(one for one, _ in load_design(tmp_path).simulations if one.animal == ANIMAL)
    bone, _ = operated(made)
    healing.run(bone, weeks=1 / 7, follow_up=[1 / 7], seed=made.seed, threads=threads)  # compiles
    course = benchmark.pedantic(
        lambda: healing.run(bone, weeks=8, follow_up=[8], seed=made.seed, threads=threads), rounds=1
    )
    with capsys.disabled():
        print(
            f"\n{course.region.open.shape} voxels in a vertebra of {bone.grid.shape}, {threads} thread(s): "
            f"{benchmark.stats['median']:.1f} s"
        )
