"""Warnings, said of the line that called bayescale."""

import warnings
from pathlib import Path

from bayescale.errors import BayescaleWarning

_PACKAGE = str(Path(__file__).parent.parent)


def warn(message: str) -> None:
    """Warn, as of the nearest line that is not of this package."""
    warnings.warn(message, BayescaleWarning, skip_file_prefixes=(_PACKAGE,), stacklevel=2)
