"""A stand-in for CuPy whose kernels run on the processor, so that the cuda backend is tested without a GPU.

It has what the backend calls and no more. Its arrays are no NumPy arrays: using one where a host copy is
meant fails here as it does with CuPy. Memory that was never written holds NaN, and every array lies between
guards that are looked at whenever the host waits, so that writing beyond its ends is found.
"""

from __future__ import annotations

import ctypes
import hashlib
import re
import subprocess
import weakref
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np

HEADER = Path(__file__).with_name("cuda_on_cpu.hpp")
KERNEL = re.compile(r'extern "C" __global__ void(?: __launch_bounds__\(BLOCK(?:, \w+)?\))?\s+(\w+)\(')
GUARD = 64
"""Bytes on either side of an array."""
UNWRITTEN = 0xFF


class OutOfMemoryError(Exception):
    pass


class CUDARuntimeError(RuntimeError):
    pass


def compiled(code: str, folder: Path) -> ctypes.CDLL:
    """Return a library with all kernels of a CUDA source."""
    names = KERNEL.findall(code)
    text = [f'#include "{HEADER}"', code, *(f"EMULATED({name})" for name in names)]
    path = folder / f"{hashlib.sha256(code.encode()).hexdigest()[:12]}.cpp"
    path.write_text("\n".join(text))
    library = path.with_suffix(".so")
    options = [
        "-std=c++17",
        "-O2",
        "-shared",
        "-fPIC",
        "-Wl,-Bsymbolic",
        "-Wall",
        "-Wno-unknown-pragmas",
        "-Werror",
    ]
    subprocess.run(["g++", *options, str(path), "-o", str(library)], check=True)
    return ctypes.CDLL(str(library))


class Pointer:
    def __init__(self, ptr: int) -> None:
        self.ptr = ptr

    def copy_from_device_async(self, source: Pointer, size: int, stream: Stream) -> None:
        assert stream is Stream.current
        ctypes.memmove(self.ptr, source.ptr, size)


class Event:
    """A moment of the host's own time."""

    def record(self, stream: Stream) -> None:
        assert stream is Stream.current
        self.at = perf_counter()

    def synchronize(self) -> None:
        assert self.at


FUNCTIONS = frozenset(
    [
        "all",
        "any",
        "broadcast_to",
        "clip",
        "einsum",
        "empty_like",
        "flatnonzero",
        "full_like",
        "max",
        "min",
        "moveaxis",
        "pad",
        "stack",
        "sum",
        "where",
        "zeros_like",
    ]
)
"""Of NumPy's functions those that CuPy's arrays are given to here; CuPy has them."""


class Array(np.lib.mixins.NDArrayOperatorsMixin):
    """An array "on the device"; NumPy's functions take it as they take CuPy's, and never beside a host's."""

    __cuda_array_interface__: ClassVar[dict] = {}

    def __init__(self, memory: np.ndarray, owner: np.ndarray | None = None) -> None:
        memory = self.memory = np.asarray(memory)
        self.owner = memory if owner is None else owner
        self.dtype, self.size, self.nbytes = memory.dtype, memory.size, memory.nbytes
        self.shape, self.ndim, self.flags = memory.shape, memory.ndim, memory.flags
        self.data = Pointer(memory.ctypes.data)

    def __array__(self, *_args: object, **_more: object) -> np.ndarray:
        raise TypeError("Implicit conversion to a NumPy array is not allowed.")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **more: Any) -> Any:
        assert method == "__call__" or ufunc is np.matmul
        assert set(more) <= {"out"}, f"CuPy's {ufunc.__name__} takes no {set(more) - {'out'}}"
        if "out" in more:
            (target,) = more.pop("out")
            target.memory[...] = ufunc(*map(_inner, inputs))
            return target
        return _outer(ufunc(*map(_inner, inputs)))

    def __array_function__(self, function: Any, _types: object, args: Any, more: Any) -> Any:
        if function.__name__ not in FUNCTIONS:
            return NotImplemented
        return _outer(function(*map(_inner, args), **{name: _inner(value) for name, value in more.items()}))

    def __getitem__(self, part: Any) -> Array:
        return Array(self.memory[_inner(part)], self.owner)

    def __setitem__(self, part: Any, value: Any) -> None:
        self.memory[_inner(part)] = _inner(value)

    def __getattr__(self, name: str) -> Any:
        if name not in METHODS:
            raise AttributeError(name)
        method = getattr(self.memory, name)
        return lambda *args, **more: _outer(method(*map(_inner, args), **more))

    def __float__(self) -> float:
        return float(self.memory)

    def __int__(self) -> int:
        return int(self.memory)

    def __bool__(self) -> bool:
        return bool(self.memory)

    def __len__(self) -> int:
        return len(self.memory)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def get(self) -> np.ndarray:
        return self.memory.copy()

    def set(self, host: np.ndarray) -> None:
        assert type(host) is np.ndarray
        self.memory[...] = host

    def fill(self, value: float) -> None:
        self.memory.fill(value)


