"""The command line: words in, words out, everything heavy imported inside the commands."""

import sys
from typing import NoReturn

__all__ = ["main", "run"]


def main() -> None:
    """Run the command line; errors print one message and exit with status 2."""
    _say_that_it_starts()
    from bayescale.cli.app import main as main_of_app

    main_of_app()


def run() -> NoReturn:
    """Run the command line as a process that ends when its work has."""
    _say_that_it_starts()
    from bayescale.cli.app import run as run_app

    run_app()


def _say_that_it_starts() -> None:
    # Whatever is imported, a screen that stays empty looks as if nothing happened.
    if sys.stderr.isatty() and sys.argv[1:] and not sys.argv[1].startswith("-"):
        sys.stderr.write(f"{sys.argv[1]}: starting ...\r")  # what comes next takes its place
        sys.stderr.flush()
