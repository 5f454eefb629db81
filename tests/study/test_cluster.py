"""A run on a real scheduler with two workers, one of which is killed: nothing is lost, nothing done twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from small import make_small_study, results, tree
from spondyl import study
from spondyl.errors import DesignError
from spondyl.study import cluster
from spondyl.study.workers import run_all
from tasks import write_double

pytest.importorskip("distributed", reason="Dask is not installed")


@dataclass
class Cluster:
    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def two_workers(tmp_path: Path) -> Iterator[Cluster]:
    where = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    local = ["--host", "127.0.0.1", "--no-dashboard"]
    scheduler = subprocess.Popen(
        [*dask, "scheduler", *local, "--port", "0", "--scheduler-file", str(where)], **quiet
    )
    workers = [
        subprocess.Popen(
            [*dask, "worker", "--scheduler-file", str(where), *local, "--no-nanny", "--nthreads", "1"],
            **quiet,
        )
        for _ in range(2)
    ]
    try:
        deadline = time.monotonic() + 60
        while not where.is_file() or not where.read_text("utf-8").endswith("}"):
            assert time.monotonic() < deadline, "no scheduler"
            time.sleep(0.05)
        yield Cluster(json.loads(where.read_text("utf-8"))["address"], workers)
    finally:
        for process in (*workers, scheduler):
            process.kill()
        for process in (*workers, scheduler):
            process.wait()


def test_a_killed_worker_costs_nothing(two_workers: Cluster, tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study", animals=6)
    began: list[str] = []
    ended: list[str] = []

    def notify(event: study.Event) -> None:
        if event.state == "running":
            began.append(event.animal)
        if event.state == "done":
            ended.append(event.animal)
            if len(ended) == 2:
                two_workers.workers[0].send_signal(signal.SIGKILL)

    done = study.run(folder, dask=two_workers.address, notify=notify)
    assert done.problems == {}
    assert sorted(ended) == sorted(set(began)) == [f"sub-0{n}" for n in range(1, 7)]
    assert two_workers.workers[0].wait(timeout=10) == -signal.SIGKILL
    alone = study.run(make_small_study(tmp_path / "alone", animals=6), workers=1)
    assert tree(done.folder) == tree(alone.folder)
    assert study.run(folder, workers=1).computed == 0
    assert not list(folder.rglob(".seen-*"))


SIMULATED = """
[study]
title = "Made on a cluster"
question = "Does a filled hole hold more?"
species = "rat"
site = "L5"
[primary]
assay = "defect"
name = "new_bv_mm3"
week = 1
test = "parametric"
control = "empty"
[groups.empty]
label = "Empty"
origin = "simulated"
treatment = {}
[groups.tcp]
label = "Filled"
origin = "simulated"
[groups.tcp.treatment]
granules = "beta-TCP 0.3-0.6 mm"
spheroids = 60
osteogenic = "0 day"
culture = "2 day"
[simulation]
weeks = [0, 1]
voxel = "200 um"
defect = { diameter = "1.6 mm", depth = "1.6 mm" }
[microct]
threshold = 400
[defect]
as_drilled = true
baseline_week = 0
[histology]
stains = ["he"]
pixel = "4 um"
[spheroids]
dead = 3
"""


def simulated_study(folder: Path) -> Path:
    folder.mkdir()
    (folder / "study.toml").write_text(SIMULATED, "utf-8")
    rows = [f"sub-{n + 1:02d}\t{('empty', 'tcp')[n % 2]}\tyes" for n in range(4)]
    (folder / "animals.tsv").write_text("\n".join(["animal\tgroup\tincluded", *rows]) + "\n", "utf-8")
    return folder


def test_a_simulated_study_outlives_a_worker_and_its_own_end(two_workers: Cluster, tmp_path: Path) -> None:
    """One of two workers is killed while both simulate; then the run itself; the same command goes on."""
    folder = simulated_study(tmp_path / "study")
    command = [sys.executable, "-m", "spondyl", "run", str(folder), "--dask", two_workers.address]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 300
    cache = folder / ".cache" / "simulation"

    def made() -> int:
        return len(list(cache.glob("*/course.tsv"))) if cache.is_dir() else 0

    while not any(cache.glob(".part-*")) and not any(cache.glob("*part*")):
        assert first.poll() is None
        assert time.monotonic() < deadline, "no simulation began"
        time.sleep(0.02)
    two_workers.workers[0].send_signal(signal.SIGKILL)
    while made() < 2:
        assert first.poll() is None
        assert time.monotonic() < deadline, "the other worker did not go on"
        time.sleep(0.05)
    first.kill()
    first.wait()
    held = made()
    began: list[str] = []

    def notify(event: study.Event) -> None:
        if event.state == "running" and event.label == "simulation":
            began.append(event.animal)

    done = study.run(folder, dask=two_workers.address, notify=notify)
    assert done.problems == {}
    assert len(began) <= 4 - held  # nothing is done twice
    alone = study.run(simulated_study(tmp_path / "alone"), workers=2)
    assert tree(done.folder) == tree(alone.folder)
    left = {path.name for path in (done.folder / "animals" / "sub-02").iterdir()}
    assert {"week-01_he.tif", "week-00_spheroids.tif", "week-00_graft.json", "week-00_graft.png"} <= left
    table = (done.folder / "measurements.tsv").read_text("utf-8")
    assert "he_b_ar_t_ar" in table
    assert all(name in table for name in ("dead_fraction", "tcp_mg", "vegf_pg_cell_day"))
    assert results(folder) == results(tmp_path / "alone")


def test_a_scheduler_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    folder = make_small_study(tmp_path / "study", animals=2)
    with pytest.raises(DesignError, match="no scheduler answered"):
        study.run(folder, dask="tcp://127.0.0.1:9")


def test_no_hours_left_begins_nothing(tmp_path: Path) -> None:
    tasks = [(str(tmp_path), number) for number in range(3)]
    for workers in (1, 2):
        late = list(run_all(write_double, tasks, workers, lambda _: None, until=time.monotonic()))
        assert [outcome.begun for outcome in late] == [False] * 3
        assert all("--max-hours" in str(outcome.problem) for outcome in late)
    assert not list(tmp_path.iterdir())


def test_a_run_that_ran_out_of_hours_goes_on(tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study", animals=4)
    first = study.run(folder, workers=1, max_hours=1e-9)
    assert (first.computed, len(first.problems)) == (0, 4)
    assert study.run(folder, workers=1).computed == 4


def test_a_disk_that_is_too_small_is_refused_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    folder = make_small_study(tmp_path / "study", animals=2)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 10**5))
    with pytest.raises(DesignError, match="make room"):
        study.run(folder, workers=1)
    assert not (folder / "results").exists()
