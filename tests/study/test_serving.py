"""The local view: only its own pages and scans, only to this machine, live while a run is at work."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

import chromium
from small import make_small_study
from spondyl import study
from spondyl.errors import DesignError
from spondyl.study import serving, shelf
from spondyl.study.progress import BOARD, Board


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("shelf")
    study.run(make_small_study(root / "one", animals=2), workers=1)
    return root


@pytest.fixture
def root(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "shelf"))


@pytest.fixture
def server(root: Path) -> Iterator[serving.Shelf]:
    with serving.Shelf(root) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(server: serving.Shelf, path: str, host: str | None = None) -> tuple[int, bytes, dict[str, str]]:
    door = HTTPConnection("127.0.0.1", server.server_address[1], timeout=20)
    door.putrequest("GET", path, skip_host=True)
    door.putheader("Host", host or f"127.0.0.1:{server.server_address[1]}")
    door.endheaders()
    answer = door.getresponse()
    return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}


def the_study(server: serving.Shelf) -> dict[str, Any]:
    status, content, _ = ask(server, "/state.json")
    assert status == 200
    (only,) = json.loads(content)
    return dict(only)


def test_a_finished_study_stands_on_the_shelf_with_its_report(server: serving.Shelf) -> None:
    one = the_study(server)
    assert (one["title"], one["total"], one["done"], one["active"]) == ("Small study", 2, 2, False)
    status, page, headers = ask(server, "/")
    assert status == 200
    assert b"Small study" in page
    assert "default-src 'none'" in headers["content-security-policy"]
    status, report, _ = ask(server, f"/study/{one['id']}/report")
    assert status == 200
    assert b"Small study" in report


def test_scans_are_given_small(server: serving.Shelf) -> None:
    one = the_study(server)
    status, content, _ = ask(server, f"/study/{one['id']}/scan/0")
    scan = json.loads(content)
    assert (status, scan["animal"], scan["week"]) == (200, "sub-01", "8")
    assert max(scan["shape"]) == 28


@pytest.mark.parametrize(
    "path",
    ["/study/../one/study.toml", "/../../etc/passwd", "/study/000000000000", "/study/ID/scan/99",
     "/study/ID/scan/-1", "/study/ID/study.toml", "/one/study.toml", "//", "/study/ID/scan/%2e%2e"],
)  # fmt: skip
def test_nothing_else_is_reachable(server: serving.Shelf, path: str) -> None:
    status, content, _ = ask(server, path.replace("ID", the_study(server)["id"]))
    assert status == 404 or path == "//"
    assert b"[primary]" not in content


def test_other_names_of_this_machine_are_refused(server: serving.Shelf) -> None:
    for host in ("evil.example", "evil.example:80", ""):
        status, content, _ = ask(server, "/state.json", host or "x")
        assert (status, b"Small" in content) == (403, False)


def test_a_broken_study_stands_there_and_says_why(server: serving.Shelf, root: Path) -> None:
    (root / "one" / "study.toml").write_text("[study", "utf-8")
    one = the_study(server)
    assert "cannot be read" in one["title"]
    status, page, _ = ask(server, f"/study/{one['id']}")
    assert status == 200
    assert b"must be valid TOML" in page


def test_a_folder_without_studies_and_a_taken_port_are_refused(server: serving.Shelf, tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="no such folder"):
        serving.serve(tmp_path / "none", "127.0.0.1", 0, print)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DesignError, match="spondyl new"):
        serving.serve(tmp_path / "empty", "127.0.0.1", 0, print)
    with pytest.raises(DesignError, match="choose another port"):
        serving.serve(server.root, "127.0.0.1", server.server_address[1], print)


def test_deep_and_hidden_folders_are_not_looked_through(tmp_path: Path) -> None:
    for place in ("a/b/c/d/e/f", ".hidden", "a/b"):
        folder = tmp_path / place
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "study.toml").write_text("", "utf-8")
    assert list(shelf.study_folders(tmp_path).values()) == [tmp_path / "a" / "b"]


class Address:
    """An address where the browser expects a file."""

    def __init__(self, text: str) -> None:
        self.text = text

    def resolve(self) -> Address:
        return self

    def as_uri(self) -> str:
        return self.text


@pytest.mark.browser
def test_a_browser_sees_progress_live_and_scans_in_two_panes(
    server: serving.Shelf, root: Path, tmp_path: Path
) -> None:
    binary = chromium.find()
    if binary is None:
        pytest.skip("no Chromium was found on this machine")
    with chromium.Chromium(binary, tmp_path / "profile") as browser:
        browser.screen(1200, 800)
        browser.open(Address(server.address))  # type: ignore[arg-type]
        state = "document.querySelector('.state').textContent"
        wait = "new Promise(done => setTimeout(done, 1800))"
        browser.ask("new Promise(done => setTimeout(done, 300))")
        assert browser.ask(state) == "2 of 2 steps finished."
        board = Board(root / "one" / ".cache" / BOARD, "run-x", 3)
        board.note("sub-01", "week-08_microct", "failed", problem="lost")
        browser.ask(wait)
        assert browser.ask(state) == "1 of 1 steps finished, 1 failed."
        browser.open(Address(browser.ask("document.querySelector('h2 a').href")))  # type: ignore[arg-type]
        browser.ask(wait)
        told = browser.ask("[...document.querySelectorAll('.pane .told')].map(one => one.textContent)")
        if browser.ask("!!document.createElement('canvas').getContext('webgl2')"):
            assert told == [f"Group {arm} · voxels of 20 µm" for arm in "AB"]
        assert browser.complaints() == []
