"""What a table of runs holds and which models it could feed, before any fit."""
