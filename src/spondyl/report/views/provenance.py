"""How this was made: command, versions, hashes, settings."""

from __future__ import annotations

from collections.abc import Mapping

from spondyl.report.material import Material
from spondyl.report.table import worded


def provenance(material: Material) -> Mapping[str, object]:
    """Return the command to repeat the run, where it is known, and three tables."""
    story = material.story
    facts = [(key, value) for key, value in story.provenance.items() if key != "command"]
    files = [fact for fact in facts if "sha-256" in fact[1]]
    made = worded("Run and versions.", ("What", "Value"), [fact for fact in facts if fact not in files])
    inputs = worded("Files that were read, with the hash of their content.", ("Scan", "File"), files)
    settings = worded("Merged settings of the run.", ("Setting", "Value"), story.settings.items())
    return {"command": story.provenance.get("command"), "made": made, "inputs": inputs, "settings": settings}
