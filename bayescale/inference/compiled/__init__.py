"""The density of a model as machine code, made once per machine and kept in the user's cache."""
