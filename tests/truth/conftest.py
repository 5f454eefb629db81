"""Every problem is solved by every backend."""

from mechanics_cases import backend, fast

__all__ = ["backend", "fast"]
