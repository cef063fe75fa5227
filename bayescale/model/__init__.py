"""What is believed before the runs are seen: priors, likelihood, and the card that holds them."""
