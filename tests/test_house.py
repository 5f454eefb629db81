"""The house's own rules, where a machine can hold them."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import spondyl

TESTS = Path(__file__).parent
MODULES = sorted(
    m.name for m in pkgutil.walk_packages(spondyl.__path__, "spondyl.") if "__main__" not in m.name
)


def test_every_example_in_a_docstring_runs() -> None:
    tried = 0
    for name in MODULES:
        result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
        assert result.failed == 0, name
        tried += result.attempted
    assert tried > 40  # examples must not silently stop being collected


def test_every_test_folder_mirrors_a_package() -> None:
    for folder in TESTS.iterdir():
        if folder.is_dir() and folder.name not in {"support", "parity", "truth", "__pycache__"}:
            assert (Path(spondyl.__path__[0]) / folder.name).is_dir(), folder.name


def test_every_file_of_tests_is_collected_or_imported() -> None:
    known = {"conftest.py"}
    sources = {path: path.read_text("utf-8") for path in TESTS.rglob("*.py")}
    for path in sources:
        if path.name.startswith("test_") or path.name in known:
            continue
        users = [p for p, text in sources.items() if p != path and re.search(rf"\b{path.stem}\b", text)]
        assert users, f"{path} is neither a test nor imported by one"


@pytest.mark.parametrize(
    "heavy", ["numba", "numpy", "pandas", "scipy", "pint", "pydantic", "SimpleITK", "nibabel", "rich"]
)
def test_importing_spondyl_loads_nothing_heavy(heavy: str) -> None:
    code = f"import sys, spondyl; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("heavy", ["numba", "numpy", "pandas", "scipy", "pint", "pydantic", "matplotlib"])
def test_the_command_line_loads_nothing_heavy_for_its_help(heavy: str) -> None:
    code = f"import sys, spondyl.cli.app; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("heavy", ["numba", "pandas", "scipy", "skimage", "SimpleITK"])
def test_the_names_of_an_assay_are_known_without_what_measures(heavy: str) -> None:
    code = f"import sys, spondyl.assay.microct; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_module_is_longer_than_the_house_allows() -> None:
    for path in Path(spondyl.__path__[0]).rglob("*.py"):
        assert path.read_text("utf-8").count("\n") <= 300, path
