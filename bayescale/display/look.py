"""What a table of runs holds, in a notebook."""

from markupsafe import Markup

from bayescale.core.text import counted, human
from bayescale.display import parts
from bayescale.looking.look import Look
from bayescale.reporting.symbols import label_of


def show(look: Look) -> Markup:
    """Return what was taken for what, how far the runs reach, and which models they could feed."""
    ready = [need.model for need in look.models if need.ready]
    soft = look.problem or f"{counted(len(look.runs or ()), 'run')} can be fitted"
    return Markup().join(
        [
            parts.title(f"{counted(look.rows, 'row')} in {look.source}", soft=soft),
            _quantities(look),
            parts.line(f"Models that can be fitted: {', '.join(ready)}." if ready else "", "soft"),
            parts.notes(look.notes),
            parts.folded("every column of the table", _columns(look)),
        ]
    )


def _quantities(look: Look) -> Markup:
    table = look.quantities
    if table.empty:
        return Markup()
    rows = [
        [
            label_of(str(name)),
            row["source"] or "derived",
            human(row["low"]),
            human(row["high"]),
            "" if row["decades"] != row["decades"] else f"{row['decades']:.1f}",
            int(row["distinct"]),
        ]
        for name, row in table.iterrows()
    ]
    headings = ["quantity", "read from", "least", "most", "decades", "values"]
    return parts.table(headings, rows, text=2)


def _columns(look: Look) -> Markup:
    rows = [
        [each.name, each.kind, each.role, ", ".join(each.levels), each.distinct, each.empty]
        for each in look.columns
    ]
    return parts.table(["column", "holds", "role", "", "values", "empty"], rows, text=4)
