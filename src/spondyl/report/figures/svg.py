"""Drawings as SVG: looks are presentation attributes, so that the page's style sheet may override them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from spondyl.report.figures.drawing import Figure, Mark
from spondyl.report.templates import environment


def svg_of(figure: Figure) -> str:
    """Return a figure as a standalone SVG document; all of its text is escaped."""
    elements = [(mark, _attributes(mark)) for mark in figure.drawing.marks]
    template = environment().get_template("figure.svg.j2")
    return template.render(figure=figure, drawing=figure.drawing, elements=elements, theme=_theme())


def _attributes(mark: Mark) -> dict[str, str]:
    theme = _theme()
    looks = dict(theme["roles"][mark.role])
    if mark.arm is None:
        return {**mark.place, **looks, "class": mark.role}
    arm = mark.arm % len(theme["arms"])
    colour = theme["arms"][arm]
    looks["stroke"] = colour if mark.hollow or mark.tag == "path" else theme["paper"]
    if mark.role == "band":
        looks |= {"fill": colour, "stroke": "none"}
    elif mark.tag == "circle":
        looks["fill"] = theme["paper"] if mark.hollow else colour
    kind = " hollow" if mark.hollow else ""
    return {**mark.place, **looks, "class": f"{mark.role} arm-{arm}{kind}"}


@cache
def _theme() -> Mapping[str, Any]:
    text = (files("spondyl.report.figures") / "theme.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))
