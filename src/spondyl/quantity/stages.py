"""The tables that ship inside the package, one beside each stage that has numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from spondyl.errors import Mistake, ParameterError
from spondyl.quantity.bibliography import references
from spondyl.quantity.parameter import Parameter
from spondyl.quantity.tables import load_table

_TABLE = "parameters.toml"


@cache
def shipped() -> Mapping[str, Mapping[str, Parameter]]:
    """Return every shipped parameter by stage (``"assay/microct"``) and name.

    Raises
    ------
    ParameterError
        With every mistake of every table.
    """
    return MappingProxyType(tables_below(files("spondyl"), references()))


def tables_below(root: Traversable, sources: Collection[str]) -> Mapping[str, Mapping[str, Parameter]]:
    """Return every ``parameters.toml`` below a folder by its folder's path.

    Parameters
    ----------
    root : the package, or a folder laid out like it.
    sources : keys of the works that may be cited.
    """
    tables: dict[str, Mapping[str, Parameter]] = {}
    mistakes: list[Mistake] = []
    for stage, table in _walk(root, ""):
        try:
            tables[stage] = load_table(table, stage=stage, references=sources, name=f"{stage}/{_TABLE}")
        except ParameterError as problem:
            mistakes.extend(problem.mistakes)
    if mistakes:
        raise ParameterError(mistakes)
    return tables


def _walk(folder: Traversable, stage: str) -> Iterator[tuple[str, Traversable]]:
    for child in sorted(folder.iterdir(), key=lambda child: child.name):
        if child.is_dir() and not child.name.startswith(("_", ".")):
            yield from _walk(child, f"{stage}/{child.name}" if stage else child.name)
        elif child.name == _TABLE and stage:
            yield stage, child
