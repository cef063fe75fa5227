"""How many examples are tried: a few, the same every time, or by `make fuzz` many new ones."""

import os

from hypothesis import HealthCheck, settings

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
