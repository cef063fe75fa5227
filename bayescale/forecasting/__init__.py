"""What is said of a run before it has ended, put on record, and what came of it."""
