"""What a run is doing now, kept in the cache so that ``spondyl status`` can tell."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from spondyl import files

BOARD = "progress.json"
"""File below the cache that holds the board of the latest run."""

State = Literal["waiting", "running", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Event:
    """One change of state of one scan.

    Parameters
    ----------
    animal, label : which scan.
    state : its new state.
    finished, total : scans finished (done or failed) and all scans of the run.
    seconds_left : estimate for the whole run; None before the first scan is done.
    computed : False when the result was in the cache already.
    problem : why it failed, else an empty text.
    """

    animal: str
    label: str
    state: State
    finished: int
    total: int
    seconds_left: float | None
    computed: bool = True
    problem: str = ""


@dataclass(slots=True)
class Board:
    """The board on which a run notes the state of each scan.

    Parameters
    ----------
    file : JSON file below ``.cache``.
    run : run id.
    total : number of scans.
    """

    file: Path
    run: str
    total: int
    states: dict[str, dict[str, str]] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)
    _computed: int = 0

    def note(
        self, animal: str, label: str, state: State, *, problem: str = "", computed: bool = True
    ) -> Event:
        """Note a new state, keep it on disk, and return it as an event."""
        self.states[f"{animal}/{label}"] = {"state": state, "problem": problem}
        finished = sum(entry["state"] in ("done", "failed") for entry in self.states.values())
        if state in ("done", "failed") and computed:
            self._computed += 1
        left = None
        if self._computed:
            left = (time.monotonic() - self._began) / self._computed * (self.total - finished)
        self.save()
        return Event(animal, label, state, finished, self.total, left, computed, problem)

    def save(self) -> None:
        """Write the board by rename."""
        files.write_text(self.file, json.dumps({"run": self.run, "states": self.states}))


def read_board(file: Path) -> dict[str, Any]:
    """Return the last board that was written, or an empty one."""
    try:
        board = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {"run": "", "states": {}}
    return (
        board
        if isinstance(board, dict) and isinstance(board.get("states"), dict)
        else {"run": "", "states": {}}
    )
