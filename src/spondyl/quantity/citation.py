"""A work as it is printed: authors, year, title, where it appeared."""

from __future__ import annotations

import re
from collections.abc import Mapping


def citation(fields: Mapping[str, str], home: str) -> str:
    """Format a work's fields; `home` is the field that says where it appeared.

    Examples
    --------
    >>> welch = {"author": "Welch, B. L.", "title": "On comparison", "year": "1951", "journal": "Biometrika"}
    >>> citation(welch | {"volume": "38", "pages": "330--336"}, "journal")
    'Welch BL (1951). On comparison. Biometrika 38, 330–336.'
    """
    issue = f"({fields['number']})" if fields.get("number") else ""
    volume = f" {fields['volume']}{issue}" if fields.get("volume") else ""
    pages = f", {fields['pages'].replace('--', '–')}" if fields.get("pages") else ""
    title = fields["title"].replace("{", "").replace("}", "").rstrip(".")
    return f"{_authors(fields['author'])} ({fields['year']}). {title}. {fields[home]}{volume}{pages}."


def _authors(names: str) -> str:
    people = [_author(name.strip()) for name in names.split(" and ")]
    if people[-1] == "others":
        return f"{', '.join(people[:-1])}, et al."
    return ", ".join(people)


def _author(name: str) -> str:
    """Shorten ``van der Walt, Stéfan J.`` to ``van der Walt SJ``; other names, and those in braces, stay."""
    plain = name.replace("{", "").replace("}", "")
    if name.startswith("{"):
        return plain
    family, comma, given = plain.partition(",")
    initials = "".join(part[0] for part in re.split(r"[\s.-]+", given) if part)
    return f"{family} {initials}" if comma else family
