"""Spondyl: a virtual bench for cell-based bone repair."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__version__ = "0.1.0"

_FLOORS = (
    "assay",
    "donor",
    "graft",
    "healing",
    "instrument",
    "mechanics",
    "network",
    "quantity",
    "report",
    "spheroid",
    "study",
    "transport",
    "trial",
    "vertebra",
    "volume",
)

__all__ = ["__version__", *_FLOORS]


def __getattr__(name: str) -> ModuleType:
    """Load a floor of the house on first use, so that ``import spondyl`` stays quick."""
    if name in _FLOORS:
        return import_module(f"spondyl.{name}")
    raise AttributeError(f"module 'spondyl' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
