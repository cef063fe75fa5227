"""What compute costs: FLOPs of a token, of an hour, of a dollar."""