METHODS = frozenset(
    ["all", "any", "argmax", "astype", "clip", "copy", "flatten", "max", "min", "ravel", "reshape", "sum"]
)
"""Of an array."""


def _inner(value: Any) -> Any:
    """Return what lies behind arrays of the device; arrays of the host are refused as CuPy refuses them."""
    if isinstance(value, Array):
        return value.memory
    if isinstance(value, list | tuple):
        return type(value)(_inner(one) for one in value)
    if isinstance(value, np.ndarray):
        raise TypeError("Unsupported type <class 'numpy.ndarray'>")
    return value


def _outer(value: Any) -> Any:
    """Return arrays of the device for those of the host."""
    if isinstance(value, tuple):
        return tuple(map(_outer, value))
    return Array(np.asarray(value)) if isinstance(value, np.ndarray | np.generic) else value


class Stream:
    """A stream that runs everything at once, or writes it down while recording."""

    current: Stream | None = None

    def __init__(self, *, non_blocking: bool = False) -> None:
        assert non_blocking
        self.recorded: list | None = None

    def __enter__(self) -> Stream:
        self.before, Stream.current = Stream.current, self
        return self

    def __exit__(self, *_error: object) -> None:
        Stream.current = self.before

    def synchronize(self) -> None:
        assert self.recorded is None

    def begin_capture(self) -> None:
        assert self.recorded is None
        self.recorded = []

    def end_capture(self) -> Graph:
        assert self.recorded is not None
        recorded, self.recorded = self.recorded, None
        return Graph(recorded)


class Graph:
    def __init__(self, launches: list) -> None:
        self.launches = launches

    def launch(self, stream: Stream) -> None:
        assert stream is Stream.current
        for launch in self.launches:
            launch()


