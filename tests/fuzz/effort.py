"""How many examples are tried: a few, the same every time, or by `make fuzz` many new ones."""

import os

import pytest
from hypothesis import HealthCheck, settings

# A library that is imported meanwhile sets it, which does no harm.
QUIET = pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")

LONG = os.environ.get("BAYESCALE_FUZZ") == "long"


def examples(few: int, many: int) -> settings:
    """Return the settings of a test that tries few examples, or many."""
    return settings(
        max_examples=many if LONG else few,
        derandomize=not LONG,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=LONG,
    )
