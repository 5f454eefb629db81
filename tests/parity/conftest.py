"""Every backend but the reference is compared with the reference."""

from mechanics_cases import backend, fast

__all__ = ["backend", "fast"]
