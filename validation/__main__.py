"""``python -m validation docs/validation.md``: run all checks and write the table."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from spondyl import files
from spondyl.study.provenance import versions
from validation import (
    agents,
    architecture,
    compression,
    donor,
    formats,
    graft,
    healing,
    mechanics,
    mechanics_cost,
    microct,
    network,
    qpcr,
    spheroid,
    start,
    statistics,
    tests,
    vertebra,
)
from validation.row import Row

HEAD = """# Validation

Written by `make validate`; every number is one that this command found.
Where a bar is missed the table says so.

Made with {versions}.

| subject | check | truth | found | tolerance | |
|---|---|---|---|---|---|
"""


def main(target: Path) -> int:
    """Write the table to `target`; return 1 when a bar is missed."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    shared = Path(os.environ.get("SPONDYL_SHARED_DATA", beside))
    rows = list(_rows(shared if shared.is_dir() else None))
    text = HEAD.format(versions=", ".join(f"{name} {number}" for name, number in versions().items()))
    files.write_text(target, text + "".join(_line(row) for row in rows))
    return 0 if all(row.met for row in rows) else 1


def _rows(shared: Path | None) -> Iterable[Row]:
    checks = [
        microct.surfaces(),
        *(check() for check in architecture.CHECKS),
        donor.calibration(),
        qpcr.recovery(),
        compression.recovery(),
        statistics.coverage(),
        *(check() for check in vertebra.CHECKS),
        *(check() for check in healing.CHECKS),
        formats.memory(),
        *(check() for check in graft.CHECKS),
        mechanics_cost.iterations(),
        mechanics_cost.memory(),
        network.agreement(),
        *(check() for check in spheroid.CHECKS),
        *(check() for check in agents.CHECKS),
        start.waiting(),
        tests.outcomes(),
    ]
    if shared is not None:
        checks = [
            microct.slices(shared),
            formats.same_object(shared),
            mechanics.published(shared),
            network.published(shared),
            qpcr.published(shared),
            qpcr.raw_curves(shared),
            compression.steel(shared),
            spheroid.growth(shared),
            *checks,
        ]
    else:
        print("the shared data folder is not beside this checkout: its rows are left out", file=sys.stderr)
    for check in checks:
        for row in check:
            print(_line(row), end="", file=sys.stderr)
            yield row


def _line(row: Row) -> str:
    verdict = "met" if row.met else "**missed**"
    return f"| {row.subject} | {row.check} | {row.truth} | {row.found} | {row.tolerance} | {verdict} |\n"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
