"""What is checked of a fit, one check a file, found and never listed: `find` in each."""
