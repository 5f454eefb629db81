"""Virtual instruments: a state goes in, the raw file of a real instrument comes out."""

from __future__ import annotations

from typing import Any

__all__ = ["microct"]


def __getattr__(name: str) -> Any:
    """Load an instrument on first use."""
    if name == "microct":
        from spondyl.instrument.scanner import microct

        return microct
    raise AttributeError(f"module 'spondyl.instrument' has no attribute {name!r}")
