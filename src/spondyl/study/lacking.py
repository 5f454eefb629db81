"""What a study lacks for its comparison but can do without, told before anything long runs."""

from __future__ import annotations

from spondyl.study.design import Design


def lacking(design: Design) -> list[str]:
    """Return a sentence for each arm of one animal: its numbers are reported, but no test is possible."""
    found = []
    for name, group in design.file.groups.items():
        own = [animal.animal for animal in design.animals if animal.included and animal.group == name]
        if len(own) == 1:
            found.append(
                f"animals.tsv, animal {own[0]}: is the only one of the group {name} ({group.label}), which "
                f"takes part in no test. A test needs two animals; spondyl power says how many are enough."
            )
    return found
