"""Merging settings: defaults < profile < study.toml < ``--set``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from spondyl.errors import DesignError, Mistake, nearest_word
from spondyl.quantity.textfile import read_text
from spondyl.study.mistakes import mistakes_of
from spondyl.study.schema import StudyFile


def profiles() -> dict[str, str]:
    """Return the shipped profiles: name and the first line of each, which says what it is for."""
    folder = files("spondyl.study") / "profiles"
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            found[entry.name.removesuffix(".toml")] = entry.read_text("utf-8").splitlines()[0].lstrip("# ")
    return found


def check_profile(name: object, where: str) -> None:
    """Refuse a name that no shipped profile has; `where` begins the error message."""
    known = profiles()
    if name not in known:
        allowed = f"must be one of {', '.join(known)}"
        raise DesignError(Mistake(where, repr(name), allowed, nearest_word(str(name), known)))


def read_study_file(path: Path, overrides: Sequence[str] = ()) -> StudyFile:
    """Read and merge a study file.

    Parameters
    ----------
    path : the ``study.toml``.
    overrides : ``key=value`` texts of ``--set``, e.g. ``"microct.threshold=300"``.

    Raises
    ------
    DesignError
        With every mistake of the file and of the overrides.
    """
    written = _read_toml(path)
    for override in overrides:
        written = _merge(written, parse_override(override))
    merged = _merge(_profile(written.get("profile"), path.name), written)
    try:
        return StudyFile.model_validate(merged)
    except ValidationError as error:
        raise DesignError(mistakes_of(error, StudyFile, path.name)) from None


def parse_override(text: str) -> dict[str, Any]:
    """Turn ``"microct.threshold=300"`` into nested tables; the value is read as TOML, else as text.

    Examples
    --------
    >>> parse_override("microct.largest=true")
    {'microct': {'largest': True}}
    """
    key, equals, value = text.partition("=")
    parts = [part.strip() for part in key.split(".")]
    if not equals or not all(parts):
        raise DesignError(Mistake("--set", repr(text), "must read key=value, e.g. microct.threshold=300"))
    try:
        parsed: Any = tomllib.loads(f"value = {value.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value.strip()
    for part in reversed(parts):
        parsed = {part: parsed}
    return dict(parsed)


def flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Return settings as dotted keys and texts, in order; unset ones are left out.

    Examples
    --------
    >>> flatten({"microct": {"threshold": "otsu", "gaussian": 1.0, "voi": None}})
    {'microct.threshold': 'otsu', 'microct.gaussian': '1'}
    """
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{key}.")
        elif isinstance(value, bool):
            flat[prefix + key] = "true" if value else "false"
        elif isinstance(value, list | tuple):
            flat[prefix + key] = ", ".join(str(item) for item in value)
        elif isinstance(value, float):
            flat[prefix + key] = str(value).removesuffix(".0")
        elif value is not None:
            flat[prefix + key] = str(value)
    return flat


def _read_toml(path: Path) -> dict[str, Any]:
    remedy = "make a study with 'spondyl new DIR', or name its folder"
    text = read_text(path, DesignError, most_mb=1, remedy=remedy)
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DesignError(Mistake(path.name, f"{error}", "must be valid TOML")) from None


def _profile(name: object, file: str) -> dict[str, Any]:
    if name is None:
        return {}
    check_profile(name, f"{file}, profile")
    resource = files("spondyl.study") / "profiles" / f"{name}.toml"
    return tomllib.loads(resource.read_text("utf-8"))


def _merge(low: Mapping[str, Any], high: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(low)
    for key, value in high.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged
