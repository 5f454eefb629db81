"""Methods text with numbered citations."""

from __future__ import annotations

import re
from collections.abc import Mapping

from spondyl.quantity import Reference
from spondyl.report.material import Material
from spondyl.report.story import Story

_CITATIONS = re.compile(r"\[@[^\]\s]+\](?:\s*\[@[^\]\s]+\])*")
_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")


def methods(material: Material) -> Mapping[str, object]:
    """Return the text, the list of works and the Markdown to be copied."""
    return {
        "text": numbered(material.story),
        "works": [(work.text, _link(work)) for work in material.story.references],
        "source": methods_markdown(material.story),
    }


def methods_markdown(story: Story) -> str:
    """Return the methods as Markdown: the text and the numbered works it cites."""
    works = [f"{place}. {_full(work)}" for place, work in enumerate(story.references, start=1)]
    text = numbered(story).strip()
    return f"{text}\n\n## References\n\n" + "\n".join(works) + "\n" if works else f"{text}\n"


def numbered(story: Story) -> str:
    """Return the text with ``[@key]`` replaced by the number of the work; unknown keys stay."""
    places = {work.key: str(place) for place, work in enumerate(story.references, start=1)}

    def cite(found: re.Match[str]) -> str:
        keys = re.findall(r"\[@([^\]\s]+)\]", found[0])
        if any(key not in places for key in keys):
            return found[0]
        return f"[{', '.join(places[key] for key in keys)}]"

    return _CITATIONS.sub(cite, story.methods)


def _full(work: Reference) -> str:
    return f"{work.text} doi:{work.doi}" if work.doi and work.doi not in work.text else work.text


def _link(work: Reference) -> str | None:
    return work.doi if _DOI.fullmatch(work.doi) else None
