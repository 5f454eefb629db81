"""The steps of a run on a Dask cluster whose workers see the study folder."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from spondyl import __version__, files
from spondyl.errors import DesignError, Mistake
from spondyl.study.workers import OVER, Outcome, Then, guarded, nothing

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds within which a scheduler must answer, and have a worker."""

AHEAD = 2
"""Steps handed out for each thread of the cluster: memory does not grow with the study."""

LOST = "the cluster was lost while this was at work; the same command goes on."


def cluster_crew(address: str, until: float = math.inf) -> Callable[..., Iterator[Outcome[Any]]]:
    """Return what does the steps on a cluster; see :func:`spondyl.study.workers.run_all`.

    Parameters
    ----------
    address : of the scheduler, such as ``tcp://node1:8786``.
    until : moment of the monotonic clock after which nothing more is handed out.

    Raises
    ------
    DesignError
        When Dask is not installed.
    """
    try:
        import distributed  # noqa: F401
    except ImportError:
        given, remedy = "a cluster, but Dask is not installed", "pip install 'spondyl[dask]'"
        raise DesignError(Mistake("--dask", given, remedy)) from None
    return partial(_run, address=address, until=until)


def _run(
    work: Callable[[T], None],
    tasks: Sequence[T],
    started: Callable[[T], None],
    address: str,
    until: float,
    then: Then[T] = nothing,
) -> Iterator[Outcome[T]]:
    if not tasks:
        return
    client = _client(address)
    try:
        _refuse_strangers(client, tasks[0])
        yield from _handed_out(client, work, tasks, started, until, then)
    finally:
        client.close(timeout=PATIENCE)


def _handed_out(
    client: Any,
    work: Callable[[T], None],
    tasks: Sequence[T],
    started: Callable[[T], None],
    until: float,
    then: Then[T],
) -> Iterator[Outcome[T]]:
    """Hand out tasks as others end; a worker that dies has its tasks done again by another."""
    from distributed import as_completed

    waiting = list(reversed(tasks))
    running: dict[str, T] = {}
    futures = as_completed(loop=client.loop)

    def fill() -> Iterator[Outcome[T]]:
        room = AHEAD * max(sum(client.nthreads().values()), 1)
        while waiting and len(running) < room:
            task = waiting.pop()
            if time.monotonic() >= until:
                yield Outcome(task, OVER, begun=False)
                continue
            started(task)
            future = client.submit(guarded, work, task, pure=False)
            running[future.key] = task
            futures.add(future)

    try:
        yield from fill()
        for future in futures:
            task = running.pop(future.key)
            outcome = _outcome(future, task)
            yield outcome
            waiting.extend(reversed(then(outcome)))
            yield from fill()
    except (OSError, TimeoutError):
        for task in [*running.values(), *reversed(waiting)]:
            yield Outcome(task, LOST)


def _outcome(future: Any, task: T) -> Outcome[T]:
    if future.status == "finished":
        ended = future.result()
        # The task came back over the wire: the caller knows its own.
        return Outcome(task, ended.problem, ended.trace)
    if future.status == "cancelled":
        return Outcome(task, LOST)
    error = future.exception()
    if type(error).__name__ == "KilledWorker":
        died = "every worker that took it died; most often memory ran out. Give workers more memory."
        return Outcome(task, died)
    return Outcome(task, f"an internal error ({type(error).__name__}: {error})")


def _client(address: str) -> Any:
    from distributed import Client

    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        given = f"{address!r}, where no scheduler answered ({type(error).__name__})"
        remedy = "start one with 'dask scheduler' and give its address, such as tcp://host:8786"
        raise DesignError(Mistake("--dask", given, remedy)) from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        client.close()
        given, remedy = f"{address!r}, a scheduler without workers", "start some with 'dask worker ADDRESS'"
        raise DesignError(Mistake("--dask", given, remedy)) from None
    return client


def _refuse_strangers(client: Any, task: Any) -> None:
    """Refuse workers that have another Spondyl or do not see the cache."""
    token = secrets.token_hex(8)
    mark = Path(task.cache) / f".seen-{token}"
    files.write_text(mark, token)
    try:
        answers = client.run(_seen, str(mark), token, on_error="return")
    finally:
        mark.unlink(missing_ok=True)
    for worker, answer in answers.items():
        version, seen = ("none", False) if isinstance(answer, Exception) else answer
        if version != __version__:
            given = f"worker {worker}, Spondyl there: {version}"
            raise DesignError(Mistake("--dask", given, f"must be {__version__}, as here"))
        if not seen:
            given, remedy = f"worker {worker}, which does not see {mark.parent}", "share the study folder"
            raise DesignError(Mistake("--dask", given, remedy))


def _seen(mark: str, token: str) -> tuple[str, bool]:
    path = Path(mark)
    return __version__, path.is_file() and path.read_text("utf-8") == token
