"""Agent-based mode: every cell of a spheroid is a ball that presses, sticks, crawls, divides and dies.

>>> from spondyl.spheroid import agents
>>> round(agents.parameters().spacing, 2)
0.9
"""

from spondyl.spheroid.agents.course import Course, run
from spondyl.spheroid.agents.culture import Culture
from spondyl.spheroid.agents.forming import beside, form, placed
from spondyl.spheroid.agents.likeness import culture_of
from spondyl.spheroid.agents.parameters import Parameters, parameters
from spondyl.spheroid.agents.section import section_svg
from spondyl.spheroid.agents.shape import Shape, ShellMeans, shape, shell_means
from spondyl.spheroid.agents.state import State, check_state
from spondyl.spheroid.agents.stepping import step

__all__ = [
    "Course",
    "Culture",
    "Parameters",
    "Shape",
    "ShellMeans",
    "State",
    "beside",
    "check_state",
    "culture_of",
    "form",
    "parameters",
    "placed",
    "run",
    "section_svg",
    "shape",
    "shell_means",
    "step",
]
