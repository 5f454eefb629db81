"""Study file, folder, runner, cache and provenance."""
