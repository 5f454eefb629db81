"""Results of steps, stored under the hash of all that they depend on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spondyl import files
from spondyl.study.fingerprint import file_digest

SEAL = "seal.json"
"""File in which the hashes of a result stand."""


class Cache:
    """Folders of finished step results; each appears by rename and is sealed by the hashes of its files.

    Parameters
    ----------
    folder : the study's ``.cache``; may be deleted at any time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, study: Path) -> Cache:
        """Return the cache of a study folder."""
        return cls(study / ".cache")

    def path(self, step: str, key: str) -> Path:
        """Return where the result of `step` under `key` is or will be."""
        return self.folder / step / key

    def holds(self, step: str, key: str) -> bool:
        """Tell quickly whether a result is there, without reading it."""
        return (self.path(step, key) / SEAL).is_file()

    def find(self, step: str, key: str) -> Path | None:
        """Return the folder of a finished result, or None; a damaged one is deleted and counts as none."""
        entry = self.path(step, key)
        if not entry.is_dir():
            return None
        if _sealed(entry):
            return entry
        shutil.rmtree(entry, ignore_errors=True)
        return None

    @contextmanager
    def making(self, step: str, key: str) -> Iterator[Path]:
        """Yield an empty folder for a step's files; it is sealed and named when the block ends."""
        with files.appearing(self.path(step, key)) as part:
            part.mkdir(parents=True)
            yield part
            seal = {path.name: file_digest(path) for path in sorted(part.iterdir())}
            (part / SEAL).write_text(json.dumps(seal, sort_keys=True), "utf-8")


def _sealed(entry: Path) -> bool:
    try:
        seal = json.loads((entry / SEAL).read_text("utf-8"))
        return all(file_digest(entry / name) == content for name, content in seal.items())
    except (OSError, ValueError, AttributeError):
        return False
