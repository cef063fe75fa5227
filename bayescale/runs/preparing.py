"""A table before its rows are checked: as it was read, and what its columns are taken for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bayescale.runs.columns import check_names, known_columns, mark_of
from bayescale.runs.gathering import Given, read_source
from bayescale.runs.guessing import Guess, guess, likely_columns
from bayescale.runs.source import Source
from bayescale.runs.telling import NAMED

_CHOICES = ("run", "last_of", "best_of")
_SHOWN = 12


@dataclass(frozen=True)
class Prepared:
    """A table, and how it is to be read.

    Attributes
    ----------
    source : Source
        The table as it was given.
    label : str
        What to call it.
    asked : dict
        The arguments of `bayescale.load_runs`: those that were given, what such an export is
        usually read with, and the columns that were guessed.
    guessed : Guess
        What was guessed of its columns.
    decimal : str
        The decimal mark of text.
    """

    source: Source
    label: str
    asked: dict[str, Any]
    guessed: Guess
    decimal: str

    @property
    def wanted(self) -> dict[str, str | None]:
        """What each quantity is read from; None for a column of its own name, if there is one."""
        further = self.asked.get("columns", {})
        return {name: self.asked.get(name) for name in NAMED} | dict(further)

    @property
    def remarks(self) -> tuple[str, ...]:
        """How the table was read, in sentences."""
        said = [f"Read as {self.source.kind}."] if self.source.kind else []
        said += self.source.remarks
        if self.source.unread:
            said.append(
                f"It looks like {self.source.unread}; it is read as a plain table, and nothing is "
                f"taken from {self._left}."
            )
        return (*said, *([str(self.guessed)] if self.guessed.taken else []))

    @property
    def doubts(self) -> tuple[str, ...]:
        """What is odd about what was read, to be said aloud."""
        return (*self.source.doubts, *self.guessed.doubts, *self.guessed.unsure)

    @property
    def _left(self) -> str:
        told = " ".join(text or name for name, text in self.wanted.items())
        names = [str(name) for name in self.source.table if str(name) not in told]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        return (", ".join(names[:_SHOWN]) or "no column") + more


def prepare(given: Given, asked: Mapping[str, Any], label: str) -> Prepared:
    """Read a table and guess what nobody named; see `bayescale.load_runs`.

    Parameters
    ----------
    given : str, Path, DataFrame or sequence of paths
        What the runs are read from.
    asked : mapping
        The arguments of `bayescale.load_runs` that were given.
    label : str
        What to call the table.

    Raises
    ------
    RunsError
        If it cannot be read, or a name is a slip.
    """
    check_names(asked.get("columns", {}))
    source = read_source(given, asked.get("wide"))
    table = source.table
    usual = dict(source.usual)
    if source.curve and table[source.curve].nunique() > 1:
        usual["last_of"] = source.curve
    if any(name in asked for name in _CHOICES):
        usual.pop("last_of", None)
    together = {**usual, **asked}
    wanted = {name: together.get(name) for name in NAMED} | dict(together.get("columns", {}))
    known = known_columns(table, wanted)
    likely = likely_columns(table, known)
    decimal = mark_of(table, wanted, likely, label, source.comma_likely)
    recorded = together.get("flops_rule") == "recorded"
    guessed = guess(table, known, decimal, recorded)
    taken: dict[str, Any] = {name: text for name, text in guessed.columns.items() if name in NAMED}
    if further := {n: text for n, text in guessed.columns.items() if n not in NAMED}:
        taken["columns"] = {**further, **together.get("columns", {})}
    return Prepared(source, label, {**together, **taken}, guessed, decimal)
