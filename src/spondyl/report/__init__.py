"""The report, its figures and methods text."""

from spondyl.report.answer import Answer, answer_of
from spondyl.report.story import Arm, Exclusion, Failure, Picture, Story
from spondyl.report.writer import write

__all__ = ["Answer", "Arm", "Exclusion", "Failure", "Picture", "Story", "answer_of", "write"]
