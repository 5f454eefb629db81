"""Files that appear by rename: whole under their final name, or not there at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MARK = ".part-"


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` when the block ends well.

    The temporary path is a name only: the block makes a file or a folder there. A file replaces what was
    there before; a folder takes its place only when none is there yet.

    Parameters
    ----------
    path : final name; its parent folders are made.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "table.tsv"
    >>> with appearing(target) as part:
    ...     _ = part.write_text("animal")
    >>> target.read_text()
    'animal'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays last: some writers choose the format by it.
    part = path.with_name(f"{_MARK}{os.getpid()}-{secrets.token_hex(4)}-{path.name}")
    try:
        yield part
        if part.is_dir():
            _rename_folder(part, path)
        else:
            _flush(part)
            part.replace(path)
    finally:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            with suppress(FileNotFoundError):
                part.unlink()


def write_bytes(path: Path, content: bytes) -> Path:
    """Write `content` so that `path` is never seen half written."""
    with appearing(path) as part:
        part.write_bytes(content)
    return path


def write_text(path: Path, text: str) -> Path:
    """Write `text` as UTF-8 with Unix line ends so that `path` is never seen half written."""
    return write_bytes(path, text.encode("utf-8"))


def sweep(folder: Path) -> int:
    """Delete temporary files that a killed process left anywhere below `folder`; return how many."""
    left = list(folder.rglob(f"{_MARK}*")) if folder.is_dir() else []
    for path in left:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(left)


def _rename_folder(part: Path, path: Path) -> None:
    for inner in sorted(part.rglob("*")):
        if inner.is_file():
            _flush(inner)
    try:
        part.rename(path)
    except OSError:
        # Another worker finished the same folder first; its content has the same hash.
        if not path.is_dir():
            raise


def _flush(path: Path) -> None:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())
