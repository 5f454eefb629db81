"""Content hashes of raw data, and of anything that can be written as JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from spondyl import files

_CHUNK = 1 << 20


def digest(thing: Any) -> str:
    """Return the SHA-256 of `thing` written as canonical JSON.

    Examples
    --------
    >>> digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    True
    """
    text = json.dumps(thing, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, read in chunks."""
    sha = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            sha.update(chunk)
    return sha.hexdigest()


class Fingerprints:
    """Content hashes of raw data, remembered by path, size and time stamps.

    Parameters
    ----------
    memory : JSON file that keeps them between runs; may be deleted at any time.
    """

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._known: dict[str, list[Any]] = _load(memory)
        self._fresh = False

    def of(self, paths: Sequence[Path]) -> str:
        """Return one hash for the files of a scan: the file's own, or one of all names and contents."""
        if len(paths) == 1:
            return self._of_file(paths[0])
        return digest([[path.name, self._of_file(path)] for path in paths])

    def save(self) -> None:
        """Keep what was hashed for the next run."""
        if self._fresh:
            with suppress(OSError):  # a folder that cannot be written costs the next run time only
                files.write_text(self._memory, json.dumps(self._known, sort_keys=True))
            self._fresh = False

    def _of_file(self, path: Path) -> str:
        status = path.stat()
        stamp = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
        key = str(path.resolve())
        known = self._known.get(key)
        if isinstance(known, list) and known[:4] == stamp:
            return str(known[4])
        content = file_digest(path)
        self._known[key] = [*stamp, content]
        self._fresh = True
        return content


def _load(memory: Path) -> dict[str, list[Any]]:
    try:
        known = json.loads(memory.read_text("utf-8"))
    except (OSError, ValueError):
        return {}  # a lost or damaged memory costs time only
    return known if isinstance(known, dict) else {}
