"""One command a file: a function of the file's name, and the panel of the help it stands in."""
