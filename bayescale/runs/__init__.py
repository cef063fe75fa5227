"""Tables of training runs: what they hold, reading and checking them, how far they reach."""
