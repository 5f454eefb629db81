"""``spondyl doctor``: is this installation sound."""

from __future__ import annotations

import typer

from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, table


def doctor(json: AsJson = False) -> None:
    """Check this machine and installation, and measure a phantom of known volume and surface."""
    from spondyl import study

    findings = study.examine()
    if json:
        as_json([{"check": f.check, "ok": f.ok, "found": f.found} for f in findings])
    else:
        table(("check", "", "found"), [(f.check, "ok" if f.ok else "NOT OK", f.found) for f in findings])
    if not all(f.ok for f in findings):
        raise typer.Exit(1)
