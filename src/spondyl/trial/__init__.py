"""Groups, comparison and statistics."""

from spondyl.trial.comparing import compare
from spondyl.trial.comparison import AnimalValue, Comparison, Effect, GroupSummary, Primary, Test, TestKind

__all__ = ["AnimalValue", "Comparison", "Effect", "GroupSummary", "Primary", "Test", "TestKind", "compare"]
