"""The part of a report that moves: the law as JavaScript, its draws, and what plans from them."""
