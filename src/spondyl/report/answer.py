"""The answer in words: what the primary endpoint shows, and no more than that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spondyl.report.endpoint import capital
from spondyl.report.rows import arms_of
from spondyl.report.story import Arm, Story
from spondyl.report.wording import Detail, Wording, listed, plural
from spondyl.trial import Comparison


@dataclass(frozen=True, slots=True)
class Answer:
    """What the first screen says.

    Parameters
    ----------
    headline : one sentence without numbers.
    details : sentences with estimate, interval, test and n; one per compared pair.
    cautions : what a reader must know before using the answer.
    """

    headline: str
    details: tuple[Detail, ...]
    cautions: tuple[str, ...]

    def __str__(self) -> str:
        details = [f"{detail.lead} {detail.text}".strip() for detail in self.details]
        return " ".join([self.headline, *details, *self.cautions])


def answer_of(story: Story) -> Answer:
    """Put the primary endpoint's result into words.

    A direction is named only when the adjusted p value is below alpha and the interval leaves zero out;
    otherwise the range of differences that remain compatible with the data is given.
    """
    comparison = story.comparison
    if comparison is None:
        why = story.no_comparison or "The run gave no reason."
        return Answer("Nothing could be compared.", (Detail(_sentence(why)),), _losses(story))
    words = Wording.of(story, comparison)
    if comparison.not_tested is not None or not comparison.effects:
        why = comparison.not_tested or "No pair of groups was compared"
        headline = f"{words.subject} was not tested."
        return Answer(headline, (Detail(_sentence(why)), Detail(words.observed())), _losses(story))
    hidden = hidden_bone(story, comparison, words.labels)
    cautions = (*_simulated(arms_of(story), comparison), *hidden, *_losses(story))
    if len(comparison.effects) == 1 and comparison.omnibus is None:
        effect = comparison.effects[0]
        return Answer(words.headline(effect), (Detail(words.details(effect)),), cautions)
    return Answer(words.overall(), words.pairs(), cautions)


def _simulated(arms: Sequence[Arm], comparison: Comparison) -> tuple[str, ...]:
    compared = {summary.group for summary in comparison.groups}
    origins = {arm.label: arm.origin for arm in arms if arm.group in compared}
    virtual = [label for label, origin in origins.items() if origin == "simulated"]
    if not virtual:
        return ()
    if len(virtual) == len(origins):
        return (
            "All groups are simulated: interval and p value describe virtual animals and are no evidence "
            "from living ones.",
        )
    verb = "is" if len(virtual) == 1 else "are"
    return (
        f"{listed(virtual)} {verb} simulated: the comparison with measured animals is as good as the model.",
    )


HIDDEN = 0.5
"""Share of the known new bone that a scan must show to stand for it."""


def hidden_bone(story: Story, comparison: Comparison, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Say in which simulated groups scans show less than half of the new bone that the simulation knows."""
    primary = comparison.primary
    if (primary.assay, primary.name) != ("defect", "new_bv_mm3"):
        return ()
    table = story.measurements
    known = table[(table["assay"] == "healing") & (table["name"] == "new_bone_mm3")]
    true = known[known["week"] == primary.week].groupby("group")["value"].mean()
    shares = [
        (labels.get(group.group, group.group), float(group.mean) / float(true[group.group]))
        for group in comparison.groups
        if group.group in true.index and float(true[group.group]) > 0 and group.mean is not None
    ]
    if not any(share < HIDDEN for _, share in shares):
        return ()
    said = listed([f"{100 * max(share, 0.0):.0f} % in {label}" for label, share in shares])
    return (
        f"Of the new bone that the simulation knows, the scans show {said}: bone that fills part of a voxel "
        "lies below the threshold.",
    )


def _losses(story: Story) -> tuple[str, ...]:
    counts = [(len({loss.animal for loss in story.failures}), "failed"), (len(story.exclusions), "excluded")]
    said = [
        f"{n} {plural(n, 'animal')} {'was' if n == 1 else 'were'} excluded"
        if word == "excluded"
        else f"{n} {plural(n, 'animal')} failed"
        for n, word in counts
        if n
    ]
    if not said:
        return ()
    return (f"{' and '.join(said)}; every n counts only the animals that gave a value.",)


def _sentence(text: str) -> str:
    opened = capital(text.strip())
    return opened if opened.endswith((".", "!", "?")) else f"{opened}."
