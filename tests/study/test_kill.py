"""A run killed at any moment: the same command finishes it, and nothing half-made is ever seen."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from small import make_small_study, results

KILLS = 10
COMMAND = [sys.executable, "-m", "spondyl", "run", "--workers", "2"]


def _start(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*COMMAND, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _finish(folder: Path) -> float:
    began = time.monotonic()
    process = _start(folder)
    _, talk = process.communicate(timeout=600)  # the first run of an installation compiles
    assert process.returncode == 0, talk.decode()
    return time.monotonic() - began


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _wait_until_gone(pids: list[int]) -> None:
    """Workers must not outlive a parent that was killed."""
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline, f"workers {pids} outlive their parent"
        time.sleep(0.05)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_killed_run_is_finished_by_the_same_command(tmp_path: Path) -> None:
    original = make_small_study(tmp_path / "original")
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(original, undisturbed)
    _finish(undisturbed)
    again = tmp_path / "again"
    shutil.copytree(original, again)
    seconds = _finish(again)  # the second run is timed: nothing is compiled or read for the first time
    truth = results(undisturbed)
    assert len(truth) > 20
    assert results(again) == truth

    rng = random.Random(8)
    for number in range(KILLS):
        folder = tmp_path / f"killed-{number}"
        shutil.copytree(original, folder)
        moment = rng.uniform(0.05, 0.95) * seconds
        process = _start(folder)
        time.sleep(moment)
        workers = _children(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
        _wait_until_gone(workers)
        if process.stderr:
            process.stderr.close()
        where = f"kill {number} after {moment:.2f} s of {seconds:.2f} s"
        for name, content in results(folder).items():
            if ".part-" not in name:
                assert content == truth[name], f"{where}: {name} is there but not whole"
        _finish(folder)
        assert results(folder) == truth, where


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let Ctrl-C reach what is started here, even where these tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no process groups")
def test_an_interrupted_run_says_so_and_is_finished_by_the_same_command(tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study", animals=20)
    process = subprocess.Popen(
        [*COMMAND, str(folder)], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stderr is not None
    talk = process.stderr.readline()  # the first scan is done, others are at work
    os.killpg(process.pid, signal.SIGINT)  # Ctrl-C reaches every process of the terminal
    rest = process.communicate(timeout=30)[1]
    assert process.returncode == 130, talk + rest
    assert "the same command continues" in rest
    assert "Traceback" not in rest
    done = subprocess.run([*COMMAND, "--json", str(folder)], capture_output=True, text=True, check=True)
    run = json.loads(done.stdout)
    assert run["computed"] + run["reused"] == 20
    assert run["reused"] >= 1


def _run_on_full_disk(folder: Path, limit: int) -> int:
    """Run where no file can grow past `limit` bytes: as if the disk were full at that very byte."""
    code = (
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY));"
        f"from spondyl.cli import main; sys.argv = ['spondyl', 'run', {str(folder)!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode


@pytest.mark.skipif(os.name != "posix", reason="this system has no limit on the size of files")
def test_a_disk_that_fills_leaves_no_half_file(tmp_path: Path) -> None:
    folder = make_small_study(tmp_path / "study")
    assert _run_on_full_disk(folder, 400) in (2, 3)  # no step can be kept
    _finish(folder)
    truth = results(folder)
    sizes = sorted(len(content) for content in truth.values())
    for limit in (sizes[len(sizes) // 2], sizes[-2] + 1, sizes[-1] - 1):
        shutil.rmtree(folder / "results")  # the steps stay; only the results are written again
        assert _run_on_full_disk(folder, limit) == 2
        for name, content in results(folder).items():
            assert content == truth[name], f"limit {limit}: {name} is there but not whole"
    _finish(folder)
    assert results(folder) == truth
