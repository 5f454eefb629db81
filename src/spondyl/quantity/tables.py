"""Parameter tables: TOML with one table per parameter."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources.abc import Traversable
from typing import Any

from spondyl.errors import Mistake, ParameterError
from spondyl.quantity.parameter import Parameter
from spondyl.quantity.passport import parameter
from spondyl.quantity.textfile import read_text

_HEADER = re.compile(r"\s*\[\s*['\"]?([^\]'\"]+?)['\"]?\s*\]")
_KEY = re.compile(r"\s*['\"]?([\w-]+)['\"]?\s*=")


@dataclass(frozen=True, slots=True)
class Toml:
    """A TOML file that was read, and the line of each key.

    Parameters
    ----------
    name : how error messages call the file.
    content : what it holds.
    lines : line numbers by ``"table.key"``, ``"table."`` for the header itself.
    """

    name: str
    content: Mapping[str, Any]
    lines: Mapping[str, int]

    def where(self, table: str, key: str) -> str:
        """Say where a key is: file, key and, when it can be told, line."""
        line = self.lines.get(f"{table}.{key}") or self.lines.get(f"{table}.") or self.lines.get(f".{table}")
        place = f"{table}.{key}" if key else table
        return f"{self.name} › {place}" + (f" (line {line})" if line else "")


def load_table(
    source: Traversable | str, *, stage: str, references: Collection[str], name: str | None = None
) -> Mapping[str, Parameter]:
    """Read a table of parameters and check every passport.

    Parameters
    ----------
    source : a path, or the text itself.
    stage : the folder the table belongs to, e.g. ``"assay/microct"``.
    references : keys of the works that may be cited, e.g. what :func:`spondyl.quantity.references` returns.
    name : how error messages call the table; by default the file's name.

    Raises
    ------
    ParameterError
        With every mistake of the table: where, what was given, what is allowed, the nearest right word.

    Examples
    --------
    >>> text = '''
    ... [gap]
    ... value = 25.0
    ... unit = "um"
    ... low = 5.0
    ... high = 200.0
    ... meaning = "Assumed distance between granules."
    ... kind = "assumed"
    ... '''
    >>> load_table(text, stage="graft", references=())["gap"].value
    25.0
    """
    toml = read_toml(source, name)
    mistakes: list[Mistake] = []
    found: dict[str, Parameter] = {}
    for key, entry in toml.content.items():
        try:
            found[key] = parameter(key, entry, partial(toml.where, key), stage=stage, sources=references)
        except ParameterError as problem:
            mistakes.extend(problem.mistakes)
    if mistakes:
        raise ParameterError(mistakes)
    return found


def read_toml(source: Traversable | str, name: str | None = None) -> Toml:
    """Read TOML from a file, or from text.

    Raises
    ------
    ParameterError
        The file cannot be read, or its text is not TOML; a key given twice is such a mistake.
    """
    text = source if isinstance(source, str) else read_text(source)
    called = name or ("table" if isinstance(source, str) else source.name)
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        given = f"text that is not TOML ({problem})"
        raise ParameterError(Mistake(called, given, "must be TOML with each key once")) from None
    return Toml(called, content, _lines(text))


def _lines(text: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = header.group(1)
            lines.setdefault(f"{table}.", number)
        elif key := _KEY.match(line):
            lines.setdefault(f"{table}.{key.group(1)}", number)
    return lines
