"""Long checks against known truths; ``make validate`` writes their results to docs/validation.md."""
