"""Jinja as the report uses it: every text is escaped, every missing name is an error."""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_RAISED = "\u207b\u207a\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
_LOWERED = "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089"
_LEVEL = str.maketrans(_RAISED + _LOWERED, "\u2212+01234567890123456789")

_HYPHENED = re.compile(r"(?<![\w-])([^\W\d_]-[^\W\d_]+)")


@cache
def environment() -> Environment:
    """Return the environment that reads this folder, with ``typeset``, ``whole`` and ``markdown``."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader("spondyl.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["typeset"] = typeset
    found.filters["whole"] = whole
    found.filters["markdown"] = markdown
    return found


def typeset(text: object) -> Markup:
    """Escape a text and set raised and lowered digits as HTML superscripts and subscripts.

    Examples
    --------
    >>> str(typeset("mm\u207b\u00b9 <b>"))
    'mm<sup>−1</sup> &lt;b&gt;'
    """
    from markupsafe import Markup, escape

    parts = []
    for level, letters in groupby(str(text), key=_level):
        part = "".join(letters)
        plain = escape(part.translate(_LEVEL) if level else part)
        parts.append(Markup("<{0}>{1}</{0}>").format(level, plain) if level else plain)
    return Markup("").join(parts)


def whole(text: object) -> Markup:
    """Typeset a text whose words with a hyphen behind a single letter are not broken there.

    Examples
    --------
    >>> str(whole("a t-test"))
    'a <span class="whole">t-test</span>'
    """
    from markupsafe import Markup

    parts = _HYPHENED.split(str(text))  # what is between such words, and every second time one of them
    tied = Markup('<span class="whole">{}</span>')
    return Markup("").join(
        tied.format(typeset(part)) if number % 2 else typeset(part) for number, part in enumerate(parts)
    )


def markdown(text: str) -> Markup:
    """Render Markdown; HTML in it is escaped, and it can neither link nor load anything."""
    from markdown_it import MarkdownIt
    from markupsafe import Markup

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.disable(["image", "link", "autolink", "reference", "html_inline", "html_block"])
    rendered = str(reader.render(text))
    # The page has its own h1 and h2, so the text's headings begin below them.
    deeper = re.sub(r"<(/?)h([1-6])>", lambda tag: f"<{tag[1]}h{min(int(tag[2]) + 2, 6)}>", rendered)
    return Markup(deeper)  # noqa: S704 - rendered by markdown-it with HTML off


def _level(letter: str) -> str:
    return "sup" if letter in _RAISED else "sub" if letter in _LOWERED else ""
