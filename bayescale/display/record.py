"""What came of forecasts, in a notebook."""

from markupsafe import Markup

from bayescale.core.text import human
from bayescale.display import parts
from bayescale.forecasting.quantiles import SHOWN
from bayescale.forecasting.record import Record, describe_record, within_words


def show(record: Record) -> Markup:
    """Return the sentence, each run beside what was foretold of it, the coverage and the notes."""
    table = record.table.head(parts.SHOWN_ROWS)
    names = ("params", "tokens", "unique_tokens", "flops")
    counts = [name for name in names if name in table]
    headings = ["forecast", *counts, record.target, "median", f"{SHOWN:.0%} interval", "error"]
    rows = [
        [
            row["forecast"],
            *("" if row[name] != row[name] else human(row[name]) for name in counts),
            f"{row[record.target]:.4g}",
            f"{row['median']:.4g}",
            f"{row['lower']:.4g} to {row['upper']:.4g}",
            f"{row['error']:+.2%}",
            _within(float(row["within"])),
        ]
        for _, row in table.iterrows()
    ]
    return Markup().join(
        [
            parts.title(describe_record(record)),
            parts.table([*headings, "inside"], rows, tail=1),
            parts.line(parts.of_rows(len(record.table)), "soft"),
            _coverage(record) if len(record.table) > 1 else Markup(),
            parts.notes(record.notes),
        ]
    )


def _coverage(record: Record) -> Markup:
    facts = {
        f"inside {prob:.0%}": (f"{row['share']:.0%}", f"{row['inside']:.0f} of {row['runs']:.0f}")
        for prob, row in record.coverage.iterrows()
    }
    return parts.tiles(facts)


def _within(within: float) -> Markup:
    kind = "good" if within < 1 else "bad"
    return Markup('<span class="{}">{}</span>').format(kind, within_words(within))
