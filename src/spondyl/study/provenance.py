"""What made a result: versions, platform."""

from __future__ import annotations

import platform
from importlib.metadata import version

_NUMERIC = ("connected-components-3d", "nibabel", "numpy", "pandas", "scikit-image", "scipy", "tifffile")


def versions() -> dict[str, str]:
    """Return the versions of Spondyl, Python and the packages that touch the numbers."""
    from spondyl import __version__

    found = {"spondyl": __version__, "python": platform.python_version()}
    return found | {name: version(name) for name in _NUMERIC}


def machine() -> str:
    """Return operating system and processor family, e.g. ``"Linux x86_64"``."""
    return f"{platform.system()} {platform.machine()}"
