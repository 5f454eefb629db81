"""A real browser opens the page: no complaint, no request, everything visible, keys work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import chromium
import stories
from spondyl import report

pytestmark = pytest.mark.browser

UNSEEN = """[...document.querySelectorAll("img, svg")].filter(part => {
  const box = part.getBoundingClientRect();
  const loaded = part.tagName !== "IMG" || (part.complete && part.naturalWidth > 0);
  return !(loaded && box.width > 0 && box.height > 0 && part.checkVisibility());
}).length"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    binary = chromium.find()
    if binary is None:
        pytest.skip("no Chromium was found on this machine")
    with chromium.Chromium(binary, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    return report.write(stories.with_losses(stories.three(folder)), folder)


@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1280, 800, "light"), (1280, 800, "dark"), (390, 844, "light")]
)
def test_the_page_is_whole_and_silent(browser: Any, page: Path, width: int, height: int, scheme: str) -> None:
    browser.screen(width, height, scheme)
    browser.open(page)
    assert browser.complaints() == []
    assert browser.requests() == []
    assert browser.ask("document.querySelectorAll('img').length") == 24
    assert browser.ask("document.querySelectorAll('svg').length") >= 7
    assert browser.ask(UNSEEN) == 0
    assert browser.ask("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_answer_and_its_figure_are_on_the_first_screen(browser: Any, page: Path) -> None:
    browser.screen(1280, 800)
    browser.open(page)
    for part in ("#answer h2", "#answer figure svg"):
        bottom = browser.ask(f"document.querySelector('{part}').getBoundingClientRect().bottom")
        assert 0 < bottom <= 800


def test_dark_screens_get_dark_paper_and_light_ink(browser: Any, page: Path) -> None:
    browser.screen(1280, 800, "dark")
    browser.open(page)
    ink = "getComputedStyle(document.querySelector('#answer svg .label')).fill"
    assert browser.ask(ink) == "rgb(236, 234, 230)"
    assert browser.ask("getComputedStyle(document.body).backgroundColor") == "rgb(19, 21, 24)"


def test_a_picture_is_enlarged_and_closed_by_keyboard(browser: Any, page: Path) -> None:
    browser.screen(1280, 800)
    browser.open(page)
    browser.ask("document.querySelector('button.slice').focus()")
    browser.ask("document.activeElement.click()")
    assert browser.ask("document.querySelector('dialog').open")
    assert browser.ask("document.querySelector('dialog img').getBoundingClientRect().width") > 600
    first = browser.ask("document.querySelector('dialog .legend').textContent")
    browser.press("ArrowRight", 39)
    assert browser.ask("document.querySelector('dialog .legend').textContent") != first
    browser.press("Escape", 27)
    assert not browser.ask("document.querySelector('dialog').open")
    assert browser.ask("document.activeElement.className") == "slice"
    assert browser.complaints() == []


def test_methods_can_be_copied(browser: Any, page: Path) -> None:
    browser.open(page)
    browser.ask("document.querySelector('#methods button.copy').click()")
    told = browser.ask(
        "new Promise(done => setTimeout(done, 300))"
        ".then(() => document.querySelector('#methods .told').textContent)"
    )
    assert told == "Copied"


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        ("<main>", '<main><img src="data:image/png;base64,AAAA" width="9" height="9" alt="x">', "unseen"),
        ("<main>", '<main><script src="https://example.invalid/x.js"></script>', "complaint"),
        ('"use strict";', 'console.error("broken");', "complaint"),
        ('"use strict";', 'throw new Error("broken");', "complaint"),
        ("</style>", " svg { display: none }</style>", "unseen"),
    ],
)
def test_a_broken_page_is_caught(
    browser: Any, page: Path, tmp_path: Path, before: str, after: str, seen: str
) -> None:
    text = page.read_text("utf-8")
    assert before in text
    # Without its policy, a changed script or style would be stopped before it could do harm.
    opened = text.replace('http-equiv="Content-Security-Policy"', 'name="policy"').replace(before, after, 1)
    broken = tmp_path / "broken.html"
    broken.write_text(opened, "utf-8")
    browser.open(broken)
    found = {"complaint": browser.complaints(), "unseen": browser.ask(UNSEEN), "request": browser.requests()}
    assert found[seen]


def test_a_request_is_noticed_and_the_policy_stops_it(browser: Any, page: Path, tmp_path: Path) -> None:
    text = page.read_text("utf-8").replace(
        "<main>", '<main><img src="https://example.invalid/x.png" alt="x">', 1
    )
    guarded, open_door = tmp_path / "guarded.html", tmp_path / "open.html"
    guarded.write_text(text, "utf-8")
    open_door.write_text(text.replace('http-equiv="Content-Security-Policy"', 'name="policy"'), "utf-8")
    browser.open(open_door)
    assert browser.requests() == ["https://example.invalid/x.png"]
    browser.open(guarded)
    assert browser.refused() == ["csp"]
    assert any("Content Security Policy" in complaint for complaint in browser.complaints())


def test_markup_in_texts_does_nothing(browser: Any, tmp_path: Path) -> None:
    browser.open(report.write(stories.hostile(stories.with_losses(stories.clear(tmp_path))), tmp_path))
    assert browser.complaints() == []
    assert browser.requests() == []
    assert browser.ask(UNSEEN) == 0
    assert browser.ask("document.scripts.length") == 1


LIGHT = """(pane => {
  const held = new Uint8Array(4 * pane.width * pane.height);
  const gl = pane.getContext("webgl2");
  gl.readPixels(0, 0, pane.width, pane.height, gl.RGBA, gl.UNSIGNED_BYTE, held);
  return held.reduce((sum, value) => sum + value, 0);
})(document.querySelectorAll("#volumes canvas")[PANE])"""
STILL = "new Promise(done => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 300))"


def test_the_bone_turns_and_is_cut_in_both_panes(browser: Any, tmp_path: Path) -> None:
    page = report.write(stories.with_volumes(stories.three(tmp_path), tmp_path), tmp_path)
    browser.screen(1280, 800)
    browser.open(page)
    browser.ask(STILL)
    if not browser.ask("!!document.querySelector('#volumes canvas').getContext('webgl2')"):
        pytest.skip("this Chromium offers no WebGL 2")
    before = [browser.ask(LIGHT.replace("PANE", str(place))) for place in (0, 1)]
    assert min(before) > 0
    browser.ask("document.querySelector('#volumes canvas').focus()")
    browser.press("+", 187)
    browser.ask(STILL)
    closer = [browser.ask(LIGHT.replace("PANE", str(place))) for place in (0, 1)]
    assert all(after > 1.1 * light for after, light in zip(closer, before, strict=True))
    browser.ask(
        "(dial => { dial.value = 0.5; dial.dispatchEvent(new Event('input')); })"
        "(document.querySelector('#volumes [data-view=cut]'))"
    )
    browser.ask(STILL)
    cut = [browser.ask(LIGHT.replace("PANE", str(place))) for place in (0, 1)]
    assert all(after != light for after, light in zip(cut, closer, strict=True))
    assert browser.complaints() == []
    assert browser.requests() == []
