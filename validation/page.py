"""The page of results: sections that are found anew one at a time, the others kept as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from spondyl.study.provenance import versions
from validation.row import Row
from validation.sections import Section

HEAD = """# Validation

Written by `make validate`; every number in a table is one that this command found. One section alone is
found anew by `python -m validation docs/validation.md NAME`, and `--list` tells the names. Where a bar is
missed the table says so. Paragraphs that begin with a bar are readings of the table above them, by hand.
"""
TABLE = "| subject | check | truth | found | tolerance | |\n|---|---|---|---|---|---|\n"
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def sections_of(page: str) -> dict[str, str]:
    """Return the text below each heading of a page, by heading."""
    parts = HEADING.split(page)
    return {title.strip(): text.strip("\n") for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def page_of(known: Mapping[str, str], order: Iterable[Section]) -> str:
    """Return the page of the sections that are known, in order."""
    told = (f"\n## {one.title}\n\n{known[one.title]}\n" for one in order if one.title in known)
    return HEAD + "".join(told)


def body(section: Section, results: Iterable[Row | str], before: str) -> str:
    """Return the text of a section: what it is, what was found, and the readings it had before."""
    made = ", ".join(f"{name} {number}" for name, number in versions().items())
    found = "".join(_lines(results)).strip("\n")
    head = (
        f"{section.about}\n\nFound by `python -m validation docs/validation.md {section.name}` with {made}."
    )
    return "\n\n".join([head, found, *readings(before)])


def readings(text: str) -> list[str]:
    """Return the paragraphs of a section that begin with a bar."""
    return [part.strip("\n") for part in text.split("\n\n") if part.lstrip("\n").startswith("> ")]


def line(row: Row) -> str:
    """Return a row as a line of a table; a prediction has no verdict."""
    verdict = {True: "met", False: "**missed**", None: ""}[row.met]
    cells = (row.subject, row.check, row.truth, row.found, row.tolerance, verdict)
    return f"| {' | '.join(cells)} |\n"


def _lines(results: Iterable[Row | str]) -> Iterator[str]:
    """Put rows below the head of a table, and other lines as they are."""
    within = False
    for one in results:
        if isinstance(one, Row):
            if not within:
                yield "\n" + TABLE
            yield line(one)
        else:
            yield one + "\n"
        within = isinstance(one, Row)
