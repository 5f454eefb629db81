"""The backend for processors: compiled loops, several threads, the same digits for any number of them."""

from spondyl.transport.cpu.fronts import steepness
from spondyl.transport.cpu.migration import migrate
from spondyl.transport.cpu.rest import rest
from spondyl.transport.cpu.spread import spread

__all__ = ["migrate", "rest", "spread", "steepness"]
