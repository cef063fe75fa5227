"""What is believed before the runs are seen, and what it takes from them once they are."""
