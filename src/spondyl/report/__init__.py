"""The report, its figures and methods text."""

from spondyl.report.answer import Answer, answer_of
from spondyl.report.story import Arm, DailyCourse, Exclusion, Failure, Picture, ScanVolume, Story
from spondyl.report.writer import write

__all__ = [
    "Answer",
    "Arm",
    "DailyCourse",
    "Exclusion",
    "Failure",
    "Picture",
    "ScanVolume",
    "Story",
    "answer_of",
    "write",
]
