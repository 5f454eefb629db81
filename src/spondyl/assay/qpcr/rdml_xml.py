"""The XML inside an RDML file, read by a reader that stops at whatever could do harm."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from spondyl.errors import MeasurementError, Mistake

MOST_MB = 400
"""A 384-well plate with raw curves and melting curves takes about 10 MB of XML."""

MOST_MEMBERS = 1000
MOST_NESTED = 40
PASSED_OVER = frozenset({"mdp", "experimenter", "documentation", "thermalCyclingConditions", "sequences"})
"""Elements of no use here; melting curves would fill the memory."""


@dataclass(slots=True)
class Element:
    """An element of the file: its attributes, its own text, and its children by name."""

    attributes: dict[str, str]
    words: list[str] = field(default_factory=list)
    children: dict[str, list[Element]] = field(default_factory=dict)

    def all(self, name: str) -> list[Element]:
        """Return the children of a name."""
        return self.children.get(name, [])

    def first(self, name: str) -> Element | None:
        """Return the first child of a name, None without one."""
        found = self.children.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        """Return the text of the first child of a name, empty without one."""
        found = self.first(name)
        return "".join(found.words).strip() if found else ""

    def key(self, name: str) -> str:
        """Return an attribute, empty without one."""
        return self.attributes.get(name, "")


def rdml_bytes(path: Path) -> bytes:
    """Return the XML of a file: the one member of a zip, or the file itself.

    Raises
    ------
    MeasurementError
        No such file, a broken or encrypted zip, no XML in it, or more than 400 MB of it.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start.startswith(b"PK"):
            return _member(path)
        with path.open("rb") as file:
            content = file.read(MOST_MB * 1_000_000 + 1)
    except OSError as problem:
        _refuse(path.name, problem.strerror or "no file", "must be a readable RDML file")
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        zlib.error,
        EOFError,
        ValueError,
    ) as problem:
        _refuse(path.name, f"a zip that cannot be read ({problem})", "export the run again as RDML")
    return _bounded(content, path.name)


def _member(path: Path) -> bytes:
    with zipfile.ZipFile(path) as packed:
        members = packed.infolist()
        if len(members) > MOST_MEMBERS:
            _refuse(path.name, f"a zip of {len(members)} files", "an RDML file holds one XML file")
        texts = [member for member in members if member.filename.lower().endswith(".xml")]
        if not texts:
            _refuse(path.name, "a zip without XML", "an RDML file holds rdml_data.xml")
        named = [member for member in texts if member.filename == "rdml_data.xml"] or texts
        with packed.open(named[0]) as file:
            return _bounded(file.read(MOST_MB * 1_000_000 + 1), path.name)


def _bounded(content: bytes, name: str) -> bytes:
    if len(content) > MOST_MB * 1_000_000:
        _refuse(name, f"more than {MOST_MB} MB of XML", "a run takes a few MB; split the file by runs")
    return content


def parsed(content: bytes, name: str) -> Element:
    """Return the root of an RDML document.

    Raises
    ------
    MeasurementError
        Not XML, no RDML, a document type or entities, or elements nested too deeply.
    """
    top = Element({})
    builder = _Builder(name, [top])
    reader = expat.ParserCreate(namespace_separator=" ")
    reader.buffer_text = True
    reader.StartElementHandler, reader.EndElementHandler = builder.opened, builder.closed
    reader.CharacterDataHandler = builder.said
    reader.StartDoctypeDeclHandler, reader.EntityDeclHandler = builder.declared, builder.declared
    try:
        reader.Parse(content, True)
    except expat.ExpatError as problem:
        _refuse(name, f"no XML ({problem})", "must be an RDML file")
    root = top.first("rdml")
    if root is None:
        _refuse(name, "XML that is not RDML", "must be an RDML file")
    return root


@dataclass(slots=True)
class _Builder:
    """Makes elements of what the reader meets; `stack` holds the open ones."""

    name: str
    stack: list[Element]
    skipped: int = 0

    def opened(self, full: str, attributes: dict[str, str]) -> None:
        local = full.rpartition(" ")[2]
        if self.skipped or local in PASSED_OVER:
            self.skipped += 1
            return
        if len(self.stack) > MOST_NESTED:
            _refuse(self.name, f"elements nested more than {MOST_NESTED} deep", "must be RDML")
        made = Element(attributes)
        self.stack[-1].children.setdefault(local, []).append(made)
        self.stack.append(made)

    def closed(self, _: str) -> None:
        if self.skipped:
            self.skipped -= 1
        else:
            self.stack.pop()

    def said(self, text: str) -> None:
        if not self.skipped:
            self.stack[-1].words.append(text)

    def declared(self, *_: object) -> None:
        given = "XML with a document type or entities of its own"
        _refuse(self.name, given, "RDML has none: export it again")


def _refuse(name: str, given: str, allowed: str) -> NoReturn:
    raise MeasurementError(Mistake(name, given, allowed))
