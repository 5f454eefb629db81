"""Random streams: one for each seed and purpose, so that a draw added to one changes no other."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator of a seed and a purpose.

    Examples
    --------
    >>> stream(7, "network").random() == stream(7, "network").random()
    True
    >>> stream(7, "network").random() == stream(8, "network").random()
    False
    """
    said = "/".join(["spondyl", "vertebra", str(seed), *map(str, names)])
    key = int.from_bytes(hashlib.sha256(said.encode()).digest()[:16], "big")
    return np.random.Generator(np.random.Philox(key=key))
