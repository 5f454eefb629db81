"""The page: sections rendered into one HTML document that loads nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from markupsafe import Markup

from spondyl.report import views
from spondyl.report.material import Material
from spondyl.report.section import SECTIONS, Section
from spondyl.report.templates import environment


@dataclass(frozen=True, slots=True)
class Chapter:
    """One rendered section."""

    id: str
    title: str
    body: Markup


def page_of(material: Material) -> str:
    """Return the whole page as HTML."""
    style, script = asset("page.css"), asset("page.js") + asset("volumes.js")
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            story=material.story,
            first=views.answer(material),
            chapters=[_chapter(section, material) for section in SECTIONS],
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=_policy(style, script),
        )
    )


def _chapter(section: Section, material: Material) -> Chapter:
    if not section.possible(material):
        template, values = "absent.html.j2", _absent(section)
    else:
        template, values = section.template, section.view(material)
    body = environment().get_template(f"sections/{template}").render(story=material.story, **values)
    return Chapter(section.id, section.title, Markup(body))  # noqa: S704 - rendered with escaping on


def _absent(section: Section) -> Mapping[str, object]:
    return {"absent": section.absent}


def asset(name: str) -> str:
    """Return a style sheet or a script of ours."""
    return (files("spondyl.report.templates") / name).read_text("utf-8").replace("\r\n", "\n")


def _policy(style: str, script: str) -> str:
    # The browser itself refuses whatever the page does not carry: this is what makes "offline" provable.
    return (
        "default-src 'none'; img-src data:; "
        f"style-src 'sha256-{digest_of(style)}'; script-src 'sha256-{digest_of(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def digest_of(text: str) -> str:
    """Return the hash of a style sheet or script as a content security policy names it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
