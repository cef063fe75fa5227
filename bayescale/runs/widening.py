"""From wide to long: columns that hold one quantity of several runs become rows."""

import re
from dataclasses import replace

import pandas as pd

from bayescale.core.asking import argument
from bayescale.core.text import counted, shorten
from bayescale.errors import RunsError
from bayescale.runs.source import Source
from bayescale.runs.synonyms import PROGRESS, words_of

COLUMN = "column"
"""The column that holds the names of the columns that became rows."""

_FORM = "write NAME=PATTERN, such as 'loss=*b' or 'loss={run} - val/loss'"


def lengthen(found: Source, wide: str) -> Source:
    """Make a row of each cell of the columns whose names have a pattern.

    Parameters
    ----------
    found : Source
        The table.
    wide : str
        ``NAME=PATTERN``: what the cells hold, and what the columns are called. ``*`` is any text,
        ``{run}`` any text that becomes a column ``run``.

    Returns
    -------
    Source
        The cells are in the column NAME, the names of the columns in `COLUMN`; the other columns
        are repeated. Empty cells make no row.

    Raises
    ------
    RunsError
        If the pattern is none, or no column or only one has it.
    """
    name, equals, pattern = wide.partition("=")
    name, pattern = name.strip(), pattern.strip()
    if not equals or not name or not re.search(r"[*{]", pattern):
        raise RunsError(f"{argument('wide')}={shorten(wide)!r}: is no pattern of columns; {_FORM}")
    form, table = _regex(pattern, wide), found.table
    matches = {column: form.fullmatch(column) for column in map(str, table)}
    taken = {column: match for column, match in matches.items() if match}
    if len(taken) < 2:
        many = "only one column is" if taken else "no column is"
        raise RunsError(
            f"{argument('wide')}={shorten(wide)!r}: {many} called like that; the table has "
            f"{', '.join(list(matches)[:12])}; {_FORM}"
        )
    rest = [column for column in matches if column not in taken]
    made = [name, COLUMN, *next(iter(taken.values())).groupdict()]
    if both := [column for column in made if column in rest]:
        raise RunsError(
            f"{argument('wide')}={shorten(wide)!r}: the table has a column {both[0]!r} already; "
            "give the new one another name"
        )
    long = _melted(table, name, taken, rest)
    empty = len(table) * len(taken) - len(long)
    none = f"; {counted(empty, 'empty cell')} made no row" if empty else ""
    remark = (
        f"{len(taken)} columns ({', '.join(list(taken)[:4])}{', ...' * (len(taken) > 4)}) became "
        f"rows: {name} holds their cells, {COLUMN} their names{none}."
    )
    # Along steps, what became rows are training curves.
    along = any(re.fullmatch(PROGRESS, words_of(column)) for column in rest)
    curve = found.curve or (COLUMN if along else "")
    return replace(found, table=long, remarks=(*found.remarks, remark), curve=curve)


def _melted(
    table: pd.DataFrame, name: str, taken: dict[str, re.Match[str]], rest: list[str]
) -> pd.DataFrame:
    pieces = []
    for column, match in taken.items():
        piece = table[rest].assign(**{name: table[column], COLUMN: column, **match.groupdict()})
        # One row of the file gives several, so each is named by its column as well.
        piece.index = pd.Index([f"{row}, {column}" for row in table.index], name="line")
        pieces.append(piece[table[column].notna().to_numpy()])
    return pd.concat(pieces)


def _regex(pattern: str, wide: str) -> re.Pattern[str]:
    parts = re.split(r"(\*|\{[^{}]*\})", pattern)
    form = ""
    for part in parts:
        if part == "*":
            form += ".+"
        elif part.startswith("{") and part.endswith("}"):
            if not part[1:-1].isidentifier() or f"(?P<{part[1:-1]}>" in form:
                raise RunsError(
                    f"{argument('wide')}={shorten(wide)!r}: {part} is no name of a column; {_FORM}"
                )
            form += f"(?P<{part[1:-1]}>.+)"
        else:
            form += re.escape(part)
    return re.compile(form)
