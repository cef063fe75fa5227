"""What compute costs: FLOPs of a run, of a token, of an hour and of a dollar; batches."""
