"""Names of the stage are known without what computes."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("heavy", ["numba", "scipy", "libsbml", "pint", "pandas"])
def test_the_stage_is_known_without_what_computes(heavy):
    code = f"import sys, spondyl.spheroid; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
