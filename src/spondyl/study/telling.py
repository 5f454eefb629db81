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
from spondyl.study.tidy import read_table
from spondyl.trial import Comparison, Primary, compare

if TYPE_CHECKING:
    from spondyl.report import Arm, Exclusion, Failure, Picture, Story


def write_report(folder: Path) -> tuple[Path, str]:
    """Write the report of the run in `folder`; return the page and its answer in one sentence.

    Raises
    ------
    DesignError
        When the folder holds no finished run.
    """
    from spondyl import report

    told = story(folder)
    return report.write(told, folder), report.answer(told)


def story(folder: Path) -> Story:
    """Read a run's folder and return what its report says."""
    from spondyl.report import Story

    record = read_run(folder)
    file = StudyFile.model_validate(record["settings"])
    measurements = read_table(folder)
    primary = Primary(**file.primary.model_dump())
    comparison: Comparison | None = None
    reason: str | None = None
    try:
        comparison = compare(measurements, primary, list(file.groups))
    except ComparisonError as error:
        reason = str(error)
    cited, methods = methods_text(file, comparison, record["versions"])
    known = references()
    return Story(
        title=file.study.title,
        question=file.study.question,
        facts={"species": file.study.species, "site": file.study.site},
        arms=_arms(file, record),
        measurements=measurements,
        comparison=comparison,
        no_comparison=reason,
        pictures=_pictures(folder, record),
        failures=_failures(record),
        exclusions=_exclusions(record),
        settings=flatten(record["settings"]),
        provenance=_provenance(record),
        methods=methods,
        references=tuple(known[key] for key in cited),
        assumed=tuple(_parameters(record, Kind.ASSUMED)),
    )


def read_run(folder: Path) -> dict[str, Any]:
    """Read ``run.toml``, which a run writes last but for the report."""
    try:
        return tomllib.loads((folder / RUN_FILE).read_text("utf-8"))
    except FileNotFoundError:
        remedy = "finish the run first: spondyl run"
        raise DesignError(Mistake(str(folder / RUN_FILE), "no such file", remedy)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DesignError(Mistake(str(folder / RUN_FILE), str(error), "it was changed by hand; run again")) from None


def _arms(file: StudyFile, record: Mapping[str, Any]) -> tuple[Arm, ...]:
    from spondyl.report import Arm

    sizes = Counter(animal["group"] for animal in record["animals"] if animal["included"])
    return tuple(Arm(name, group.label, group.origin, sizes[name]) for name, group in file.groups.items())


def _pictures(folder: Path, record: Mapping[str, Any]) -> tuple[Picture, ...]:
    from spondyl.report import Picture

    twins = _twins(record)
    found = []
    for scan in record["scans"]:
        home = folder / "animals" / scan["animal"]
        sidecar = home / f"{scan['label']}.json"
        if scan["failed"] or not sidecar.is_file():
            continue
        result = json.loads(sidecar.read_text("utf-8"))
        remarks = [*twins.get(scan["content"], ()), *result["remarks"], *result["notes"]]
        concern = float(result["concern"]) + (1000.0 if scan["content"] in twins else 0.0)
        png = Path("animals") / scan["animal"] / f"{scan['label']}.png"
        found.append(Picture(scan["animal"], scan["group"], scan["week"], png, concern, tuple(remarks)))
    return tuple(found)


def _twins(record: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return a remark for every content that stands under more than one scan."""
    owners: dict[str, list[str]] = {}
    for scan in record["scans"]:
        owners.setdefault(scan["content"], []).append(f"{scan['animal']} week {scan['week']:g}")
    return {
        content: (f"The very same file content stands under {', '.join(names)}: is one of them a copy?",)
        for content, names in owners.items()
        if len(names) > 1
    }


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
    facts = {"run": record["run"], "machine": record["machine"]}
    facts |= {f"version of {name}": text for name, text in record["versions"].items()}
    return facts | {f"{s['animal']} {s['label']}": f"{s['file']} sha-256 {s['content']}" for s in record["scans"]}


def _parameters(record: Mapping[str, Any], kind: Kind) -> list[Parameter]:
    return [
        Parameter(**{**entry, "kind": Kind(entry["kind"])})
        for entry in record.get("parameters", [])
        if entry["kind"] == kind
    ]
