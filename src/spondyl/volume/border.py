"""The border to the format libraries: whatever they raise or print becomes one message, or nothing."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from spondyl.errors import Mistake, ScanError

_LIBRARIES = ("nibabel", "pydicom", "tifffile", "nrrd", "zarr")
_LONGEST = 300


@contextmanager
def border(path: Path) -> Iterator[None]:
    """Turn any failure of a library while it reads `path` into a :class:`ScanError`, and keep it quiet.

    Raises
    ------
    ScanError
        Naming the file, the library's first words, and a remedy.
    """
    quiet = [(logger, logger.disabled) for logger in map(logging.getLogger, _LIBRARIES)]
    for logger, _ in quiet:
        logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except ScanError as refused:
        raise ScanError([_printable(mistake) for mistake in refused.mistakes]) from refused.__cause__
    except OSError as failure:
        given = failure.strerror or str(failure)
        raise ScanError(Mistake(str(path), given[:_LONGEST], "must be readable and whole")) from failure
    except Exception as failure:  # a parser given hostile bytes may raise anything
        words = " ".join(f"{type(failure).__name__}: {failure}".split())[:_LONGEST]
        given = f"something its format does not allow ({words})"
        raise ScanError(_printable(Mistake(str(path), given, "export the file again"))) from failure
    finally:
        for logger, disabled in quiet:
            logger.disabled = disabled


def _printable(mistake: Mistake) -> Mistake:
    """Shorten what a hostile header may have put into a message, and take its control characters away."""
    given = mistake.given if len(mistake.given) <= _LONGEST else mistake.given[:_LONGEST] + "…"
    where, given = ("".join(c if c.isprintable() else "�" for c in text) for text in (mistake.where, given))
    return replace(mistake, where=where, given=given)
