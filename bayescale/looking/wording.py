"""What bayescale sees in a table, as a page of text."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bayescale.core.quantities import OUTCOMES, quantity_of
from bayescale.core.text import counted, human
from bayescale.looking.columns import Column, named_in
from bayescale.looking.feeding import Need

if TYPE_CHECKING:
    from bayescale.looking.look import Look

_WIDTH = 96
_MOST_COLUMNS, _MOST_LACKING = 16, 12
_COUNTS = {"params", "tokens", "flops", "unique_tokens"}
_ROLES = {
    "run": "names the run",
    "seed": "a seed",
    "setting": "a setting of the training",
    "outcome": "came out of the run",
    "group": "may group the runs (--group)",
}


def describe_look(look: "Look") -> str:
    """Write what is in a table, what it can feed and what is odd."""
    parts = [_title(look), _quantities(look), _columns(look), _models(look), _notes(look)]
    return "\n\n".join(part for part in parts if part)


def _title(look: "Look") -> str:
    title = f"{look.source}: {counted(look.rows, 'row')}, {counted(len(look.columns), 'column')}"
    if look.runs is None:
        return title
    used = len(look.runs)
    return title if used == look.rows else f"{title}; {counted(used, 'run')} to fit"


def _quantities(look: "Look") -> str:
    if look.runs is None:
        taken = [f"  {name:9} {text}" for name, text in look.taken.items()]
        problem = textwrap.indent(look.problem, "  ")
        head = ["Taken so far", *taken, ""] if taken else []
        return "\n".join([*head, "To be said before a fit", problem])
    rows = []
    for name, row in look.quantities.iterrows():
        counts = str(name) in _COUNTS
        low, high = (human(v) if counts else f"{v:.4g}" for v in (row["low"], row["high"]))
        extent = low if low == high else f"{low} to {high}"
        span = f"{row['decades']:.1f} decades" if row["decades"] == row["decades"] else ""
        # Decades say how far a power law was seen; a loss spans none worth the word.
        span = "" if str(name) in OUTCOMES else span
        source = row["source"] or "by C = 6ND"
        rows.append(
            [
                str(name),
                extent,
                _unit(look, str(name)),
                span,
                counted(int(row["distinct"]), "value"),
                source,
            ]
        )
    return "\n".join(["Quantities", *_aligned(rows)])


def _unit(look: "Look", name: str) -> str:
    if name in {"params", "unique_tokens", "tokens"}:
        return ""
    if name == "flops":
        return "FLOPs"
    if name == "loss":
        remarks = " ".join(note.sentence for note in look.notes)
        return "bits" if "is in bits" in remarks else "nats, if of a cross entropy"
    return quantity_of(name).label if quantity_of(name).label != name else ""


def _columns(look: "Look") -> str:
    names = [column.name for column in look.columns]
    used = {name for text in look.taken.values() for name in named_in(text, names)}
    used |= {name for name in names if name in look.taken.values()}
    others = [column for column in look.columns if column.name not in used]
    if not others:
        return ""
    # What may matter for a fit comes first.
    others.sort(key=lambda column: (not column.role, column.role == "outcome"))
    rows = [[c.name, shorten_to(_what(c), 58), _ROLES.get(c.role, "")] for c in others]
    more = len(rows) - _MOST_COLUMNS
    end = [f"  and {counted(more, 'column')} more"] if more > 0 else []
    return "\n".join(["Other columns", *_aligned(rows[:_MOST_COLUMNS]), *end])


def _what(column: Column) -> str:
    empty = f", {counted(column.empty, 'cell')} empty" if column.empty else ""
    if column.kind == "numbers":
        low, high = f"{column.low:.4g}", f"{column.high:.4g}"
        extent = low if low == high else f"{low} to {high}"
        return f"{extent} ({counted(column.distinct, 'value')}{empty})"
    if column.kind == "text":
        shown = shorten_to(", ".join(column.levels), 32)
        more = ", ..." if column.distinct > len(column.levels) and shown[-3:] != "..." else ""
        return f"{shown}{more} ({counted(column.distinct, 'label')}{empty})"
    return f"{column.kind}{empty}"


def _models(look: "Look") -> str:
    if not look.models:
        return ""
    lines = ["Models", *_wrapped("can be fitted:", look.ready or ["none"])]
    lacking: dict[str, list[str]] = {}
    for need in look.models:
        if not need.ready:
            lacking.setdefault(_lacks(need), []).append(need.model)
    ordered = sorted(lacking.items(), key=lambda item: (len(item[0].split(" and ")), item[0]))
    for reason, names in ordered[:_MOST_LACKING]:
        lines += _wrapped(f"{reason}:", names)
    return "\n".join(lines)


def _lacks(need: Need) -> str:
    if need.lacks:
        return f"lack {' and '.join(need.lacks)}"
    if need.still:
        return f"need runs that differ in {' and '.join(need.still)}"
    return "need more runs than they have parameters"


def _wrapped(head: str, names: Iterable[str]) -> Iterator[str]:
    text = f"{head} {', '.join(names)}"
    yield from textwrap.wrap(
        text, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
    )


def _notes(look: "Look") -> str:
    if not look.notes:
        return ""
    order = {"error": 0, "warning": 1, "info": 2}
    lines = []
    for note in sorted(look.notes, key=lambda note: order[note.severity]):
        lines += textwrap.wrap(
            str(note), _WIDTH, subsequent_indent="    ", break_on_hyphens=False,
            break_long_words=False, initial_indent="  ",
        )  # fmt: skip
    return "\n".join(["Notes", *lines])


def shorten_to(text: str, most: int) -> str:
    """Cut a text to a width."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _aligned(rows: list[list[str]]) -> list[str]:
    """Write rows in columns as wide as they must be, without those that are empty."""
    kept = [i for i in range(len(rows[0])) if any(row[i] for row in rows)]
    widths = {i: max(len(row[i]) for row in rows) for i in kept}
    return ["  " + "  ".join(f"{row[i]:{widths[i]}}" for i in kept).rstrip() for row in rows]
