"""From a finished run's folder to the story the report tells. Reads nothing but that folder."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spondyl.errors import ComparisonError, DesignError, Mistake
from spondyl.quantity import Kind, Parameter, references
from spondyl.study.methods import methods_text
from spondyl.study.runfolder import RUN_FILE
from spondyl.study.schema import StudyFile
from spondyl.study.settings import flatten
from spondyl.study.simulated import BUDGET, COURSE, CULTURE, scan_name
from spondyl.study.tidy import read_table
from spondyl.trial import Comparison, Primary, compare

if TYPE_CHECKING:
    from spondyl.report import Arm, DailyCourse, Exclusion, Failure, Picture, ScanVolume, Story

_Key = tuple[str, str]
_COPIED = 1000.0
"""Added to the concern of copied scans, so that they stand first."""


def write_report(folder: Path) -> tuple[Path, str]:
    """Write the report of the run in `folder`; return the page and its answer in one sentence.

    Raises
    ------
    DesignError
        When the folder holds no finished run.
    """
    from spondyl import report

    told = story(folder)
    return report.write(told, folder), str(report.answer_of(told))


def story(folder: Path) -> Story:
    """Read a run's folder and return what its report says."""
    from spondyl.report import Story

    record = read_run(folder)
    file = StudyFile.model_validate(record["settings"])
    measurements = read_table(folder)
    primary = Primary(**file.primary.model_dump())
    comparison: Comparison | None = None
    reason: str | None = None
    if measurements.empty:
        reason = "No scan could be measured."
    else:
        try:
            comparison = compare(measurements, primary, list(file.groups))
        except ComparisonError as error:
            reason = str(error)
    results = _results(folder, record)
    scanned = any(scan.get("step", "microct") == "microct" for scan in record["scans"])
    values = _each(results, "values")
    cited, methods = methods_text(file, comparison, record["versions"], values, scanned=scanned)
    known = references()
    return Story(
        title=file.study.title,
        question=file.study.question,
        facts={"species": file.study.species, "site": file.study.site},
        arms=_arms(file, record),
        measurements=measurements,
        comparison=comparison,
        no_comparison=reason,
        pictures=_pictures(record, results),
        failures=_failures(record),
        exclusions=_exclusions(record),
        settings=flatten(record["settings"]),
        provenance=_provenance(record),
        methods=methods,
        references=tuple(known[key] for key in cited),
        assumed=tuple(_parameters(record, Kind.ASSUMED)),
        reporting=_reporting(file, results),
        volumes=_volumes(file, record, folder),
        courses=_courses(record, folder),
    )


