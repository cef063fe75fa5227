"""What a fit is and what it predicts."""
