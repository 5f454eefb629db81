"""Threads that share the slabs, planes or blocks of one kernel call."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

SMALL = 30_000
"""Nodes below which handing work to a second thread costs more than it saves."""


class Team:
    """A fixed number of threads; kernels release the interpreter and take a range of items.

    No result depends on how the items are shared out: each is worked on by one thread, alone. Threads of
    Python sleep while they wait, so that a busy machine is not made busier by waiting.

    Parameters
    ----------
    threads : number of threads, at least 1.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads - 1, "spondyl") if threads > 1 else None

    def run(self, kernel: Callable[..., Any], items: int, nodes: int, *arguments: Any) -> None:
        """Call ``kernel(part, first, last, *arguments)`` for parts that make up ``range(items)``."""
        parts = min(self.threads, items) if nodes >= SMALL else 1
        if self._pool is None or parts == 1:
            kernel(0, 0, items, *arguments)
            return
        cuts = [items * part // parts for part in range(parts + 1)]
        waiting = [
            self._pool.submit(kernel, part, cuts[part], cuts[part + 1], *arguments)
            for part in range(1, parts)
        ]
        kernel(0, 0, cuts[1], *arguments)
        for part in waiting:
            part.result()

    def close(self) -> None:
        """Let the threads go."""
        if self._pool is not None:
            self._pool.shutdown()
