"""Many cells with one network: integrated at once, each with inputs and a beginning of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spondyl.errors import Mistake, NetworkError
from spondyl.network.network import Network

if TYPE_CHECKING:
    from spondyl.network.request import Request

Array = NDArray[np.float64]


def batch(network: Network) -> Batch:
    """Prepare a network for many cells.

    Raises
    ------
    NetworkError
        The network has events with delays or priorities, or that are taken back when their condition fails;
        those only :func:`spondyl.network.simulate` follows.
    """
    held = [event.name for event in network.system.events if not event.simple]
    if held:
        given = f"events with a delay, a priority or a condition that must last ({', '.join(held[:5])})"
        raise NetworkError(Mistake(network.where, given, "must run with spondyl.network.simulate"))
    return Batch(network)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """A network that is integrated for many cells at once.

    Parameters
    ----------
    network : as it was read.
    """

    network: Network

    @property
    def species(self) -> tuple[str, ...]:
        """Names of what is followed, in the order of the last axis of the results."""
        return self.network.species

    def start(self, cells: int | None = None, inputs: Mapping[str, ArrayLike] | None = None) -> Array:
        """Return where the cells begin by the file itself, shape (cells, species)."""
        found = self.integrate([0.0], inputs=inputs, cells=cells)
        return np.array(found[0])

    def integrate(
        self,
        times: ArrayLike,
        start: ArrayLike | None = None,
        inputs: Mapping[str, ArrayLike] | None = None,
        *,
        cells: int | None = None,
        rtol: float = 1e-6,
        atol: float = 1e-12,
        threads: int | None = None,
        backend: str = "cpu",
    ) -> Array:
        """Integrate every cell and return what is followed, shape (times, cells, species).

        A cell's result does not depend on the other cells nor on the number of threads, to the last bit.

        Parameters
        ----------
        times : ascending, in the network's own unit of time; the first is where the cells begin.
        start : (cells, species) or (species,), as a result's last entry; None for the file's own beginning.
        inputs : what differs from the file: by name a number, one for each cell (cells,), or one for each
        cell
            and interval between times (cells, intervals), where cells may be 1 for the same in all.
        cells : how many, where neither `start` nor `inputs` tells.
        rtol, atol : error of a step, relative and absolute; the errors of many steps add up.
        threads : None for as many as this process may use.
        backend : "cpu", or "reference" for the plain definition in NumPy.

        Raises
        ------
        NetworkError
            Names, shapes, times or numbers that do not fit; a solution that runs away, with species, cell
            and time.

        Examples
        --------
        >>> from spondyl.network import batch, read
        >>> from spondyl.network.examples import DECAY
        >>> found = batch(read(DECAY)).integrate([0, 1, 2], inputs={"k": [0.0, 1.0]})
        >>> found.shape
        (3, 2, 2)
        >>> found[:, 1, 0].round(4).tolist()
        [2.0, 0.7358, 0.2707]
        """
        from spondyl.network.request import request

        asked = request(self.network, times, start, inputs, cells, rtol, atol, threads, backend)
        if backend == "reference":
            from spondyl.network.reference import integrate
        else:
            from spondyl.network.cpu.solver import integrate
        out, outcome, stopped = integrate(self.network.system, asked)
        if outcome.any():
            raise self._stopped(asked, outcome, stopped)
        return out

    def _stopped(self, asked: Request, outcome: NDArray[np.int64], stopped: Array) -> NetworkError:
        from spondyl.network.diverging import fastest

        cell = int(np.argmax(outcome != 0))
        time = float(stopped[cell, 0])
        system = self.network.system
        name = fastest(system, {**system.defaults, **asked.known(cell, time)}, stopped[cell, 1:])
        many = int(np.count_nonzero(outcome))
        cells = f"cell {cell}" + (f" and {many - 1} more" if many > 1 else "")
        unit = f" {self.network.time_unit}" if self.network.time_unit else ""
        what = "runs away" if outcome[cell] == 1 else "changes too fast to be followed"
        given = f"species '{name}', which {what} at time {time:.6g}{unit} ({cells})"
        return NetworkError(Mistake(self.network.where, given, "must have a solution that stays finite"))
