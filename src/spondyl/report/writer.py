"""Writing the report into a run folder."""

from __future__ import annotations

from pathlib import Path

from spondyl import files
from spondyl.report.figures import svg_of
from spondyl.report.material import Material
from spondyl.report.page import page_of
from spondyl.report.story import Story
from spondyl.report.tabular import tsv_of
from spondyl.report.views.methods import methods_markdown


def write(story: Story, folder: Path) -> Path:
    """Write ``report.html``, ``figures/*.svg``, ``figures/*.tsv`` and ``methods.md``.

    The same story gives the same bytes. Each file appears by rename; the page comes last.

    Parameters
    ----------
    story : what the report says.
    folder : run folder; pictures are read from there.

    Returns
    -------
    Path
        The page.
    """
    material = Material.of(story, folder)
    for figure in material.figures.values():
        files.write_text(folder / "figures" / f"{figure.name}.svg", svg_of(figure))
        files.write_text(folder / "figures" / f"{figure.name}.tsv", tsv_of(figure))
    files.write_text(folder / "methods.md", methods_markdown(story))
    return files.write_text(folder / "report.html", page_of(material))
