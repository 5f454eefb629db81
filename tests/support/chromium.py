"""Headless Chromium over its DevTools pipe: open a page, ask it questions, hear what it complains about."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)


def find() -> str | None:
    """Return the path of a Chromium, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Chromium:
    """One browser with one page. DevTools speaks JSON ended by NUL on file descriptors 3 and 4."""

    def __init__(self, binary: str, profile: Path, patience: float = 60.0) -> None:
        self.patience = patience
        self.events: list[dict[str, Any]] = []
        self._last, self._buffer, self._session = 0, b"", None
        commands, self._out = os.pipe()
        self._in, answers = os.pipe()

        def wire() -> None:
            # Moved high first, so that neither descriptor overwrites the other.
            high_commands, high_answers = os.dup(commands), os.dup(answers)
            os.dup2(high_commands, 3)
            os.dup2(high_answers, 4)

        self._process = subprocess.Popen(
            [binary, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=wire,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        target = next(t for t in self._targets() if t["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)

    def __enter__(self) -> Chromium:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command and return its result."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        reply = self._until(lambda found: found.get("id") == message["id"])
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']}")
        return dict(reply["result"])

    def open(self, page: Path) -> None:
        """Load a file, wait until it is still, and forget earlier events."""
        self.events.clear()
        self.call("Page.navigate", url=page.resolve().as_uri())
        self._until(lambda found: found.get("method") == "Page.loadEventFired")
        self.ask("new Promise(done => setTimeout(done, 200))")

    def ask(self, script: str) -> Any:
        """Return the value of a script, after its promise is kept."""
        found = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in found:
            raise RuntimeError(str(found["exceptionDetails"]))
        return found["result"].get("value")

    def press(self, key: str, code: int) -> None:
        """Press and release a key."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def screen(self, width: int, height: int, scheme: str = "light") -> None:
        """Set the size of the screen and the preferred colour scheme."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)

    def picture(self, path: Path, whole: bool = False) -> None:
        """Save what the screen shows, or the whole page, as PNG."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def complaints(self) -> list[str]:
        """Return console errors and warnings, exceptions and log entries since the page was opened."""
        said = []
        for event in self.events:
            method, detail = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                said.append(f"exception: {detail['exceptionDetails']['text']}")
            if method == "Log.entryAdded" and "GL Driver Message" not in detail["entry"]["text"]:
                said.append(f"log: {detail['entry']['text']}")
            if method == "Runtime.consoleAPICalled" and detail["type"] in {"error", "warning", "assert"}:
                said.append(f"console: {detail['args']}")
        return said

    def requests(self) -> list[str]:
        """Return every address the page asked for, even in vain, but for the page itself and data in it."""
        asked = [e["params"] for e in self.events if e.get("method") == "Network.requestWillBeSent"]
        documents = [
            p for p in asked if p.get("type") != "Document" and not p["request"]["url"].startswith("data:")
        ]
        return [str(p["request"]["url"]) for p in documents]

    def refused(self) -> list[str]:
        """Return why requests were stopped before they left, e.g. ``csp``."""
        failed = [e["params"] for e in self.events if e.get("method") == "Network.loadingFailed"]
        return [p.get("blockedReason", "") for p in failed]

    def _targets(self) -> list[Mapping[str, Any]]:
        return list(self.call("Target.getTargets")["targetInfos"])

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        end = time.monotonic() + self.patience
        while True:
            while b"\0" not in self._buffer:
                ready, _, _ = select.select([self._in], [], [], max(end - time.monotonic(), 0))
                part = os.read(self._in, 1 << 20) if ready else b""
                if not part:
                    raise TimeoutError(f"Chromium did not answer within {self.patience:g} s")
                self._buffer += part
            line, self._buffer = self._buffer.split(b"\0", 1)
            message = json.loads(line)
            self.events.append(message)
            if wanted(message):
                return dict(message)
