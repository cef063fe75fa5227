"""What new runs are worth, in a notebook."""

from markupsafe import Markup

from bayescale.core.text import human
from bayescale.display import parts
from bayescale.evaluation.multiplier import Versus, describe_versus


def show(versus: Versus) -> Markup:
    """Return what the runs are worth, run by run, and the notes."""
    said = describe_versus(versus).removesuffix("\n".join(map(str, versus.notes))).strip()
    first, *rest = said.splitlines()
    table = versus.summary()
    shown = table.head(parts.SHOWN_ROWS)
    counts = [name for name in ("params", "tokens", "flops") if name in table]
    headings = ["run", *counts, "loss", "median", "lower", "upper", "unreachable"]
    rows = [
        [
            index,
            *("" if row[name] != row[name] else human(row[name]) for name in counts),
            "" if row["loss"] != row["loss"] else f"{row['loss']:.4g}",
            *(f"{row[name]:.3g}" for name in ("median", "lower", "upper")),
            f"{row['unreachable']:.0%}",
        ]
        for index, row in shown.iterrows()
    ]
    return Markup().join(
        [
            parts.title(first[0].upper() + first[1:], soft="; ".join(rest)),
            parts.table(headings, rows),
            parts.line(parts.of_rows(len(table)), "soft"),
            parts.notes(versus.notes),
        ]
    )
