"""Small text files that people write: found, not too large, UTF-8."""

from __future__ import annotations

from importlib.resources.abc import Traversable

from spondyl.errors import Mistake, ParameterError

_LARGEST_BYTES = 4_000_000


def read_text(path: Traversable) -> str:
    """Read a table or a bibliography as UTF-8.

    Raises
    ------
    ParameterError
        No such file, not readable, more than 4 MB, or not UTF-8.
    """
    where = str(path)
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except OSError as problem:
        raise ParameterError(
            Mistake(where, problem.strerror or "no file", "must be a readable file")
        ) from None
    if len(content) > _LARGEST_BYTES:
        raise ParameterError(Mistake(where, "more than 4 MB", "must be a small text file"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        given = f"byte {problem.start} that is not UTF-8"
        raise ParameterError(Mistake(where, given, "save the file as UTF-8 text")) from None
