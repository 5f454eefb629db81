"""Make sixteen scans of known BV/TV, run the study on them, and print the truth beside the measurement.

python examples/demo/demo.py demo-study
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from make_scans import make_study

from spondyl import study


def main(folder: Path) -> None:
    """Make the study in `folder` unless it is there, run it, and print the table."""
    began = time.perf_counter()
    if not (folder / "study.toml").is_file():
        print(f"Making 16 scans in {folder} ...", file=sys.stderr)
        make_study(folder)
    done = study.run(folder, workers=None, notify=_tell)
    _print_table(pd.read_csv(folder / "truth.tsv", sep="\t"), done.folder)
    print(f"\n{done.answer}\n\nReport ({time.perf_counter() - began:.0f} s): {done.report.resolve()}")


def _tell(event: study.Event) -> None:
    if event.state in ("done", "failed"):
        print(f"[{event.finished}/{event.total}] {event.animal} {event.state}", file=sys.stderr)


def _print_table(truth: pd.DataFrame, run: Path) -> None:
    table = pd.read_csv(run / "measurements.tsv", sep="\t")
    measured = table[table["name"] == "bv_tv"].set_index("animal")["value"]
    print(f"{'animal':<8}{'group':<8}{'true BV/TV %':>14}{'measured %':>12}{'error, points':>15}")
    errors = []
    for row in truth.itertuples():
        found = float(measured[row.animal])
        errors.append(100 * (found - row.bv_tv))
        print(
            f"{row.animal:<8}{row.group:<8}{100 * row.bv_tv:>14.2f}{100 * found:>12.2f}{errors[-1]:>+15.2f}"
        )
    print(f"{'mean':<16}{'':>26}{np.mean(errors):>+15.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-study"))
