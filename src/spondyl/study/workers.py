"""Running tasks in local worker processes that never outlive their parent."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from typing import Generic, TypeVar

from spondyl.errors import StudyError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """How one task ended.

    Parameters
    ----------
    task : what was asked.
    problem : one paragraph for the person; None when all went well.
    trace : Python traceback of a fault that is ours, else an empty text.
    begun : False when the time was over before it began.
    """

    task: T
    problem: str | None
    trace: str = ""
    begun: bool = True


Then = Callable[[Outcome[T]], Sequence[T]]
"""What can be done now that a task has ended; it is done next."""

BLAS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Environment variables that say how many threads BLAS takes."""

DIED = "the worker process died; most often memory ran out. Use fewer --workers or a smaller scan."

OVER = "not begun: the hours of --max-hours are over; the same command goes on."


def nothing(_: Outcome[T]) -> Sequence[T]:
    """Return that no task waits for another."""
    return ()


def run_all(
    work: Callable[[T], None],
    tasks: Sequence[T],
    workers: int,
    started: Callable[[T], None],
    until: float = math.inf,
    then: Then[T] = nothing,
) -> Iterator[Outcome[T]]:
    """Run `work` on every task and yield outcomes as they come.

    At most twice `workers` tasks are handed out at a time, so memory does not grow with the study. A
    worker that dies (say, for want of memory) costs only the task it held.

    Parameters
    ----------
    work : importable function of one task.
    tasks : picklable tasks.
    workers : number of processes; 1 works in this process.
    started : called with each task when it is handed out.
    until : moment of the monotonic clock after which nothing more is handed out.
    then : tasks that an outcome makes possible; they go before all that wait, so that one animal is
        finished before the next begins.
    """
    if workers == 1 or len(tasks) <= 1:
        waiting = list(reversed(tasks))
        while waiting:
            task = waiting.pop()
            if time.monotonic() >= until:
                yield Outcome(task, OVER, begun=False)
                continue
            started(task)
            outcome = guarded(work, task)
            yield outcome
            waiting.extend(reversed(then(outcome)))
        return
    lost = yield from _pooled(work, tasks, workers, started, until, then)
    while lost:  # a worker died with the first ones in hand: each again, alone, to find the one that kills
        task = lost.pop(0)
        again = yield from _pooled(work, [task], 1, started, until, then)
        if again:
            yield Outcome(again[0], DIED)
        lost = [*again[1:], *lost]


def _pooled(
    work: Callable[[T], None],
    tasks: Sequence[T],
    workers: int,
    started: Callable[[T], None],
    until: float,
    then: Then[T],
) -> Generator[Outcome[T], None, list[T]]:
    waiting = list(reversed(tasks))
    running: dict[Future[Outcome[T]], T] = {}
    context = get_context("spawn")
    lifeline, held = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=_live_while_held, initargs=(lifeline,)
    )
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                task = waiting.pop()
                if time.monotonic() >= until:
                    yield Outcome(task, OVER, begun=False)
                    continue
                started(task)
                with _interrupt_held_back(), _one_thread_of_blas():
                    running[pool.submit(guarded, work, task)] = task
            done, _ = wait(running, return_when=FIRST_COMPLETED) if running else (set(), None)
            for future in done:
                outcome = future.result()
                del running[future]
                yield outcome
                waiting.extend(reversed(then(outcome)))
    except BrokenProcessPool:
        return [*running.values(), *reversed(waiting)]
    finally:
        held.close()
        pool.shutdown(cancel_futures=True)
        lifeline.close()
    return []


@contextmanager
def _interrupt_held_back() -> Iterator[None]:
    """Start processes that never see Ctrl-C: the mask is inherited, and the parent ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _one_thread_of_blas() -> Iterator[None]:
    """Start processes whose BLAS has one thread: every core has a process of its own."""
    before = {name: os.environ.get(name) for name in BLAS}
    os.environ.update(dict.fromkeys(BLAS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def guarded(work: Callable[[T], None], task: T) -> Outcome[T]:
    """Run `work` on one task and say how it ended, whatever happened."""
    try:
        work(task)
    except StudyError as error:
        return Outcome(task, str(error))
    except MemoryError:
        return Outcome(task, "not enough memory for this scan. Use fewer --workers or a smaller volume.")
    except OSError as error:
        return Outcome(task, f"the system refused: {error}")
    except Exception as error:  # noqa: BLE001  one animal's fault must not end the study
        return Outcome(task, f"an internal error ({type(error).__name__}: {error})", traceback.format_exc())
    return Outcome(task, None)


def _live_while_held(lifeline: Connection) -> None:
    """Leave as soon as the parent lets go of the other end, even if it was killed and could not say so."""
    threading.Thread(target=_watch, args=(lifeline,), daemon=True).start()


def _watch(lifeline: Connection) -> None:
    wait_for([lifeline])
    os._exit(1)
