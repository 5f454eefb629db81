"""Small text files that people write: found, not too large, UTF-8."""

from __future__ import annotations

from importlib.resources.abc import Traversable

from spondyl.errors import Mistake, ParameterError, StudyError


def read_text(
    path: Traversable,
    kind: type[StudyError] = ParameterError,
    *,
    most_mb: int = 4,
    remedy: str = "must be a readable file",
) -> str:
    """Read a table, a bibliography or a study file as UTF-8.

    Parameters
    ----------
    path : the file.
    kind : error that is raised.
    most_mb : size, MB, beyond which nothing more is read and the file is refused.
    remedy : what to do when there is no such file.

    Raises
    ------
    StudyError
        Of that kind: no such file, not readable, too large, or not UTF-8.
    """
    where = str(path)
    try:
        with path.open("rb") as file:
            content = file.read(most_mb * 1_000_000 + 1)
    except OSError as problem:
        raise kind(Mistake(where, problem.strerror or "no file", remedy)) from None
    if len(content) > most_mb * 1_000_000:
        raise kind(Mistake(where, f"more than {most_mb} MB", "must be a small text file"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        given = f"byte {problem.start} that is not UTF-8"
        raise kind(Mistake(where, given, "save the file as UTF-8 text")) from None
