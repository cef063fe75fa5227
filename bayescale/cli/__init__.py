"""The command line."""

from bayescale.cli.app import main

__all__ = ["main"]
