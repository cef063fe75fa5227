"""Tables as text."""

import pandas as pd

from bayescale.core.quantities import human

_COUNTS = {"params", "tokens", "flops", "unique_tokens"}


def format_table(table: pd.DataFrame, digits: int = 4) -> str:
    """Write a table of numbers with significant digits, counts in the short form."""
    shown = table.copy().astype(object)
    for column in table.columns:
        counts = column in _COUNTS
        shown[column] = [
            (human(value) if counts else f"{value:.{digits}g}")
            if isinstance(value, int | float) and not isinstance(value, bool)
            else value
            for value in table[column]
        ]
    return str(shown.to_string())
