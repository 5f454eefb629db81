"""``spondyl status``: what is done, running, failed and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from spondyl.study.cache import Cache
from spondyl.study.design import load_design
from spondyl.study.lock import is_locked
from spondyl.study.planning import plan
from spondyl.study.progress import BOARD, State, read_board
from spondyl.study.simulated import Simulation
from spondyl.study.task import Task


@dataclass(frozen=True, slots=True)
class ScanStatus:
    """One scan: whose, its state, and why it failed."""

    animal: str
    group: str
    label: str
    state: State
    problem: str


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a study.

    Parameters
    ----------
    run : run id of the study as it stands now.
    active : True while a run is at work in the folder.
    scans : state of each scan.
    report : the finished report of this very study; None when there is none yet.
    """

    run: str
    active: bool
    scans: tuple[ScanStatus, ...]
    report: Path | None

    @property
    def counts(self) -> dict[str, int]:
        """Number of scans in each state."""
        found = Counter(scan.state for scan in self.scans)
        return {state: found[state] for state in ("done", "running", "waiting", "failed")}

    def as_json(self) -> dict[str, Any]:
        """Return the status as plain values."""
        return {
            "run": self.run,
            "active": self.active,
            **self.counts,
            "report": str(self.report) if self.report else None,
            "scans": [asdict(scan) for scan in self.scans],
        }


def status(folder: Path | str = ".", settings: Sequence[str] = ()) -> Status:
    """Tell the state of every scan of a study, also while a run is at work.

    Raises
    ------
    DesignError
        When the study is wrong.
    """
    design = load_design(folder, settings)
    cache = Cache.of(design.folder)
    planned = plan(design, cache)
    board = read_board(cache.folder / BOARD)
    noted = board["states"] if board["run"] == planned.run else {}
    active = is_locked(design.folder)
    scans = []
    every: list[tuple[Task | Simulation, str]] = [*planned.simulations, *planned.tasks]
    for task, key in every:
        entry = noted.get(f"{task.animal}/{task.label}", {})
        state = _state(cache.holds(task.step, key), entry.get("state", "waiting"), active)
        problem = entry.get("problem", "") if state == "failed" else ""
        scans.append(ScanStatus(task.animal, task.group, task.label, state, problem))
    page = design.folder / "results" / planned.run / "report.html"
    return Status(planned.run, active, tuple(scans), page if page.is_file() else None)


def _state(held: bool, noted: str, active: bool) -> State:
    if held:
        return "done"
    if noted == "failed":
        return "failed"
    return "running" if noted == "running" and active else "waiting"
