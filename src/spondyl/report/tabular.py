"""Figures' numbers as tab-separated text."""

from __future__ import annotations

import math
import re

from spondyl.report.figures import Figure

# A spreadsheet would run such a text as a formula; a sign followed by plain words is a name like "+BMP-2".
_FORMULA = re.compile(r"[=@]|[+-].*[(|!]")


def tsv_of(figure: Figure) -> str:
    """Return the numbers of a figure: one header line, every digit of a number, nothing for a missing one."""
    lines = [figure.columns, *figure.rows]
    return "".join("\t".join(cell(value) for value in row) + "\n" for row in lines)


def cell(value: str | float | int) -> str:
    """Return one cell; tabs and line breaks in a text become spaces, a formula is made a text.

    Examples
    --------
    >>> cell("=1+1"), cell("+BMP-2"), cell(-0.25)
    ("'=1+1", '+BMP-2', '-0.25')
    """
    if isinstance(value, str):
        plain = re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", value)
        return f"'{plain}" if _FORMULA.match(plain.lstrip()) else plain
    if math.isnan(value):
        return ""
    return repr(float(value)) if isinstance(value, float) else str(value)
