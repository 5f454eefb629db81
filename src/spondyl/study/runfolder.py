"""Writing a run's folder: the table, one folder per animal, ``run.toml`` last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from spondyl import files
from spondyl.study.cache import SEAL, Cache
from spondyl.study.design import Design
from spondyl.study.planning import Plan
from spondyl.study.provenance import machine, versions
from spondyl.study.simulated import Simulation
from spondyl.study.task import PICTURE, RESULT, Task
from spondyl.study.tidy import Row, order_rows, table, write_table

RUN_FILE = "run.toml"


@dataclass(frozen=True, slots=True)
class Problem:
    """A step without a result: one paragraph, the traceback when the fault is ours, whether it began."""

    message: str
    trace: str = ""
    tried: bool = True


def write_run(design: Design, plan: Plan, cache: Cache, problems: Mapping[str, Problem]) -> Path:
    """Write everything but the report; return the run's folder.

    Parameters
    ----------
    design, plan : what was run.
    cache : holds the result of every task that did not fail.
    problems : failed tasks by their key.
    """
    folder = design.folder / "results" / plan.run
    rows: list[Row] = []
    logs: dict[str, list[str]] = {}
    for task, key in plan.tasks:
        entry = None if key in problems else cache.find(task.step, key)
        log = logs.setdefault(task.animal, [])
        if entry is None:
            problem = problems.get(key, Problem("its cached result was deleted; run again"))
            log.append(f"{task.label}: failed: {problem.message}\n{problem.trace}")
        else:
            result = _keep(folder / "animals" / task.animal, task, entry)
            log.append(_told(task, result))
            rows += _rows(task, result)
    for made, key in plan.simulations:
        log = logs.setdefault(made.animal, [])
        log.insert(0, _keep_simulation(folder / "animals" / made.animal, made, key, cache, problems))
    for animal, told in logs.items():
        files.write_text(folder / "animals" / animal / "log.txt", "\n".join(told))
    write_table(table(order_rows(rows, list(design.file.groups))), folder)
    files.write_text(folder / RUN_FILE, _toml(_run_record(design, plan, problems)))
    return folder


def _keep(home: Path, task: Task, entry: Path) -> dict[str, Any]:
    content = (entry / RESULT).read_bytes()
    files.write_bytes(home / f"{task.label}.png", (entry / PICTURE).read_bytes())
    files.write_bytes(home / f"{task.label}.json", content)
    return dict(json.loads(content))


def _keep_simulation(
    home: Path, made: Simulation, key: str, cache: Cache, problems: Mapping[str, Problem]
) -> str:
    """Copy the raw files of a simulated animal beside its measurements; return its lines of the log."""
    if key in problems:
        problem = problems[key]
        return f"{made.label}: failed: {problem.message}\n{problem.trace}"
    raw = sorted(path for path in cache.path(made.step, key).iterdir() if _raw(path.name))
    for path in raw:
        files.write_bytes(home / path.name, path.read_bytes())
    names = ", ".join(path.name for path in raw)
    return f"{made.label}: seed {made.seed}, cells of donor {made.batch_seed}; left {names}\n"


def _raw(name: str) -> bool:
    """Tell raw data from the seal and from what is known of a week, which stands among the measurements."""
    return name != SEAL and not name.endswith(("_known.json", "_known.png"))


def _told(task: Task, result: Mapping[str, Any]) -> str:
    lines = [f"{task.label}: read {task.path.name} ({result['format']}), sha-256 {task.content}"]
    lines += [f"  {name} = {value!r} {unit}" for name, value, unit, _ in result["rows"]]
    lines += [f"  remark: {text}" for text in [*result["notes"], *result["remarks"]]]
    return "\n".join(lines) + "\n"


def _rows(task: Task, result: Mapping[str, Any]) -> list[Row]:
    return [
        (task.animal, task.group, task.week, task.step, name, float(value), unit, method)
        for name, value, unit, method in result["rows"]
    ]


def _run_record(design: Design, plan: Plan, problems: Mapping[str, Problem]) -> dict[str, Any]:
    return {
        "run": plan.run,
        "machine": machine(),
        "versions": versions(),
        "settings": _without_none(design.file.model_dump(mode="json")),
        "animals": [_without_none(asdict(animal)) for animal in design.animals],
        "scans": [
            {
                "animal": task.animal,
                "group": task.group,
                "week": task.week,
                "step": task.step,
                "label": task.label,
                "file": task.path.name,
                "content": task.content,
                "result": key,
                "failed": problems[key].message if key in problems else "",
            }
            for task, key in plan.tasks
        ],
        "simulations": [
            {
                "animal": made.animal,
                "group": made.group,
                "seed": made.seed,
                "batch_seed": made.batch_seed,
                "result": key,
                "failed": problems[key].message if key in problems else "",
            }
            for made, key in plan.simulations
        ],
        "parameters": [
            _without_none(asdict(parameter))
            for table in design.parameters.values()
            for parameter in table.values()
        ],
    }


def _without_none(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {key: _without_none(value) for key, value in thing.items() if value is not None}
    return [_without_none(item) for item in thing] if isinstance(thing, list | tuple) else thing


def _toml(record: dict[str, Any]) -> str:
    import tomli_w

    return tomli_w.dumps(record, multiline_strings=True)
