"""The bone in three dimensions: two panes that turn together."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from markupsafe import Markup

from spondyl.report.material import Material
from spondyl.report.rows import natural
from spondyl.report.story import ScanVolume
from spondyl.report.volumes import packed_volumes


def volumes(material: Material) -> Mapping[str, object]:
    """Return the volumes that the page carries, by animal, and how many animals were left out."""
    shown, left = packed_volumes(in_turn(material), material.folder)
    # No "<" may stand in a script element: text of a study could end it.
    text = json.dumps([one.as_json() for one in shown], separators=(",", ":")).replace("<", "\\u003c")
    animals = {one.animal: one.label for one in shown}
    names = list(animals)
    second = next((name for name in names if animals[name] != animals[names[0]]), names[-1]) if names else ""
    return {
        "data": Markup(text),  # noqa: S704 - JSON without "<"
        "animals": animals,
        "firsts": (names[0], second) if names else (),
        "left": len({one.animal for one in left}),
    }


def in_turn(material: Material) -> Sequence[ScanVolume]:
    """Return the scans so that the first animals of all arms come first, then the second ones."""
    arms: dict[str, dict[str, list[ScanVolume]]] = defaultdict(lambda: defaultdict(list))
    for scan in sorted(material.story.volumes, key=lambda one: (natural(one.animal), one.week)):
        arms[scan.group][scan.animal].append(scan)
    ordered = sorted(arms, key=material.place)
    rounds = zip_longest(*(arms[group].values() for group in ordered))
    return [scan for turn in rounds for own in turn if own for scan in own]
