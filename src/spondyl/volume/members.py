"""Which files make up a scan."""

from __future__ import annotations

import re
from pathlib import Path

_HEADERS = (".mha", ".mhd", ".nhdr", ".nrrd")
_DATA_FILE = re.compile(
    rb"^(?:ElementDataFile|data ?file)[ \t]*[=:][ \t]*(.+?)[ \t\r]*$", re.MULTILINE | re.IGNORECASE
)
_HEADER_BYTES = 1 << 18


def parts(path: Path) -> tuple[Path, ...]:
    """Return the files whose content is the scan at `path`, in a fixed order.

    A folder gives all its files, a header with detached data the header and its data file, anything else
    itself. Nothing is opened but headers, so a damaged scan has parts too.

    Raises
    ------
    OSError
        If `path` cannot be read.
    """
    if path.is_dir():
        return tuple(p for p in sorted(path.rglob("*")) if p.is_file() and not p.name.startswith(".part-"))
    if path.suffix.lower() not in _HEADERS:
        return (path,)
    with path.open("rb") as handle:
        named = _DATA_FILE.search(handle.read(_HEADER_BYTES))
    data = path.parent / Path(named[1].decode("latin-1")).name if named else path
    return (path, data) if data != path and data.is_file() else (path,)
