"""``python -m validation docs/validation.md [NAME ...]``: find the sections of the page anew, all or some."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from spondyl import files
from validation.page import body, line, page_of, sections_of
from validation.row import Row
from validation.sections import SECTIONS, Section


def main(target: Path, names: list[str]) -> int:
    """Write the sections to `target`, each as soon as it is found; return 1 when a bar is missed."""
    shared = _shared()
    known = sections_of(target.read_text("utf-8")) if target.exists() else {}
    missed = 0
    for section in SECTIONS:
        if names and section.name not in names:
            continue
        print(f"{section.title} …", file=sys.stderr, flush=True)
        found = list(_told(section, shared))
        if not found:
            print("nothing can be found here: its rows stay as they are", file=sys.stderr)
            continue
        missed += sum(isinstance(one, Row) and one.met is False for one in found)
        known[section.title] = body(section, found, known.get(section.title, ""))
        files.write_text(target, page_of(known, SECTIONS))
    return 1 if missed else 0


def _shared() -> Path | None:
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("SPONDYL_SHARED_DATA", beside))
    if folder.is_dir():
        return folder
    print("the shared data folder is not beside this checkout: its rows are left out", file=sys.stderr)
    return None


def _told(section: Section, shared: Path | None) -> Iterator[Row | str]:
    """Yield the results of a section, shown as they come."""
    if shared is not None:
        for given in section.shared:
            yield from _shown(given(shared))
    for check in section.checks:
        yield from _shown(check())


def _shown(results: Iterator[Row] | Iterator[str]) -> Iterator[Row | str]:
    for one in results:
        print(line(one).rstrip() if isinstance(one, Row) else one, file=sys.stderr, flush=True)
        yield one


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m validation", description=__doc__)
    parser.add_argument("page", type=Path, nargs="?", help="where to write, docs/validation.md")
    parser.add_argument("names", nargs="*", metavar="NAME", help="sections to find anew; all without")
    parser.add_argument("--list", action="store_true", help="tell the names of the sections")
    asked = parser.parse_args()
    if asked.list:
        parser.exit(0, "".join(f"{one.name:12} {one.title}\n" for one in SECTIONS))
    if asked.page is None:
        parser.error("name the page to write, docs/validation.md")
    unknown = sorted(set(asked.names) - {one.name for one in SECTIONS})
    if unknown:
        parser.error(f"no section is called {', '.join(unknown)}; --list tells the names")
    return asked


if __name__ == "__main__":
    given = _asked()
    sys.exit(main(given.page, given.names))
