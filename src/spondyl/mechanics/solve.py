"""The one way into the solvers."""

from __future__ import annotations

import math
from collections.abc import Callable

from spondyl.errors import MechanicsError, Mistake, nearest_word
from spondyl.mechanics.backend import Answer, Task
from spondyl.mechanics.memory import refuse_too_large
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.parts import held_parts, label_parts
from spondyl.mechanics.rigid import moves_unheld, refuse_unheld_forces
from spondyl.mechanics.solution import Report, Solution

BACKENDS = ("auto", "cpu", "cuda", "reference")

FINEST_TOLERANCE = 1e-13
"""Relative residual below which double precision cannot be told from none."""


def solve(
    model: Model,
    conditions: Conditions,
    *,
    tolerance: float = 1e-6,
    max_iterations: int = 2000,
    backend: str = "auto",
    threads: int | None = None,
    start: Solution | None = None,
    progress: Report | None = None,
) -> Solution:
    """Return the displacements of a model in equilibrium.

    Parts that no prescribed displacement holds are left out and counted. The result does not depend on the
    number of threads, to the last bit.

    Parameters
    ----------
    model, conditions : what to solve.
    tolerance : relative residual to reach, from 1e-13 to 0.1.
    max_iterations : after which the solve is given up.
    backend : "cpu", which "auto" takes; "cuda" with CuPy on an NVIDIA device; "reference", slow and plain.
    threads : how many; None for as many as this process may use.
    start : a solution of a similar model to begin from.
    progress : called after each iteration.

    Raises
    ------
    MechanicsError
        If nothing holds the model, it does not fit into memory, the tolerance cannot be reached, or an
        option is not known.
    """
    _check(tolerance, max_iterations, backend, threads)
    chosen = _chosen(backend)
    refuse_too_large(model, conditions, chosen)
    parts = label_parts(model, periodic=conditions.periodic)
    held = held_parts(model, conditions, parts)
    known = parts if held.removed_parts == 0 else None
    refuse_unheld_forces(held.model, conditions, known)
    task = Task(
        held.model,
        conditions,
        tolerance,
        max_iterations,
        None if start is None else start.nodes,
        None if start is None else start.displacement,
        threads or _threads(),
        progress,
        known is None or moves_unheld(held.model, conditions, known),
    )
    del parts, known
    return _solution(task, _backend(chosen)(task), held.removed_elements, held.removed_parts, chosen)


def _solution(task: Task, answer: Answer, elements: int, parts: int, backend: str) -> Solution:
    return Solution(
        model=task.model,
        conditions=task.conditions,
        nodes=answer.nodes,
        displacement=answer.displacement,
        reaction=answer.reaction,
        elements=int((task.model.modulus > 0).sum()),
        dofs=3 * answer.nodes.size,
        removed_elements=elements,
        removed_parts=parts,
        iterations=len(answer.history) - 1,
        relative_residual=answer.relative_residual,
        history=answer.history,
        energy=answer.energy,
        setup_seconds=answer.setup_seconds,
        solve_seconds=answer.solve_seconds,
        backend=backend,
    )


def _check(tolerance: float, max_iterations: int, backend: str, threads: int | None) -> None:
    wrong = []
    if not (math.isfinite(tolerance) and FINEST_TOLERANCE <= tolerance <= 0.1):
        wrong.append(Mistake("tolerance", f"{tolerance:g}", f"must lie between {FINEST_TOLERANCE:g} and 0.1"))
    if max_iterations < 1:
        wrong.append(Mistake("iterations allowed", str(max_iterations), "must be at least 1"))
    if backend not in BACKENDS:
        wrong.append(
            Mistake(
                "backend",
                repr(backend),
                f"must be one of {', '.join(BACKENDS)}",
                nearest_word(backend, BACKENDS),
            )
        )
    if threads is not None and threads < 1:
        wrong.append(Mistake("threads", str(threads), "must be at least 1"))
    if wrong:
        raise MechanicsError(wrong)


def _chosen(backend: str) -> str:
    return "cpu" if backend == "auto" else backend


def _backend(name: str) -> Callable[[Task], Answer]:
    if name == "cpu":
        from spondyl.mechanics.cpu import solve as run
    elif name == "reference":
        from spondyl.mechanics.reference import solve as run
    else:
        from spondyl.mechanics.gpu import solve as run
    return run


def _threads() -> int:
    from spondyl.threads import available_threads

    return available_threads()
