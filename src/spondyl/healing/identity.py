"""What tells one rule from another, so that a kept run is taken up by the rules that began it only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from types import CodeType, FunctionType, MethodType
from typing import Any

import numpy as np

from spondyl.errors import HealingError, Mistake

PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...))


def identity(rule: Callable[..., Any]) -> str:
    """Return a text that is equal for rules of the same name, code and bound values.

    Parameters
    ----------
    rule : a function, or :func:`functools.partial` of one; what it is bound to may be numbers, texts, arrays,
        functions, and tuples, lists or mappings of such.

    Raises
    ------
    HealingError
        If a rule is bound to something whose value cannot be told.

    Examples
    --------
    >>> identity(lambda x: x + 1) == identity(lambda x: x + 2)
    False
    """
    try:
        return hashlib.sha256(_told(rule).encode()).hexdigest()
    except RecursionError as error:
        raise _untold("a rule that holds itself") from error


def _told(value: Any) -> str:
    if isinstance(value, PLAIN):
        return repr(value)
    if isinstance(value, np.ndarray | np.generic):
        array = np.ascontiguousarray(value)
        return f"array {array.dtype} {array.shape} {hashlib.sha256(array.tobytes()).hexdigest()}"
    if isinstance(value, partial):
        return f"partial {_told(value.func)} {_told(value.args)} {_told(value.keywords)}"
    if isinstance(value, FunctionType):
        return _function(value)
    if isinstance(value, MethodType):
        return f"method {_told(value.__func__)} {_told(value.__self__)}"
    if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
        return f"{value.__module__}.{value.__qualname__}"
    return _group(value)


def _group(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_told(key)}: {_told(held)}" for key, held in value.items()) + "}"
    if isinstance(value, tuple | list | frozenset):
        return f"{type(value).__name__}(" + ", ".join(_told(held) for held in value) + ")"
    raise _untold(f"a rule that holds {type(value).__name__}")


def _untold(given: str) -> HealingError:
    allowed = "must be bound to numbers, texts, arrays and functions only, or run without a checkpoint"
    return HealingError(Mistake("rules", given, allowed))


def _function(function: FunctionType) -> str:
    held = tuple(cell.cell_contents for cell in function.__closure__ or ())
    bound = (function.__defaults__, function.__kwdefaults__, held)
    return f"{function.__module__}.{function.__qualname__} {_code(function.__code__)} {_told(bound)}"


def _code(code: CodeType) -> str:
    constants = [_code(one) if isinstance(one, CodeType) else _told(one) for one in code.co_consts]
    return f"{code.co_code.hex()} {code.co_names} {constants}"
