"""Every shipped parameter is used by code and every cited work is known."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path

import pytest

from spondyl.quantity import Parameter, references, shipped

PACKAGE = Path(str(files("spondyl")))


def words_of_code(package: Path) -> Iterator[str]:
    """Every string, attribute and keyword argument in the code below a folder."""
    for path in package.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                yield node.value
            elif isinstance(node, ast.Attribute):
                yield node.attr
            elif isinstance(node, ast.keyword) and node.arg:
                yield node.arg


def unused_parameters(package: Path, tables: Mapping[str, Mapping[str, Parameter]]) -> list[str]:
    words = set(words_of_code(package))
    return [f"{stage}.{name}" for stage, table in tables.items() for name in table if name not in words]


def works_named(package: Path, tables: Mapping[str, Mapping[str, Parameter]]) -> set[str]:
    """Keys in the parameters' sources and, as ``[@key]`` or as a whole string, in the code."""
    named = {parameter.source for table in tables.values() for parameter in table.values()}
    for word in words_of_code(package):
        named |= set(re.findall(r"\[@([a-z][\w:-]*)\]", word))
        if re.fullmatch(r"[a-z]+(19|20)\d\d[a-z]?", word):
            named.add(word)
    return named - {""}


def idle_works(
    package: Path, tables: Mapping[str, Mapping[str, Parameter]], keys: Iterable[str]
) -> list[str]:
    """Keys that nothing names; prose names a work as ``Welch (1951)`` or ``Mann and Whitney 1947``."""
    written = " ".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py")).lower()
    # Keys have no accents.
    prose = unicodedata.normalize("NFKD", written).encode("ascii", "ignore").decode("ascii")
    named = works_named(package, tables)
    idle = []
    for key in sorted(set(keys) - named):
        family, year = key[:-4], key[-4:]
        if not re.search(rf"\b{family}\b[^.;]{{0,40}}\b{year}\b", prose):
            idle.append(key)
    return idle


def test_every_shipped_parameter_is_used():
    assert unused_parameters(PACKAGE, shipped()) == []


def test_every_work_named_in_the_code_is_in_the_references():
    assert works_named(PACKAGE, shipped()) - set(references()) == set()


def test_every_reference_is_named_somewhere():
    assert idle_works(PACKAGE, shipped(), references()) == []


def test_an_unused_parameter_and_an_unknown_work_are_found(tmp_path):
    lines = [
        '"""gap is in prose."""',
        'x = table["width"].value',
        "y = p.depth",
        "f(height=1)",
        'z = "[@otsu1978]."',
    ]
    (tmp_path / "stage.py").write_text("\n".join(lines), encoding="utf-8")
    entry = shipped_entry()
    tables = {"graft": dict.fromkeys(("gap", "width", "depth", "height"), entry)}
    assert unused_parameters(tmp_path, tables) == ["graft.gap"]
    assert works_named(tmp_path, tables) == {"otsu1978", "welch1951"}
    assert works_named(tmp_path, tables) - set(references()) == {"otsu1978"}
    (tmp_path / "note.py").write_text('"""After Mann and\nWhitney (1947). Holm. 1979"""', encoding="utf-8")
    assert idle_works(tmp_path, tables, ["welch1951", "mann1947", "holm1979"]) == ["holm1979"]


def shipped_entry() -> Parameter:
    from spondyl.quantity import Kind

    return Parameter("any", 1.0, "mm", 0.0, 2.0, "Any length.", "welch1951", Kind.MEASURED)


@pytest.fixture(autouse=True)
def _package_is_source():
    assert (PACKAGE / "quantity" / "references.bib").is_file()
