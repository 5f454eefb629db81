"""Pages of the local view: the shelf of studies, and one study with its scans."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from spondyl.report.page import asset, digest_of
from spondyl.report.rows import natural, week_text
from spondyl.report.story import ScanVolume
from spondyl.report.templates import environment


@dataclass(frozen=True, slots=True)
class Page:
    """A page and the policy it is sent with."""

    html: str
    policy: str


def shelf_page(studies: Sequence[Mapping[str, Any]]) -> Page:
    """Return the page that lists studies.

    Parameters
    ----------
    studies : of each id, name, title, question, active, done, failed, total, running, reported.
    """
    return _page("shelf.html.j2", ("shelf.js",), studies=studies)


def study_page(
    study: Mapping[str, Any], scans: Sequence[ScanVolume], address: str, problem: str = ""
) -> Page:
    """Return the page of one study.

    Parameters
    ----------
    study : as in :func:`shelf_page`.
    scans : that may be shown.
    address : of a scan, but for its number.
    problem : why there are no scans to show, or nothing.
    """
    listed = [
        {
            "animal": scan.animal,
            "label": scan.label,
            "week": week_text(scan.week),
            "url": f"{address}{number}",
        }
        for number, scan in sorted(enumerate(scans), key=lambda pair: (natural(pair[1].animal), pair[1].week))
    ]
    animals = {one["animal"]: one["label"] for one in listed}
    names = list(animals)
    second = next((name for name in names if animals[name] != animals[names[0]]), names[-1]) if names else ""
    text = json.dumps(listed, separators=(",", ":")).replace("<", "\\u003c")
    return _page(
        "shelf_study.html.j2",
        ("shelf.js", "volumes.js"),
        study=study,
        problem=problem,
        animals=animals,
        firsts=(names[0], second) if names else (),
        left=0,
        data=Markup(text),  # noqa: S704 - JSON without "<"
    )


def _page(template: str, scripts: Sequence[str], **values: object) -> Page:
    style, script = asset("page.css"), "".join(map(asset, scripts))
    html = (
        environment().get_template(template).render(style=Markup(style), script=Markup(script), **values)  # noqa: S704 - our own files
    )
    policy = (
        "default-src 'none'; img-src data:; connect-src 'self'; "
        f"style-src 'sha256-{digest_of(style)}'; script-src 'sha256-{digest_of(script)}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Page(html, policy)
