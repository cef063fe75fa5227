"""What to train next, in a notebook."""

from markupsafe import Markup

from bayescale.core.text import human
from bayescale.display import parts
from bayescale.planning.proposal import NextRuns, facts_of, title_of


def show(found: NextRuns) -> Markup:
    """Return what to train, what it is expected to bring, and the notes."""
    title = title_of(found)
    batch = found.batch.head(parts.SHOWN_ROWS)
    counts = [str(name) for name in batch if name not in ("trained", "regret", "width")]
    headings = ["", *counts, "regret", "interval"]
    rows = [
        [
            place,
            *(human(row[name]) for name in counts),
            f"{row['regret']:.2g}",
            f"{row['width']:.2g}",
        ]
        for place, (_, row) in enumerate(batch.iterrows(), start=1)
    ]
    return Markup().join(
        [
            parts.title(title[0].upper() + title[1:]),
            *(parts.line(f"{label.title()}: {text}.") for label, text in facts_of(found)),
            parts.table(headings, rows) if rows else Markup(),
            parts.line(parts.of_rows(len(found.batch)), "soft"),
            parts.notes(found.notes),
        ]
    )