class CupyOnCpu:
    """The module itself.

    Parameters
    ----------
    folder : where to compile.
    memory : bytes the device has.
    devices : how many there are; None for a driver that does not answer.
    order : 0 for blocks and threads in their order, 1 for the reverse.
    """

    libraries: ClassVar[dict[str, ctypes.CDLL]] = {}

    def __init__(self, folder: Path, *, memory: int = 2**33, devices: int | None = 1, order: int = 0) -> None:
        self.folder, self.total, self.devices, self.order = folder, memory, devices, order
        self.alive: list[tuple[object, np.ndarray]] = []
        self.launched: list[str] = []
        self.peak = 0
        runtime = SimpleNamespace(
            getDeviceCount=self._count, memGetInfo=self._info, CUDARuntimeError=CUDARuntimeError
        )
        self.cuda = SimpleNamespace(
            Stream=Stream,
            Event=Event,
            get_current_stream=lambda: Stream.current or Stream(non_blocking=True),
            get_elapsed_time=lambda begin, end: 1000 * (end.at - begin.at),
            runtime=runtime,
            memory=SimpleNamespace(OutOfMemoryError=OutOfMemoryError),
        )

    def _count(self) -> int:
        if self.devices is None:
            raise CUDARuntimeError("cudaErrorInsufficientDriver: CUDA driver version is insufficient")
        return self.devices

    def _info(self) -> tuple[int, int]:
        return self.total - self.used(), self.total

    def used(self) -> int:
        self.alive = [(ref, raw) for ref, raw in self.alive if ref() is not None]
        return sum(raw.nbytes - 2 * GUARD for _, raw in self.alive)

    def get_default_memory_pool(self) -> SimpleNamespace:
        return SimpleNamespace(free_bytes=lambda: 0)

    def empty(self, size: int, dtype: object = float) -> Array:
        dtype = np.dtype(dtype)
        nbytes = int(size) * dtype.itemsize
        if self.used() + nbytes > self.total:
            raise OutOfMemoryError(f"Out of memory allocating {nbytes} bytes")
        raw = np.full(nbytes + 2 * GUARD + 64, UNWRITTEN, np.uint8)
        begin = -raw.ctypes.data % 64
        raw = raw[begin : begin + nbytes + 2 * GUARD]
        array = Array(raw[GUARD : GUARD + nbytes].view(dtype), raw)
        self.alive.append((weakref.ref(array), raw))
        self.peak = max(self.peak, self.used())
        return array

    def zeros(self, size: int, dtype: object = float) -> Array:
        array = self.empty(size, dtype)
        array.memory.fill(0)
        return array

    def asarray(self, host: np.ndarray) -> Array:
        assert type(host) is np.ndarray
        array = self.empty(host.size, host.dtype)
        array.memory[:] = host.ravel()
        return array if host.ndim == 1 else array.reshape(host.shape)

    def asnumpy(self, array: Array) -> np.ndarray:
        assert Stream.current is not None
        assert Stream.current.recorded is None, "a recording may not wait for the device"
        self.check_guards()
        return array.memory.copy()

    def cumsum(self, array: Array, dtype: object) -> Array:
        return self.asarray(np.cumsum(array.memory, dtype=dtype))

    def RawModule(self, *, code: str, options: tuple[str, ...]) -> Module:
        assert options
        if code not in self.libraries:
            self.folder.mkdir(exist_ok=True)
            self.libraries[code] = compiled(code, self.folder)
        return Module(self, self.libraries[code])

    def check_guards(self) -> None:
        for ref, raw in self.alive:
            guards = (raw[:GUARD], raw[-GUARD:])
            assert ref() is None or all((g == UNWRITTEN).all() for g in guards), "written beyond an array"


class Module:
    def __init__(self, cupy: CupyOnCpu, library: ctypes.CDLL) -> None:
        self.cupy, self.library = cupy, library

    def get_function(self, name: str) -> object:
        function = getattr(self.library, f"emulate_{name}")

        def run(grid: tuple[int], block: tuple[int], arguments: tuple) -> None:
            held = [_as_argument(a) for a in arguments]
            table = (ctypes.c_void_p * len(held))(*(a.ctypes.data for a in held))

            def launch() -> None:
                assert Stream.current is not None
                self.cupy.launched.append(name)
                function(table, ctypes.c_uint(*grid), ctypes.c_uint(*block), ctypes.c_int(self.cupy.order))
                assert held  # the table points into them

            stream = Stream.current
            assert stream is not None
            if stream.recorded is None:
                launch()
            else:
                stream.recorded.append(launch)

        return run


def _as_argument(argument: object) -> np.ndarray:
    """Return the bytes that a kernel is given, by the rules of CuPy."""
    if isinstance(argument, Array):
        return np.array([argument.data.ptr], np.uint64)
    if isinstance(argument, np.ndarray):
        if argument.size != 1:
            raise TypeError(f"You are trying to pass a numpy.ndarray of shape {argument.shape}")
        return argument.copy()
    assert isinstance(argument, np.generic), f"{argument!r} has no type of its own"
    return np.array([argument])


def image_functions() -> SimpleNamespace:
    """Return what stands for CuPy's module of image functions."""
    from scipy import ndimage

    def on_device(name: str) -> Any:
        return lambda *args, **more: _outer(getattr(ndimage, name)(*map(_inner, args), **more))

    return SimpleNamespace(
        **{name: on_device(name) for name in ("label", "maximum_filter", "uniform_filter")}
    )
