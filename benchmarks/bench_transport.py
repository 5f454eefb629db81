"""Diffusion and migration of fields against the machine's own bandwidth, and a fast species at rest.

``pytest benchmarks/bench_transport.py --benchmark-only -s``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from benchmarks import mechanics_machine as machine
from spondyl.threads import Team
from spondyl.transport import Domain, diffuse, steady
from spondyl.transport.cpu.advection import advect

FIELDS = 8

BYTES = {"uniform": 3 * 16, "varying": 3 * 24, "reacting": 3 * 16 + 4 * 8}
"""Of a voxel and field: three sweeps read and write it, and read a diffusivity; reactions read two rates."""


@pytest.fixture(scope="module")
def copy() -> dict[int, float]:
    """Bytes read and written a second, by the number of threads."""
    return {threads: machine.copy_bandwidth(threads) for threads in (1, 2)}


def fields(edge: int) -> tuple[Domain, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    domain = Domain(rng.random((edge,) * 3) < 0.8, (0.05,) * 3)
    shape = (FIELDS, *domain.shape)
    return domain, np.where(domain.open, rng.random(shape), 0.0), rng.random(shape)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("edge", [64, 100])
@pytest.mark.parametrize("kind", list(BYTES))
def test_diffuse(
    benchmark: Callable,
    capsys: pytest.CaptureFixture,
    copy: dict[int, float],
    kind: str,
    edge: int,
    threads: int,
) -> None:
    domain, n, d = fields(edge)
    more = {"decay": d, "source": n} if kind == "reacting" else {}
    diffusivity = d if kind == "varying" else np.linspace(0.1, 2, FIELDS)
    benchmark.pedantic(
        lambda: diffuse(domain, n, diffusivity, 0.1, threads=threads, **more), rounds=5, warmup_rounds=1
    )
    each = benchmark.stats["median"] / n.size
    share = BYTES[kind] / copy[threads] / each
    benchmark.extra_info.update({"nanoseconds": each * 1e9, "share_of_copy_bandwidth": share})
    with capsys.disabled():
        print(
            f"\n{kind}, {FIELDS} × {edge}³, {threads} thread(s): {each * 1e9:.1f} ns a voxel and field; "
            f"{share:.0%} of {copy[threads] / 1e9:.0f} GB/s copied"
        )


@pytest.mark.parametrize("threads", [1, 2])
def test_steady_from_a_similar_start(
    benchmark: Callable, capsys: pytest.CaptureFixture, threads: int
) -> None:
    domain, n, d = fields(63)
    q, p = 90 * d[0], np.where(n[0] > 0.95, 2000.0, 0.0)
    start = steady(domain, 170.0, q, 0.01, p, 0.06).field
    found = benchmark.pedantic(
        lambda: steady(domain, 170.0, 1.01 * q, 0.01, p, 0.06, start=start, threads=threads), rounds=5
    )
    with capsys.disabled():
        print(
            f"\n{domain.open.size} voxels, {threads} thread(s): {benchmark.stats['median'] * 1e3:.0f} ms, "
            f"{found.iterations} Newton and {found.linear_iterations} linear steps"
        )


STAGE = 8 * (1 + 1 + 3 + 1)
"""Bytes that a stage of migration reads and writes of a voxel: field, share, three velocities, result."""


@pytest.mark.parametrize("threads", [1, 2])
def test_migration_stage(
    benchmark: Callable, capsys: pytest.CaptureFixture, copy: dict[int, float], threads: int
) -> None:
    """One stage of the kernel alone, in a flow that turns everywhere."""
    edge = 100
    shape, size = (edge,) * 3, edge**3
    rng = np.random.default_rng(0)
    c, share, out, none = rng.random(size), np.ones(size), np.empty(size), np.empty(0)
    u = rng.normal(0, 0.05, (3, *shape))
    for axis in range(3):
        np.moveaxis(u[axis], axis, 0)[-1] = 0.0  # nothing leaves the grid
    u = u.reshape(3, -1)
    team = Team(threads)
    try:
        benchmark.pedantic(
            lambda: team.run(advect, edge, size, shape, c, none, out, share, u, 0.1, 0.5),
            rounds=7,
            warmup_rounds=1,
        )
    finally:
        team.close()
    each = benchmark.stats["median"] / size
    part = STAGE / copy[threads] / each
    benchmark.extra_info.update({"nanoseconds": each * 1e9, "share_of_copy_bandwidth": part})
    with capsys.disabled():
        print(
            f"\na stage of migration, {edge}³, {threads} thread(s): {each * 1e9:.1f} ns a voxel; "
            f"{part:.0%} of {copy[threads] / 1e9:.0f} GB/s copied"
        )
