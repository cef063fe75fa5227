"""How well a fit foretold runs, in a notebook."""

from markupsafe import Markup

from bayescale.core.text import human
from bayescale.display import parts
from bayescale.evaluation.scoring import Score, describe_score


def show(score: Score) -> Markup:
    """Return the sentence, each run beside its interval, and the notes."""
    table = score.table.head(parts.SHOWN_ROWS)
    counts = [name for name in score.inputs if name in ("params", "tokens", "flops")]
    headings = [*counts, score.target, "median", f"{score.ci_prob:.0%} interval", "error", ""]
    rows = [
        [
            *(human(row[name]) for name in counts),
            f"{row[score.target]:.4g}",
            f"{row['median']:.4g}",
            f"{row['lower']:.4g} to {row['upper']:.4g}",
            f"{row['error']:+.2%}",
            _inside(bool(row["inside"])),
        ]
        for _, row in table.iterrows()
    ]
    return Markup().join(
        [
            parts.title(describe_score(score)),
            parts.table(headings, rows, text=0, tail=1),
            parts.line(parts.of_rows(len(score.table)), "soft"),
            parts.notes(score.notes),
        ]
    )


def _inside(inside: bool) -> Markup:
    kind, word = ("good", "inside") if inside else ("bad", "outside")
    return Markup('<span class="{}">{}</span>').format(kind, word)
