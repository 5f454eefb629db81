"""Works that can be cited: the shipped ``references.bib`` and a study's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from spondyl.errors import Mistake, ParameterError, nearest_word
from spondyl.quantity.citation import citation
from spondyl.quantity.parameter import Reference
from spondyl.quantity.textfile import read_text

_ENTRY = re.compile(r"@(\w+)\s*\{\s*([^\s,{}]+)\s*,(.*)\}\s*", re.DOTALL)
_FIELD = re.compile(r"\s*(\w+)\s*=\s*(?:\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}|(\d+))\s*(?:,\s*|$)")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
# Where each kind of work appeared; every work needs author, title and year too.
_HOME = {"article": "journal", "book": "publisher", "inproceedings": "booktitle", "misc": "howpublished"}


@cache
def references() -> Mapping[str, Reference]:
    """Return the works of the shipped ``references.bib`` by key.

    Examples
    --------
    >>> print(references()["otsu1979"].text)
    Otsu N (1979). A threshold selection method from gray-level histograms. IEEE Transactions on Systems, \
Man, and Cybernetics 9(1), 62–66.
    """
    return load_references(files(__package__) / "references.bib")


def load_references(source: Traversable | str) -> Mapping[str, Reference]:
    """Read BibTeX entries from a file, or from text.

    Entries are article, book, inproceedings or misc, fields are in braces, letters are UTF-8 (no TeX
    escapes) and each ``@`` of an entry begins a line. Fields that a citation does not need are skipped.

    Parameters
    ----------
    source : a path, or the text itself.

    Raises
    ------
    ParameterError
        With every mistake of the file.
    """
    text = source if isinstance(source, str) else read_text(source)
    name = "references" if isinstance(source, str) else source.name
    mistakes: list[Mistake] = []
    found: dict[str, Reference] = {}
    for line, entry in _entries(text):
        reference = _reference(entry, f"{name} (line {line})", mistakes)
        if reference and reference.key in found:
            mistakes.append(
                Mistake(f"{name} (line {line})", f"'{reference.key}' again", "give each key once")
            )
        elif reference:
            found[reference.key] = reference
    if mistakes:
        raise ParameterError(mistakes)
    return MappingProxyType(found)


def _entries(text: str) -> list[tuple[int, str]]:
    """Return the text of each entry with its first line's number; comments outside entries begin with %."""
    entries: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("@") or (not entries and line.strip() and not line.startswith("%")):
            entries.append((number, line))
        elif entries and not line.startswith("%"):
            entries[-1] = (entries[-1][0], f"{entries[-1][1]}\n{line}")
    return entries


def _reference(entry: str, where: str, mistakes: list[Mistake]) -> Reference | None:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        mistakes.append(
            Mistake(where, repr(entry[:40]), "must be an entry such as @article{key, title = {…}, …}")
        )
        return None
    kind, key, body = found.group(1).lower(), found.group(2), found.group(3)
    where = f"{where} › {key}"
    fields = _fields(body, where, mistakes)
    if fields is None:
        return None
    wrong = _wrong(kind, fields, where)
    mistakes.extend(wrong)
    return None if wrong else Reference(key, citation(fields, _HOME[kind]), fields.get("doi", ""))


def _fields(body: str, where: str, mistakes: list[Mistake]) -> dict[str, str] | None:
    at, fields = 0, dict[str, str]()
    while body[at:].strip():
        found = _FIELD.match(body, at)
        if found is None:
            given = repr(body[at:].strip()[:40])
            mistakes.append(Mistake(where, given, "must be a field such as title = {…} followed by a comma"))
            return None
        name = found.group(1).lower()
        if name in fields:
            mistakes.append(Mistake(f"{where}.{name}", "the field again", "give each field once"))
        fields[name] = " ".join((found.group(2) or found.group(3) or "").split())
        at = found.end()
    return fields


def _wrong(kind: str, fields: Mapping[str, str], where: str) -> list[Mistake]:
    if kind not in _HOME:
        near = nearest_word(kind, _HOME)
        return [Mistake(where, f"@{kind}", f"must be one of {', '.join(f'@{name}' for name in _HOME)}", near)]
    needed = ("author", "title", "year", _HOME[kind])
    wrong: list[Mistake] = []
    for name in needed:
        if not fields.get(name):
            near = nearest_word(name, set(fields) - set(needed))
            wrong.append(
                Mistake(where, f"'{near}'" if near else "no such field", f"the field '{name}' is needed")
            )
    for name in (*needed, "pages", "volume", "number"):
        if "\\" in fields.get(name, ""):
            allowed = "write letters as UTF-8, without TeX escapes"
            wrong.append(Mistake(f"{where}.{name}", repr(fields[name][:60]), allowed))
    year, doi = fields.get("year"), fields.get("doi")
    if year and not re.fullmatch(r"[0-9]{4}", year):
        wrong.append(Mistake(f"{where}.year", repr(year[:20]), "must be four digits"))
    if doi and not _DOI.fullmatch(doi):
        allowed = "must be like 10.1000/xyz123, without https://doi.org/"
        wrong.append(Mistake(f"{where}.doi", repr(doi[:60]), allowed))
    return wrong
