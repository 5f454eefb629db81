"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

StudyDir = Annotated[
    Path, typer.Argument(metavar="[DIR]", help="Study folder; the current folder if none is given.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Override a setting, e.g. microct.threshold=300. May be repeated."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]

T = TypeVar("T")


def named(verb: str, make: Callable[[], T]) -> T:
    """Return what is made of options; its mistakes say of which verb they are.

    Raises
    ------
    MeasurementError
        What the making refuses.
    """
    from dataclasses import replace

    from spondyl.errors import MeasurementError

    try:
        return make()
    except MeasurementError as error:
        said = [replace(mistake, where=f"{verb}, {mistake.where}") for mistake in error.mistakes]
        raise MeasurementError(said) from None
