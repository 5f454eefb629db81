"""One line of the validation table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One check: what, its truth and source, what was found, the tolerance, and whether it is met."""

    subject: str
    check: str
    truth: str
    found: str
    tolerance: str
    met: bool | None = None
    """None where there is no bar, as for a prediction."""


def number(
    subject: str,
    check: str,
    truth: float,
    found: float,
    *,
    relative: float = 0.0,
    absolute: float = 0.0,
    unit: str = "",
) -> Row:
    """Compare a number with its truth, within a relative or an absolute tolerance."""
    allowed = max(abs(truth) * relative, absolute)
    fine = relative < 1e-5
    tolerance = f"± {relative:g} of it" if fine else f"± {100 * relative:g} %"
    if absolute:
        tolerance = f"± {absolute:g} {unit}"
    digits, tail = (16 if fine and relative else 7), (f" {unit}" if unit else "")
    said, read = f"{truth:.{digits}g}{tail}", f"{found:.{digits}g}{tail}"
    return Row(subject, check, said, read, tolerance, abs(found - truth) <= allowed)


def below(subject: str, check: str, bar: float, found: float, unit: str) -> Row:
    """Hold a number against an upper bar."""
    return Row(subject, check, f"at most {bar:g} {unit}", f"{found:.3g} {unit}", "", found <= bar)
