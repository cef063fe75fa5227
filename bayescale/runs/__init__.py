"""Tables of training runs: read, checked, and how far a question lies beyond them."""
