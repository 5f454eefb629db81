"""SBML text: found, of moderate size, harmless XML, and valid by libSBML's own rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from spondyl.errors import Mistake, NetworkError
from spondyl.quantity.textfile import read_text

if TYPE_CHECKING:
    import libsbml

MOST_MB = 16
"""The largest curated networks of BioModels take a few MB."""

MOST_NESTED = 150
"""Elements within one another; formulas nested much deeper would exhaust the stack of XML readers."""

_MOST_MISTAKES = 8

_OWN = "l3v2extendedmath"
"""What libSBML calls the mathematics that Level 3 Version 2 has in its core."""


def sbml_text(source: str | Path) -> tuple[str, str]:
    """Return the text of a file, or the text itself when `source` is already XML, and what to call it.

    Raises
    ------
    NetworkError
        No such file, too large, or not UTF-8.
    """
    if isinstance(source, str) and source.lstrip("\ufeff \t\r\n").startswith("<"):
        if len(source) > MOST_MB * 1_000_000:
            raise NetworkError(Mistake("SBML text", f"more than {MOST_MB} MB", "must be smaller"))
        return source.lstrip("\ufeff \t\r\n"), "SBML text"
    path = Path(source)
    text = read_text(path, NetworkError, most_mb=MOST_MB, remedy="must be a readable SBML file")
    return text.lstrip(" \t\r\n"), path.name


def parsed(text: str, where: str) -> libsbml.SBMLDocument:
    """Return libSBML's document of a text that is safe and valid.

    Raises
    ------
    NetworkError
        Not XML, XML that declares entities, nested too deeply, not SBML of Level 2 or 3, or invalid; every
        mistake that libSBML finds is told with its line.
    """
    import libsbml

    _check_xml(text, where)
    document = libsbml.readSBMLFromString(text)
    _refuse_errors(document, where)
    if document.getLevel() not in (2, 3) or document.getModel() is None:
        given = f"SBML Level {document.getLevel()}" if document.getModel() else "no model"
        raise NetworkError(Mistake(where, given, "must hold one model of SBML Level 2 or 3"))
    for category in (libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, libsbml.LIBSBML_CAT_MODELING_PRACTICE):
        document.setConsistencyChecks(category, False)
    document.checkConsistency()
    _refuse_errors(document, where)
    return document


def _check_xml(text: str, where: str) -> None:
    """Read the XML once with a reader that stops at whatever could do harm."""
    if not text.strip():
        raise NetworkError(Mistake(where, "an empty file", "must be SBML"))
    depth = 0

    def opened(_: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 1:
            _refuse_packages(attributes, where)
        if depth > MOST_NESTED:
            line = reader.CurrentLineNumber
            given = f"more than {MOST_NESTED} elements within one another (line {line})"
            raise NetworkError(Mistake(where, given, "must be nested less deeply"))

    def closed(_: str) -> None:
        nonlocal depth
        depth -= 1

    def declared(*_: Any) -> None:
        given = f"a document type declaration (line {reader.CurrentLineNumber})"
        raise NetworkError(Mistake(where, given, "SBML has none; remove it, entities are not read"))

    reader = expat.ParserCreate()
    reader.StartElementHandler, reader.EndElementHandler = opened, closed
    reader.StartDoctypeDeclHandler = declared
    try:
        reader.Parse(text.encode(), True)  # declared encodings no longer count: the text is decoded
    except expat.ExpatError as problem:
        given = f"text that is not XML (line {problem.lineno}: {expat.ErrorString(problem.code)})"
        raise NetworkError(Mistake(where, given, "must be whole, well-formed XML")) from None


def _refuse_packages(attributes: dict[str, str], where: str) -> None:
    """Refuse what the first element says that a reader must understand beyond SBML's core."""
    needed = [
        name.removesuffix(":required")
        for name, value in attributes.items()
        if name.endswith(":required") and value in ("true", "1") and name != f"{_OWN}:required"
    ]
    if needed:
        given = f"the required SBML package '{needed[0]}'"
        allowed = "must be SBML core, without packages that change the maths"
        raise NetworkError(Mistake(where, given, allowed))


def _refuse_errors(document: libsbml.SBMLDocument, where: str) -> None:
    import libsbml

    found: dict[tuple[int, str], Mistake] = {}
    for place in range(document.getNumErrors()):
        error = document.getError(place)
        if error.getSeverity() >= libsbml.LIBSBML_SEV_ERROR:
            told = _told(error)
            mistake = Mistake(f"{where} (line {error.getLine()})", told, _rule(error))
            found.setdefault((error.getLine(), told), mistake)
    mistakes = list(found.values())
    if len(mistakes) > _MOST_MISTAKES:
        left = len(mistakes) - _MOST_MISTAKES
        mistakes = [*mistakes[:_MOST_MISTAKES], Mistake(where, f"{left} more", "must be valid SBML")]
    if mistakes:
        raise NetworkError(mistakes)


def _rule(error: libsbml.SBMLError) -> str:
    return f"must be valid SBML (rule {error.getErrorId()})"


def _told(error: libsbml.SBMLError, most: int = 240) -> str:
    """Return what is wrong here: libSBML's message is the rule, where that is written, and then the case."""
    lines = [line.strip() for line in error.getMessage().strip().splitlines() if line.strip()]
    case = lines[-1] if len(lines) > 1 and not lines[-1].startswith("Reference:") else ""
    if not case and lines and "attribute must be" in lines[0]:  # a rule that names its case
        case = lines[0].partition("core parameter ")[2] or lines[0]
    text = (case or error.getShortMessage() or "an error").split(".  ")[0].rstrip(". ")
    return text if len(text) <= most else f"{text[: most - 1]}…"
