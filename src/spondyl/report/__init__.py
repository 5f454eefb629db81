"""The report, its figures and methods text."""

from spondyl.report.story import Arm, Exclusion, Failure, Picture, Story
from spondyl.report.writer import write

__all__ = ["Arm", "Exclusion", "Failure", "Picture", "Story", "write"]