def read_run(folder: Path) -> dict[str, Any]:
    """Read ``run.toml``, which a run writes last but for the report."""
    try:
        return tomllib.loads((folder / RUN_FILE).read_text("utf-8"))
    except FileNotFoundError:
        remedy = "finish the run first: spondyl run"
        raise DesignError(Mistake(str(folder / RUN_FILE), "no such file", remedy)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DesignError(
            Mistake(str(folder / RUN_FILE), str(error), "it was changed by hand; run again")
        ) from None


def _arms(file: StudyFile, record: Mapping[str, Any]) -> tuple[Arm, ...]:
    from spondyl.report import Arm

    sizes = Counter(animal["group"] for animal in record["animals"] if animal["included"])
    return tuple(Arm(name, group.label, group.origin, sizes[name]) for name, group in file.groups.items())


def _each(results: Mapping[_Key, Mapping[str, Any]], key: str) -> str:
    """Return what the scans say under `key`: one text, or all that differ."""
    said = (str(result[key]) for result in results.values() if key in result)
    return "; ".join(dict.fromkeys(said))


def _reporting(file: StudyFile, results: Mapping[_Key, Mapping[str, Any]]) -> dict[str, str]:
    scanned = any("voxel_um" in result for result in results.values())
    found = {"voi_shape": "the whole scan"} if scanned and not file.microct.voi else {}
    if scanned:
        found |= {"voxel_size": f"{_each(results, 'voxel_um')} µm", "scan_values": _each(results, "values")}
    return found | flatten(file.reporting.model_dump())


def _pictures(record: Mapping[str, Any], results: Mapping[_Key, Any]) -> tuple[Picture, ...]:
    from spondyl.report import Picture

    twins = _twins(record, results)
    found = []
    for scan in record["scans"]:
        key = (scan["animal"], scan["label"])
        if key not in results:
            continue
        result, twin = results[key], twins.get(key, ())
        concern = float(result["concern"]) + (_COPIED if twin else 0.0)
        png = Path("animals") / scan["animal"] / f"{scan['label']}.png"
        remarks = (*twin, *result["remarks"], *result["notes"])
        step = scan.get("step", "microct")
        found.append(Picture(scan["animal"], scan["group"], scan["week"], png, concern, remarks, step))
    return tuple(found)


def _results(folder: Path, record: Mapping[str, Any]) -> dict[_Key, dict[str, Any]]:
    """Return what each scan gave, by animal and label."""
    found = {}
    for scan in record["scans"]:
        sidecar = folder / "animals" / scan["animal"] / f"{scan['label']}.json"
        if not scan["failed"] and sidecar.is_file():
            found[scan["animal"], scan["label"]] = json.loads(sidecar.read_text("utf-8"))
    return found


def _twins(
    record: Mapping[str, Any], results: Mapping[_Key, Mapping[str, Any]]
) -> dict[_Key, tuple[str, ...]]:
    """Point out scans that gave the very same numbers to the last digit: a copy under another name."""
    weeks = {(scan["animal"], scan["label"]): scan["week"] for scan in record["scans"]}
    steps = {(scan["animal"], scan["label"]): scan.get("step", "microct") for scan in record["scans"]}
    owners: dict[str, list[_Key]] = {}
    for key, result in results.items():
        if steps[key] == "microct":  # two empty defects may well give the same numbers
            owners.setdefault(json.dumps(result["rows"]), []).append(key)
    found: dict[_Key, tuple[str, ...]] = {}
    for keys in owners.values():
        names = ", ".join(f"{key[0]} week {weeks[key]:g}" for key in keys)
        remark = f"The scans of {names} gave the very same numbers to the last digit: is one of them a copy?"
        found |= {key: (remark,) for key in keys if len(keys) > 1}
    return found


def _made(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the animals that were simulated."""
    return [one for one in record.get("simulations", []) if not one["failed"]]


def _volumes(file: StudyFile, record: Mapping[str, Any], folder: Path) -> tuple[ScanVolume, ...]:
    from spondyl.report import ScanVolume

    weeks = file.simulation.weeks if file.simulation else ()
    return tuple(
        ScanVolume(one["animal"], one["group"], file.groups[one["group"]].label, week, path)
        for one in _made(record)
        for week in weeks
        if (folder / (path := Path("animals") / one["animal"] / scan_name(week))).is_file()
    )


def _courses(record: Mapping[str, Any], folder: Path) -> tuple[DailyCourse, ...]:
    from spondyl.report import DailyCourse

    found = []
    for one in _made(record):
        home = Path("animals") / one["animal"]
        culture = home / CULTURE if (folder / home / CULTURE).is_file() else None
        found.append(DailyCourse(one["animal"], one["group"], home / COURSE, home / BUDGET, culture))
    return tuple(found)


def _failures(record: Mapping[str, Any]) -> tuple[Failure, ...]:
    from spondyl.report import Failure

    return tuple(
        Failure(scan["animal"], scan["group"], scan["label"], scan["failed"])
        for scan in record["scans"]
        if scan["failed"]
    )


def _exclusions(record: Mapping[str, Any]) -> tuple[Exclusion, ...]:
    from spondyl.report import Exclusion

    return tuple(
        Exclusion(animal["animal"], animal["group"], animal["reason"])
        for animal in record["animals"]
        if not animal["included"]
    )


def _provenance(record: Mapping[str, Any]) -> dict[str, str]:
    facts = {"command": "spondyl run", "run": record["run"], "machine": record["machine"]}
    facts |= {f"version of {name}": text for name, text in record["versions"].items()}
    return facts | {
        f"{s['animal']} {s['label']}": f"{s['file']} sha-256 {s['content']}"
        for s in record["scans"]
        if s.get("step", "microct") == "microct"
    }


def _parameters(record: Mapping[str, Any], kind: Kind) -> list[Parameter]:
    return [
        Parameter(**{**entry, "kind": Kind(entry["kind"])})
        for entry in record.get("parameters", [])
        if entry["kind"] == kind
    ]
