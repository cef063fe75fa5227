"""The command line: words in, words out, everything heavy imported inside the commands."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; errors print one message and exit with status 2."""
    # Whatever is imported, a screen that stays empty looks as if nothing happened.
    if sys.stderr.isatty() and sys.argv[1:] and not sys.argv[1].startswith("-"):
        sys.stderr.write(f"{sys.argv[1]}: starting ...\r")  # what comes next takes its place
        sys.stderr.flush()
    from bayescale.cli.app import main as run

    run()
