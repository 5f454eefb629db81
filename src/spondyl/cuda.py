"""A CUDA device as an engine sees it: memory, kernels, recorded work; CuPy is met here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from spondyl.arrays import at_home
from spondyl.errors import Mistake, StudyError

BLOCK = 256
"""Threads of a block; the same number stands in the kernels."""

NEEDED = "must be there for it: pip install 'spondyl[cuda]' on a machine with an NVIDIA GPU"
REMEDY = f"{NEEDED}, or use --backend cpu"


def available(module: Any = None) -> str | None:
    """Return what is missing to solve on a CUDA device, None if nothing is.

    Parameters
    ----------
    module : array module to use; CuPy if None.
    """
    try:
        cupy = module or import_module("cupy")
    except ImportError:
        return "no CuPy"
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return f"no CUDA driver that answers ({error})"
    return None if count else "no CUDA device"


@contextmanager
def arrays(error: type[StudyError], module: Any = None) -> Iterator[Callable[[NDArray[Any]], Any]]:
    """Keep arrays on the current device for a while; yields what copies one there, its shape kept.

    Parameters
    ----------
    error : what to raise where there is no CuPy, no device or no memory.
    module : array module; CuPy if None.
    """
    cupy = _found(error, module)
    with working(cupy, cupy.cuda.Stream(non_blocking=True), error):
        yield cupy.asarray


@contextmanager
def working(cupy: Any, stream: Any, error: type[StudyError]) -> Iterator[None]:
    """Work on a stream, after what the stream before was given; turn lack of memory into a clear error."""
    cupy.cuda.get_current_stream().synchronize()
    try:
        with stream:
            yield
            stream.synchronize()
    except cupy.cuda.memory.OutOfMemoryError as lack:
        raise _refusal(error, f"a model that fills the device ({lack})") from lack


def _found(error: type[StudyError], module: Any) -> Any:
    missing = available(module)
    if missing:
        raise error(Mistake("backend cuda", missing, REMEDY))
    return module or import_module("cupy")


def _refusal(error: type[StudyError], given: str) -> StudyError:
    allowed = "must fit: use --backend cpu, or larger voxels"
    return error(Mistake("memory of the CUDA device", given, allowed))


def kernels(package: str, pieces: Sequence[str]) -> str:
    """Return the text of a package's kernels, pieces that build on each other: one CUDA source."""
    folder = files(package).joinpath("kernels")
    return "\n".join(folder.joinpath(f"{piece}.cu").read_text("utf-8") for piece in pieces)


class Device:
    """The current CUDA device.

    Arrays on it are opaque to the rest of the package: made, uploaded, downloaded and given to kernels here.

    Parameters
    ----------
    code : the text of all kernels.
    error : what to raise where there is no CuPy, no device or no memory.
    module : array module; CuPy if None. Tests give one that runs the kernels on the processor.
    """

    def __init__(self, code: str, error: type[StudyError], module: Any = None) -> None:
        self.cupy = _found(error, module)
        self.error = error
        self.stream = self.cupy.cuda.Stream(non_blocking=True)
        self._module = self.cupy.RawModule(code=code, options=("-std=c++17",))
        self._kernels: dict[str, Any] = {}

    @contextmanager
    def working(self) -> Iterator[None]:
        """Work on the device's own stream; turn its lack of memory into a clear error."""
        with working(self.cupy, self.stream, self.error):
            yield

    def refusal(self, given: str) -> StudyError:
        """Return the error of a model that does not fit."""
        return _refusal(self.error, given)

    def require(self, size: int, what: str) -> None:
        """Raise unless so many bytes are free.

        Parameters
        ----------
        size : bytes.
        what : needs them, for the message.
        """
        free = int(self.cupy.cuda.runtime.memGetInfo()[0]) + int(
            self.cupy.get_default_memory_pool().free_bytes()
        )
        if size > free:
            raise self.refusal(f"{what}, which needs {size / 1e9:.2f} GB where {free / 1e9:.2f} GB are free")

    def empty(self, size: int, dtype: DTypeLike) -> Any:
        """Return an array of a given length, its contents unknown."""
        return self.cupy.empty(size, dtype)

    def zeros(self, size: int, dtype: DTypeLike) -> Any:
        """Return an array of zeros."""
        return self.cupy.zeros(size, dtype)

    def upload(self, array: NDArray[Any]) -> Any:
        """Return a copy of an array on the device, flat; it may lie there already."""
        if at_home(array):
            return self.cupy.asarray(np.ascontiguousarray(array).ravel())
        return array.flatten()

    def given_back(self, array: Any, like: NDArray[Any]) -> NDArray[Any]:
        """Return an array where another lies, of its shape."""
        found: NDArray[Any] = (self.download(array) if at_home(like) else array).reshape(like.shape)
        return found

    def download(self, array: Any, size: int | None = None) -> NDArray[Any]:
        """Return a copy of an array, or of its first entries."""
        return np.asarray(self.cupy.asnumpy(array if size is None else array[:size]))

    def copy(self, source: Any, target: Any) -> None:
        """Copy an array to another of its length."""
        target.data.copy_from_device_async(source.data, source.nbytes, self.stream)

    def running_sum(self, counts: Any) -> tuple[Any, int]:
        """Return the sums of all counts up to each, int64, and the last one."""
        sums = self.cupy.cumsum(counts, dtype=np.int64)
        return sums, int(self.cupy.asnumpy(sums[-1:])[0])

    def launch(self, name: str, threads: int, *arguments: Any) -> None:
        """Run a kernel on at least so many threads.

        Parameters
        ----------
        arguments : arrays on the device, records, and NumPy scalars of the types of the kernel.
        """
        if threads == 0:
            return
        if name not in self._kernels:
            self._kernels[name] = self._module.get_function(name)
        self._kernels[name]((-(-threads // BLOCK),), (BLOCK,), arguments)

    def recorded(self, work: Callable[[], None]) -> Callable[[], None]:
        """Return work that from its second run on is handed to the device as one graph of kernels.

        A cycle is hundreds of small kernels, each of which would take longer to launch than to run.

        Parameters
        ----------
        work : launches kernels, always the same with the same arguments, and nothing else.
        """
        state: dict[str, Any] = {}

        def run() -> None:
            if (
                "seen" not in state
            ):  # kernels are loaded at their first launch, which a recording may not hold
                state["seen"] = True
                work()
                return
            if "graph" not in state:
                self.stream.begin_capture()
                work()
                state["graph"] = self.stream.end_capture()
            state["graph"].launch(self.stream)

        return run

    def seconds(self, work: Callable[[], None], repeats: int) -> float:
        """Return how long the device takes for a piece of work, on average; a first run does not count."""
        work()
        begin, end = self.cupy.cuda.Event(), self.cupy.cuda.Event()
        begin.record(self.stream)
        for _ in range(repeats):
            work()
        end.record(self.stream)
        end.synchronize()
        return float(self.cupy.cuda.get_elapsed_time(begin, end)) / 1000 / repeats


def pointer(array: Any) -> int:
    """Return the address of an array on the device."""
    return int(array.data.ptr)
