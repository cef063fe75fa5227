"""A forecast on record, written before the run, and what came of it."""
