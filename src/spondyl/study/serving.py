"""A local page of studies: a small server on this machine alone."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from spondyl.errors import DesignError, Mistake, StudyError
from spondyl.report.shelf_page import Page, shelf_page, study_page
from spondyl.study.shelf import glance, report_of, study_folders
from spondyl.study.shelf_scans import packed_scan, scans_on_shelf

LOOPBACK = "127.0.0.1"
_NAMES = ("127.0.0.1", "localhost")

Answer = tuple[HTTPStatus, str, bytes, str]
"""Status, kind, content, policy."""


class Shelf(ThreadingHTTPServer):
    """The server of the studies below a folder.

    Parameters
    ----------
    root : folder.
    host : address to listen on; other machines see the studies if it is not the loopback address.
    port : 0 takes a free one.
    """

    daemon_threads = True

    def __init__(self, root: Path, host: str = LOOPBACK, port: int = 0) -> None:
        self.root = root
        self.host = host
        self.reading = threading.Lock()
        super().__init__((host, port), _Handler)

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{self.host}:{self.server_address[1]}/"

    def answer(self, path: str) -> Answer:
        """Return the answer to a request; nothing but the studies' own pages and scans is reachable."""
        folders = study_folders(self.root)
        match [part for part in path.split("?", 1)[0].split("/") if part]:
            case []:
                return _page(shelf_page([glance(self.root, one).as_json() for one in folders.values()]))
            case ["state.json"]:
                return _json([glance(self.root, folder).as_json() for folder in folders.values()])
            case ["study", name] if name in folders:
                return self._study(name, folders[name])
            case ["study", name, "report"] if name in folders:
                return _report(folders[name])
            case ["study", name, "scan", number] if name in folders and number.isdigit():
                return self._scan(folders[name], int(number))
        return _plain(HTTPStatus.NOT_FOUND, "There is no such page.")

    def _study(self, name: str, folder: Path) -> Answer:
        scans, problem = [], ""
        try:
            scans = scans_on_shelf(folder)
        except StudyError as error:
            problem = str(error)
        return _page(study_page(glance(self.root, folder).as_json(), scans, f"/study/{name}/scan/", problem))

    def _scan(self, folder: Path, number: int) -> Answer:
        try:
            scan = scans_on_shelf(folder)[number]
            with self.reading:  # one large volume in memory at a time
                return _json(packed_scan(scan).as_json())
        except (StudyError, IndexError) as error:
            return _plain(HTTPStatus.NOT_FOUND, str(error) or "There is no such scan.")


def serve(root: Path, host: str, port: int, started: Callable[[str], None]) -> None:
    """Serve the studies below a folder until interrupted.

    Parameters
    ----------
    root, host, port : as for :class:`Shelf`.
    started : called with the address.

    Raises
    ------
    DesignError
        When the folder is none, holds no study, or the port is taken.
    """
    if not root.is_dir():
        raise DesignError(Mistake(str(root), "no such folder", "name a study folder, or one that holds some"))
    if not study_folders(root):
        raise DesignError(
            Mistake(str(root), "no study.toml in or below it", "make one with 'spondyl new DIR'")
        )
    try:
        shelf = Shelf(root, host, port)
    except OSError as error:
        where = f"--host {host} --port {port}"
        raise DesignError(Mistake(where, str(error.strerror or error), "choose another port")) from None
    with shelf:
        started(shelf.address)
        try:
            shelf.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            return


class _Handler(BaseHTTPRequestHandler):
    server: Shelf

    def do_GET(self) -> None:
        """Answer a request."""
        # A page of another site that resolves its own name to this machine must not read studies.
        host = self.headers.get("Host", "").rsplit(":", 1)[0]
        if self.server.host == LOOPBACK and host not in _NAMES:
            self._send(_plain(HTTPStatus.FORBIDDEN, "Only pages of this machine are answered."))
            return
        try:
            self._send(self.server.answer(self.path))
        except OSError as error:
            self._send(_plain(HTTPStatus.INTERNAL_SERVER_ERROR, f"The system refused: {error}"))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keep the terminal quiet."""

    def _send(self, answer: Answer) -> None:
        status, kind, content, policy = answer
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(content)


def _page(page: Page) -> Answer:
    return HTTPStatus.OK, "text/html; charset=utf-8", page.html.encode(), page.policy


def _report(folder: Path) -> Answer:
    found = report_of(folder)
    if found is None:
        return _plain(HTTPStatus.NOT_FOUND, "This study has no finished report yet.")
    return HTTPStatus.OK, "text/html; charset=utf-8", found.read_bytes(), ""  # its policy is in the page


def _json(thing: object) -> Answer:
    text = json.dumps(thing, ensure_ascii=False, allow_nan=False)
    return HTTPStatus.OK, "application/json; charset=utf-8", text.encode(), ""


def _plain(status: HTTPStatus, text: str) -> Answer:
    return status, "text/plain; charset=utf-8", text.encode(), ""
