"""Tables as programs export them: one recogniser a file, found and never listed."""
