"""The command line: words in, words out, everything heavy imported inside the commands."""

from bayescale.cli.app import main, run

__all__ = ["main", "run"]
