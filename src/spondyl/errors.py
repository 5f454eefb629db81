"""Every error Spondyl raises on purpose, on one page.

A mistake in what a person gave (a file, a setting, an option) is a :class:`StudyError`. It carries *all*
mistakes found in that file at once, each saying where it is, what was given, what is allowed and, where it
helps, the nearest right word. The command line prints them and exits with code 2.

``SpondylError``
    ``StudyError``           the user's files or settings; exit code 2
        ``QuantityError``    a number or a unit
        ``ParameterError``   a parameter table or its sources
        ``ScanError``        an image file, its header, or a mask
        ``DesignError``      ``study.toml``, ``animals.tsv`` or the study folder
        ``MeasurementError`` raw data that cannot be measured as asked
        ``MechanicsError``   a model that cannot be loaded or solved as asked
        ``GraftError``       a graft that cannot be mixed or packed as asked
        ``ComparisonError``  groups that cannot be compared as declared
        ``NetworkError``     an SBML file, or a network that cannot be integrated as asked
        ``CultureError``     cells that cannot be cultured as asked
        ``DonorError``       a donor, a culture or a dose that cannot be
        ``VertebraError``    a vertebra that cannot be made, injured or taken from a scan as asked
        ``TransportError``   fields that cannot diffuse, migrate or react as asked
        ``HealingError``     healing that cannot be simulated as asked
            ``HealingStopped``   a run of healing that went wrong on the way; it carries what was good
        ``InstrumentError``  a virtual instrument that cannot record what it is given
    ``AnimalsFailed``        a run that finished, some animals failed; exit code 3
    ``Busy``                 another run holds the study folder; exit code 2
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong, in the one grammar of argument errors.

    Parameters
    ----------
    where : file, file and row, or key, e.g. ``study.toml › microct.threshold``.
    given : what was found there, e.g. ``"ostu"``.
    allowed : what it must be, and so the remedy, e.g. ``a number or 'otsu'``.
    nearest : the right word that was probably meant.

    Examples
    --------
    >>> print(Mistake("study.toml › primary.test", "'anovva'", "must be parametric or rank"))
    study.toml › primary.test: found 'anovva'; must be parametric or rank.
    """

    where: str
    given: str
    allowed: str
    nearest: str | None = None

    def __str__(self) -> str:
        meant = f" Did you mean '{self.nearest}'?" if self.nearest else ""
        return f"{self.where}: found {self.given}; {self.allowed}.{meant}"


def nearest_word(word: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed word closest to `word`, or None when nothing is close.

    Examples
    --------
    >>> nearest_word("treshold", ["threshold", "gaussian"])
    'threshold'
    """
    close = get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return close[0] if close else None


class SpondylError(Exception):
    """Anything Spondyl raises on purpose."""

    exit_code = 1


class StudyError(SpondylError):
    """The user's files or settings are wrong; every mistake of the file is listed.

    Parameters
    ----------
    mistakes : one mistake, or all of them.
    """

    exit_code = 2

    def __init__(self, mistakes: Mistake | Sequence[Mistake]) -> None:
        self.mistakes: tuple[Mistake, ...] = (mistakes,) if isinstance(mistakes, Mistake) else tuple(mistakes)
        if not self.mistakes:
            raise ValueError("a StudyError needs at least one Mistake")
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))

    def __reduce__(self) -> tuple[type[StudyError], tuple[tuple[Mistake, ...]]]:
        return type(self), (self.mistakes,)


class QuantityError(StudyError):
    """A number is not a number, or its unit is missing, unknown or of the wrong kind."""


class ParameterError(StudyError):
    """A parameter table or its sources are incomplete or out of range."""


class ScanError(StudyError):
    """An image file cannot be read as a volume, or its header contradicts itself."""


class DesignError(StudyError):
    """The study file, the animal table or the study folder is wrong."""


class MeasurementError(StudyError):
    """The raw data cannot be measured as asked."""


class MechanicsError(StudyError):
    """A model cannot be loaded or solved as asked: its stiffness, its supports or its size."""


class GraftError(StudyError):
    """A graft cannot be mixed or packed as asked: its recipe, or the space it is given."""


class ComparisonError(StudyError):
    """The groups cannot be compared as declared."""


class NetworkError(StudyError):
    """An SBML file cannot be read as a network, or a network cannot be integrated as asked."""


class CultureError(StudyError):
    """Cells cannot be cultured as asked: their number, their vessel, its medium or the days."""


class DonorError(StudyError):
    """A donor, the culture of its cells or a dose cannot be as asked."""


class VertebraError(StudyError):
    """A vertebra cannot be made, injured or taken from a scan as asked."""


class TransportError(StudyError):
    """Fields cannot diffuse, migrate or react as asked: their values, their shapes, or the days."""


class HealingError(StudyError):
    """Healing cannot be simulated as asked."""


class HealingStopped(HealingError):
    """A state went wrong on the way, or mechanics did not converge; what was good until then is kept.

    Parameters
    ----------
    mistakes : one mistake, or all of them.
    course : :class:`spondyl.healing.HealingCourse` up to the last good day, which is its last follow-up; lost
        when the error is sent to another process.
    """

    def __init__(self, mistakes: Mistake | Sequence[Mistake], course: Any = None) -> None:
        super().__init__(mistakes)
        self.course = course


class InstrumentError(StudyError):
    """A virtual instrument cannot record what it is given as asked."""


class Busy(StudyError):
    """Another run holds this study folder."""


class AnimalsFailed(SpondylError):
    """A run finished and its report was written, but some animals failed."""

    exit_code = 3
