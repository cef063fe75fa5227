"""A comparison of models in a notebook."""

import pandas as pd
from markupsafe import Markup

from bayescale.core.text import human
from bayescale.display import parts
from bayescale.evaluation.comparing import Comparison


def show(comparison: Comparison) -> Markup:
    """Return both scores of each model, and what they say."""
    lead = Markup("<b>{}</b> extrapolates best").format(comparison.best)
    soft = (
        f"Fitted up to {human(comparison.cut)} FLOPs, scored on "
        f"{int(comparison.largest['runs'].iloc[0])} runs above."
    )
    return Markup().join(
        [
            parts.title(lead, soft=soft),
            parts.line("Largest-compute-out (extrapolation)"),
            _scores(comparison.largest),
            *_by_cut(comparison.cuts),
            parts.line("LOO (interpolation)"),
            _scores(comparison.loo),
            parts.notes(comparison.notes),
        ]
    )


def _by_cut(cuts: pd.DataFrame) -> list[Markup]:
    if cuts.shape[1] < 2:
        return []
    words = "Log density of a run above each cut, in FLOPs"
    return [parts.line(words), _scores(cuts.rename(columns=human))]


def _scores(table: pd.DataFrame) -> Markup:
    rows = [[name, *(f"{value:.4g}" for value in values)] for name, *values in table.itertuples()]
    return parts.table(["model", *map(str, table)], rows)
