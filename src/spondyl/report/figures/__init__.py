"""The report's figures: layout in plain numbers, drawn as SVG whose text stays text."""

from spondyl.report.figures.atlas import figures_of
from spondyl.report.figures.drawing import Figure
from spondyl.report.figures.svg import svg_of

__all__ = ["Figure", "figures_of", "svg_of"]
