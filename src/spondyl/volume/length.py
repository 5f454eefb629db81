"""Units of length as image files spell them."""

from __future__ import annotations

from spondyl.errors import Mistake, ScanError

_MM = {
    **dict.fromkeys(("m", "meter", "metre"), 1e3),
    **dict.fromkeys(("cm", "centimeter", "centimetre"), 10.0),
    **dict.fromkeys(("mm", "millimeter", "millimetre"), 1.0),
    **dict.fromkeys(("um", "µm", "μm", "micron", "microns", "micrometer", "micrometre"), 1e-3),
    **dict.fromkeys(("nm", "nanometer", "nanometre"), 1e-6),
    **dict.fromkeys(("inch", "in"), 25.4),
}


def known_length(unit: str) -> bool:
    """Tell whether `unit` is a unit of length."""
    return unit.strip().lower().removesuffix("s") in _MM or unit.strip().lower() in _MM


def to_mm(where: str, unit: str) -> float:
    """Return how many mm one `unit` is.

    Raises
    ------
    ScanError
        If it is no unit of length.

    Examples
    --------
    >>> to_mm("a.nrrd", "um")
    0.001
    """
    word = unit.strip().lower()
    if not known_length(unit):
        raise ScanError(Mistake(where, f"the unit of length {unit!r}", "must be m, cm, mm, um, nm or inch"))
    return _MM.get(word, _MM.get(word.removesuffix("s"), 0.0))
