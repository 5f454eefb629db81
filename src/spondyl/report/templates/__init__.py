"""Templates of the page and of its figures, and the filters they use."""

from spondyl.report.templates.environment import environment

__all__ = ["environment"]
