"""Numbers as a journal prints them: significant digits by uncertainty, true minus, thin spaces."""

from __future__ import annotations

import math

MINUS = "\u2212"
THIN = "\u202f"
MISSING = "\u2013"

_MOST_DECIMALS = 6
_SUPERSCRIPT = str.maketrans(
    "-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
)


def decimals_for(uncertainty: float) -> int | None:
    """Return the decimals that show an uncertainty with two significant digits; None if it has none.

    Examples
    --------
    >>> decimals_for(1.53), decimals_for(0.0153), decimals_for(240.0)
    (1, 3, 0)
    """
    if not math.isfinite(uncertainty) or uncertainty <= 0:
        return None
    return min(max(1 - math.floor(math.log10(uncertainty)), 0), _MOST_DECIMALS)


def number(value: float, decimals: int | None = None, *, signed: bool = False) -> str:
    """Print one number; at most four significant digits when no decimals are given, a dash for NaN.

    Examples
    --------
    >>> number(-10.94, 1)
    '−10.9'
    >>> number(12345.6, 0)
    '12\u202f346'
    >>> number(float("nan"))
    '–'
    """
    if not math.isfinite(value):
        return MISSING
    places = _free_decimals(value) if decimals is None else decimals
    if value != 0 and (abs(value) >= 1e7 or round(abs(value), _MOST_DECIMALS) == 0):
        return _scientific(value, signed)
    whole, _, fraction = f"{abs(value):.{places}f}".partition(".")
    text = _grouped(whole) + (f".{fraction}" if fraction else "")
    return _sign(value, text, signed) + text


def p_value(p: float, alpha: float = 0.05) -> str:
    """Print a p value: ``p = 0.012``, ``p < 0.001``; never rounded onto `alpha`.

    Examples
    --------
    >>> p_value(0.0004).replace("\u00a0", " ")
    'p < 0.001'
    """
    gap = "\u00a0"
    if not math.isfinite(p):
        return f"p{gap}{MISSING}"
    if p < 0.001:
        return f"p{gap}<{gap}0.001"
    if p > 0.99:
        return f"p{gap}>{gap}0.99"
    places = 2 if p >= 0.1 else 3
    while places < _MOST_DECIMALS and p != alpha and round(p, places) == round(alpha, places):
        places += 1
    return f"p{gap}={gap}{p:.{places}f}"


def percent(fraction: float) -> str:
    """Print a coverage such as 0.95 as ``95 %``."""
    return f"{100 * fraction:.6g}{THIN}%"


def _free_decimals(value: float) -> int:
    if value == 0:
        return 0
    most = min(max(3 - math.floor(math.log10(abs(value))), 0), _MOST_DECIMALS)
    return len(f"{value:.{most}f}".rstrip("0").partition(".")[2])


def _scientific(value: float, signed: bool) -> str:
    mantissa, exponent = f"{abs(value):.3e}".split("e")
    text = f"{mantissa}{THIN}\u00d7{THIN}10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    return _sign(value, text, signed) + text


def _grouped(whole: str) -> str:
    # Five digits and more are grouped, as the SI brochure asks.
    return f"{int(whole):,}".replace(",", THIN) if len(whole) > 4 else whole


def _sign(value: float, text: str, signed: bool) -> str:
    if not any(digit in text for digit in "123456789"):
        return ""
    if value < 0:
        return MINUS
    return "+" if signed else ""
