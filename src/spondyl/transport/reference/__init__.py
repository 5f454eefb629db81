"""The definition of every step, in plain NumPy and SciPy."""

from spondyl.transport.reference.migration import migrate
from spondyl.transport.reference.rest import rest
from spondyl.transport.reference.spread import spread
from spondyl.transport.reference.whole import whole_step

__all__ = ["migrate", "rest", "spread", "whole_step"]
