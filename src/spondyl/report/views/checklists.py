"""Reporting checklists, filled as far as the story knows."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from spondyl.report.material import Material
from spondyl.report.views.known import known_facts


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an item: what is asked, and what is known or None."""

    say: str
    known: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a checklist."""

    number: str
    topic: str
    parts: tuple[Part, ...]

    @property
    def state(self) -> Literal["reported", "in part", "not reported"]:
        """How much of the item is known."""
        known = sum(part.known is not None for part in self.parts)
        return "not reported" if known == 0 else "reported" if known == len(self.parts) else "in part"


@dataclass(frozen=True, slots=True)
class Checklist:
    """A checklist with its source."""

    id: str
    title: str
    source: str
    items: tuple[Item, ...]

    @property
    def reported(self) -> int:
        """Number of items that are known in full."""
        return sum(item.state == "reported" for item in self.items)


def checklists(material: Material) -> Mapping[str, object]:
    """Return all checklists of ``checklists.toml``, filled."""
    known = known_facts(material)
    text = (files("spondyl.report") / "checklists.toml").read_text("utf-8")
    return {"checklists": [_checklist(entry, known) for entry in tomllib.loads(text)["checklist"]]}


def _checklist(entry: Mapping[str, Any], known: Mapping[str, str]) -> Checklist:
    items = tuple(
        Item(item["number"], item["topic"], tuple(_part(part, known) for part in item["parts"]))
        for item in entry["items"]
    )
    return Checklist(entry["id"], entry["title"], entry["source"], items)


def _part(part: Mapping[str, Any], known: Mapping[str, str]) -> Part:
    return Part(part["say"], next((known[key] for key in part["from"] if known.get(key)), None))
