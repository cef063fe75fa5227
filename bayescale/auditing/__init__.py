"""Whether a decision holds: replayed at earlier points of a sweep, and under other choices."""
