"""Animals that failed or were left out, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

from spondyl.report.material import Material
from spondyl.report.rows import natural
from spondyl.report.table import worded


def losses(material: Material) -> Mapping[str, object]:
    """Return one table of failures and one of exclusions; None where there are none."""
    failed = sorted(material.story.failures, key=lambda loss: (natural(loss.animal), loss.step))
    left = sorted(material.story.exclusions, key=lambda loss: natural(loss.animal))
    failures = [(loss.animal, material.label(loss.group), loss.step, loss.message) for loss in failed]
    exclusions = [(loss.animal, material.label(loss.group), loss.reason) for loss in left]
    return {
        "failures": worded("Failed while the study ran.", ("Animal", "Group", "Step", "Message"), failures)
        if failures
        else None,
        "exclusions": worded("Left out by the animal table.", ("Animal", "Group", "Reason"), exclusions)
        if exclusions
        else None,
    }
