"""The history of runs: one JSON line per run, kept in ``results/history.jsonl``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from spondyl import files


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One call of ``spondyl run``.

    Parameters
    ----------
    run : run id.
    started, finished : local time, ISO 8601; `finished` is empty while it runs or when it was killed.
    outcome : ``running``, ``finished``, ``finished, N failed``, ``interrupted``, ``killed`` or ``failed: …``.
    computed, reused : scans measured anew and taken from the cache.
    settings : the ``--set`` texts.
    spondyl : version.
    """

    run: str
    started: str
    finished: str
    outcome: str
    computed: int
    reused: int
    settings: tuple[str, ...]
    spondyl: str


def read_history(results: Path) -> list[RunRecord]:
    """Return the runs of a study, oldest first; lines that cannot be read are passed over."""
    try:
        lines = (results / "history.jsonl").read_text("utf-8").splitlines()
    except OSError:
        return []
    records = []
    for line in lines:
        try:
            entry = json.loads(line)
            records.append(RunRecord(**{**entry, "settings": tuple(entry["settings"])}))
        except (ValueError, TypeError, KeyError):
            continue
    return records


def record(results: Path, entry: RunRecord) -> None:
    """Append `entry`, or replace the record with the same run and start."""
    earlier = [old for old in read_history(results) if (old.run, old.started) != (entry.run, entry.started)]
    lines = [json.dumps(asdict(old), ensure_ascii=False) for old in [*earlier, entry]]
    files.write_text(results / "history.jsonl", "\n".join(lines) + "\n")
