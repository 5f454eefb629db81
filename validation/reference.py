"""The reference study at full size: 40 animals at 50 µm, and its table of means with 95 % intervals.

``examples/osaka`` is run in ``build/reference-study``, or gone on with; a finished one is only read.
"""

from __future__ import annotations

import csv
import resource
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from spondyl import study

ROOT = Path(__file__).resolve().parents[1]
HERE, FOLDER = ROOT / "examples" / "osaka", ROOT / "build" / "reference-study"
ARMS = ("empty", "tcp", "undifferentiated", "differentiated")
SHOWN = {
    ("defect", "new_bv_mm3"): "new bone in the scan, mm³",
    ("healing", "new_bone_mm3"): "new bone, known, mm³",
    ("healing", "woven_graft_mm3"): "of it woven by graft cells, mm³",
    ("healing", "woven_host_mm3"): "of it woven by host cells, mm³",
    ("healing", "tcp_mm3"): "β-TCP left, mm³",
    ("healing", "graft_cells"): "living graft cells",
    ("healing", "united"): "united, share",
    ("healing", "stiffness_N_per_mm"): "stiffness, known, N/mm",
    ("healing", "stiffened"): "stiffness over the animal's own of week 0",
    ("compression", "ultimate_load_N"): "ultimate load, N",
    ("qpcr", "BGLAP_log2"): "log2 BGLAP",
    ("graft", "spheroids"): "spheroids that stayed in the hole",
}

SPREAD = ("new_bv_mm3", "new_bone_mm3")


def table() -> Iterator[str]:
    """Run or read the study, and yield the lines of its table."""
    if not (FOLDER / "study.toml").is_file():
        FOLDER.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HERE / "animals.tsv", FOLDER / "animals.tsv")
        shutil.copyfile(HERE / "study.toml", FOLDER / "study.toml")
    tables = sorted(FOLDER.glob("results/run-*/measurements.tsv"))
    if not tables:
        began = time.perf_counter()
        done = study.run(FOLDER, workers=2)
        took = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        yield (
            f"{took / 60:.0f} min with two workers, {(used.ru_utime + used.ru_stime) / 60:.0f} min of "
            f"processor time, {used.ru_maxrss / 1024:.0f} MB in a worker; report "
            f"{done.report.stat().st_size / 1e6:.1f} MB\n"
        )
        tables = [done.folder / "measurements.tsv"]
    yield from _means(tables[-1])


def _means(table: Path) -> Iterator[str]:
    """Yield the means of every arm with their 95 % intervals."""
    values: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    stiff: dict[str, float] = {}
    with table.open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle, delimiter="\t") if row["group"] in ARMS]
    for row in rows:
        values[row["week"], row["assay"], row["name"], row["group"]].append(float(row["value"]))
        if row["name"] == "stiffness_N_per_mm" and row["assay"] == "healing" and float(row["week"]) == 0:
            stiff[row["animal"]] = float(row["value"])
    for row in rows:
        if row["name"] == "stiffness_N_per_mm" and row["assay"] == "healing":
            own = float(row["value"]) / stiff[row["animal"]]
            values[row["week"], "healing", "stiffened", row["group"]].append(own)
    asked = [
        (week, *key)
        for week in ("0.0", "4.0", "8.0")
        for key in SHOWN
        if (key[0] == "graft") == (week == "0.0")
    ]
    for week, assay, name in asked:
        none = [0.0, 0.0] if assay == "graft" else []  # an arm that was given none
        found = [np.array(values.get((week, assay, name, arm), none)) for arm in ARMS]
        if not all(len(one) for one in found):
            continue
        yield _row(week, SHOWN[assay, name], [_told(one) for one in found])
        if name in SPREAD:
            spreads = [f"{one.std(ddof=1) / one.mean():.2f}" for one in found]
            yield _row(week, "its coefficient of variation (C22: 0.31 to 0.70)", spreads)


def _row(week: str, what: str, cells: Sequence[str]) -> str:
    return f"| {float(week):g} | {what} | {' | '.join(cells)} |"


def _told(values: np.ndarray) -> str:
    from scipy.stats import t

    half = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return f"{values.mean():.4g} ± {half:.2g}"
