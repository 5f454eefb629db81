"""The reference study, small: four animals an arm on a coarse grid, and the table of what was found.

python examples/osaka/demo.py demo-study
"""

from __future__ import annotations

import csv
import shutil
import sys
import time
from pathlib import Path

import pandas as pd

from spondyl import study

HERE = Path(__file__).parent
EACH = 4
SMALL = (
    'simulation.voxel="150 um"',
    "simulation.weeks=[0, 8]",
    'histology.stains=["masson-goldner"]',
    'histology.pixel="4 um"',
)
"""Settings of the small study: coarse enough for minutes on two cores, and no follow-up in between."""

SHOWN = {
    ("defect", "new_bv_mm3"): "new bone, scan mm³",
    ("healing", "new_bone_mm3"): "new bone, true mm³",
    ("healing", "woven_graft_mm3"): "by graft mm³",
    ("healing", "tcp_mm3"): "β-TCP mm³",
    ("healing", "stiffness_N_per_mm"): "stiffness N/mm",
    ("healing", "united"): "united",
    ("compression", "ultimate_load_N"): "ultimate load N",
    ("qpcr", "BGLAP_log2"): "log2 BGLAP",
    ("histology", "masson_goldner_b_ar_t_ar"): "B.Ar/T.Ar",
}


def main(folder: Path) -> None:
    """Make the study in `folder` unless it is there, run it, and print the table."""
    began = time.perf_counter()
    if not (folder / "study.toml").is_file():
        make_study(folder)
    print("Simulating 16 animals, two minutes on two cores ...", file=sys.stderr)
    done = study.run(folder, SMALL, notify=_tell)
    _print_table(done.folder)
    print(f"\n{done.answer}\n\nReport ({time.perf_counter() - began:.0f} s): {done.report.resolve()}")


def make_study(folder: Path, each: int = EACH) -> None:
    """Write the study with its first animals of every arm."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(csv.DictReader((HERE / "animals.tsv").read_text("utf-8").splitlines(), delimiter="\t"))
    kept = [
        row for row in rows if sum(one["group"] == row["group"] for one in rows[: rows.index(row)]) < each
    ]
    with (folder / "animals.tsv").open("w", encoding="utf-8", newline="") as handle:
        table = csv.DictWriter(handle, list(rows[0]), delimiter="\t", lineterminator="\n")
        table.writeheader()
        table.writerows(kept)
    shutil.copyfile(HERE / "study.toml", folder / "study.toml")  # last: a study file marks a finished folder


def _tell(event: study.Event) -> None:
    if event.state in ("done", "failed"):
        print(f"[{event.finished}/{event.total}] {event.animal} {event.label} {event.state}", file=sys.stderr)


def _print_table(run: Path) -> None:
    """Print the means of every arm at the last week."""
    table = pd.read_csv(run / "measurements.tsv", sep="\t")
    table = table[table["week"] == table["week"].max()]
    print(f"{'arm':<18}" + "".join(f"{words:>20}" for words in SHOWN.values()))
    for arm in table["group"].unique():
        own = table[table["group"] == arm]
        cells = [
            own.loc[(own["assay"] == assay) & (own["name"] == name), "value"].mean() for assay, name in SHOWN
        ]
        print(f"{arm:<18}" + "".join(f"{cell:>20.2f}" for cell in cells))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-study"))
