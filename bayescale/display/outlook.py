"""Where a run in progress will end, in a notebook."""

from markupsafe import Markup

from bayescale.core.text import human, percent
from bayescale.display import parts
from bayescale.forecasting.outlook import Outlook, describe_outlook, describe_rungs


def show(outlook: Outlook) -> Markup:
    """Return the sentence, each look at the run, how finished runs were foretold, and the notes."""
    paced = bool(outlook.expected_by)
    rows = [
        [
            percent(look["progress"]),
            human(look["tokens"]),
            f"{look['loss']:.4g}",
            f"{look['median']:.4g}",
            f"{look['lower']:.4g} to {look['upper']:.4g}",
            *([f"{look['pace']:.2f}"] if paced else []),
        ]
        for _, look in outlook.table.iterrows()
    ]
    interval = f"{outlook.ci_prob:.0%} interval"
    headings = ["of its training", "tokens", "loss", "end", interval, *(["pace"] * paced)]
    return Markup().join(
        [
            parts.title(describe_outlook(outlook)),
            parts.table(headings, rows, text=0),
            parts.line(describe_rungs(outlook), "soft"),
            parts.notes(outlook.notes),
        ]
    )
