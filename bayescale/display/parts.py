"""What displays are made of: titles, tables, tiles, notes."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bayescale.core.note import Note

SHOWN_ROWS = 10
"""More rows of a table are counted and not shown."""


_STYLE = Path(__file__).parent / "style.css"


def framed(body: Markup) -> Markup:
    """Return a display with its style, which touches nothing else on the page."""
    style = Markup(_STYLE.read_text(encoding="utf-8"))
    return Markup('<div class="bayescale"><style>{}</style>{}</div>').format(style, body)


def title(text: Any, *, soft: Any = "") -> Markup:
    """Return the first line of a display, and a soft one below it."""
    first = Markup('<p class="title">{}</p>').format(text)
    return first + (Markup('<p class="soft">{}</p>').format(soft) if soft else Markup())


def line(text: Any, kind: str = "") -> Markup:
    """Return a paragraph."""
    return Markup('<p class="{}">{}</p>').format(kind, text)


def table(
    headings: Sequence[Any], rows: Iterable[Sequence[Any]], *, text: int = 1, tail: int = 0
) -> Markup:
    """Return a table; the first ``text`` columns and the last ``tail`` ones hold words."""
    last = len(headings) - tail
    kinds = ["" if place < text or place >= last else "number" for place in range(len(headings))]
    head = Markup().join(map(Markup('<th class="{}">{}</th>').format, kinds, headings))
    body = Markup().join(
        Markup("<tr>{}</tr>").format(
            Markup().join(map(Markup('<td class="{}">{}</td>').format, kinds, row))
        )
        for row in rows
    )
    return Markup(
        '<div class="wide"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(head, body)


def tiles(facts: Mapping[str, Any]) -> Markup:
    """Return facts side by side, each under its name; pairs have a small second line."""
    return Markup("<dl>{}</dl>").format(
        Markup().join(
            Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, _fact(fact))
            for name, fact in facts.items()
        )
    )


def _fact(fact: Any) -> Any:
    if isinstance(fact, tuple):
        return Markup("{}<small>{}</small>").format(*fact)
    return fact


def notes(found: Sequence[Note]) -> Markup:
    """Return notes as a list; those that only inform are folded away if others are there."""
    urgent = [note for note in found if note.severity != "info"]
    rest = [note for note in found if note.severity == "info"]
    if not urgent:
        return _list(rest)
    more = Markup("<details><summary>{} more</summary>{}</details>").format(len(rest), _list(rest))
    return _list(urgent) + (more if rest else Markup())


def _list(found: Sequence[Note]) -> Markup:
    if not found:
        return Markup()
    items = (
        Markup('<li class="{}">{}{} <span class="remedy">{}</span></li>').format(
            note.severity,
            Markup("<b>{}:</b> ").format(note.severity) if note.severity != "info" else "",
            note.sentence,
            note.remedy,
        )
        for note in found
    )
    return Markup("<ul>{}</ul>").format(Markup().join(items))


def folded(summary: Any, body: Any) -> Markup:
    """Return something that opens when it is clicked."""
    return Markup("<details><summary>{}</summary>{}</details>").format(summary, body)


def code(text: str) -> Markup:
    """Return a piece of Python."""
    return Markup("<code>{}</code>").format(text)


def of_rows(count: int) -> str:
    """Say how many rows are not shown."""
    return f"{count - SHOWN_ROWS} more rows" if count > SHOWN_ROWS else ""
