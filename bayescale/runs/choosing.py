"""Which rows to keep: where a condition holds, the last of each run, the best of each."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from bayescale.core.asking import argument, setting
from bayescale.errors import RunsError
from bayescale.runs.expressions import condition, evaluate
from bayescale.runs.labels import labels_of
from bayescale.runs.numbers import read_numbers
from bayescale.runs.provenance import Choice
from bayescale.runs.rules import complete_flops
from bayescale.runs.synonyms import PROGRESS, words_of
from bayescale.runs.telling import told

_DERIVED_DIGITS = 4


class Chooser:
    """Keeps rows, and counts those that each choice leaves out.

    Parameters
    ----------
    given : DataFrame
        The table as it was given.
    cells : DataFrame
        Its columns by their canonical names, with the same index.
    decimal : str
        The decimal mark of text.
    """

    def __init__(self, given: pd.DataFrame, cells: pd.DataFrame, decimal: str) -> None:
        self.decimal = decimal
        self.numbers = cells.apply(lambda column: read_numbers(column, decimal))
        # A size that follows from two others is rounded, so that it is one size in every row.
        derived = complete_flops(self.numbers, "recorded")[0].drop(columns=list(cells))
        derived = derived.map(lambda value: float(f"{value:.{_DERIVED_DIGITS - 1}e}"))
        known = pd.concat([cells, derived], axis=1)
        self.given = given.assign(**{str(name): known[name] for name in known if name not in given})
        self.keep = pd.Series(True, index=given.index)
        self.choices: list[Choice] = []

    def where(self, text: str) -> None:
        """Keep the rows for which a condition holds."""
        holds = condition(text, self.given, argument("where"), self.decimal)
        self._leave(~holds, setting("where", text))

    def last_of(self, text: str) -> None:
        """Keep the last row of each training run that a column or a formula names."""
        names = self._labels(text, "last_of")
        progress = self._progress()
        usable = self.keep & self.numbers["loss"].notna() & progress.notna()
        last = progress.where(usable).groupby(names).transform("max")
        self._leave(progress < last, setting("last_of", text))

    def best_of(self, texts: Sequence[str]) -> None:
        """Keep the row of least loss of those that agree in all of some columns or formulas."""
        keys = pd.concat([self._labels(text, "best_of") for text in texts], axis=1)
        losses = self.numbers["loss"].where(self.keep)
        usable = losses[losses.notna()]
        columns = [keys.iloc[:, i].loc[usable.index] for i in range(len(texts))]
        best = usable.groupby(columns).idxmin()
        worse = usable.index.difference(pd.Index(best))
        self._leave(
            pd.Series(self.keep.index.isin(worse), self.keep.index), setting("best_of", [*texts])
        )

    def _leave(self, out: pd.Series, asked: str) -> None:
        count = int((out & self.keep).sum())
        self.keep &= ~out
        self.choices.append(Choice(asked, count))
        if not self.keep.any():
            raise RunsError(f"{asked} leaves out all {count} rows; ask for others")

    def _labels(self, text: str, place: str) -> pd.Series:
        labels = labels_of(evaluate(text, self.given, argument(place), self.decimal))
        empty = labels.index[labels.isna() & self.keep]
        if len(empty):
            raise RunsError(
                f"{argument(place)}={text!r}: row {empty[0]} has no value; fill it in, or leave "
                f"it out with {setting('where', ...)}"
            )
        return labels.rename(len(text))

    def _progress(self) -> pd.Series:
        for name in ("tokens", "steps", "flops", "step"):
            if name in self.numbers:
                return self.numbers[name]
            if name in self.given:
                return read_numbers(self.given[name], self.decimal)
        for name in map(str, self.given):
            if re.fullmatch(PROGRESS, words_of(name)):
                return read_numbers(self.given[name], self.decimal)
        raise RunsError(
            f"{argument('last_of')} needs tokens, steps or flops to tell which row is the last; "
            f"name a column with {told('tokens', ...)}"
        )


def choose_rows(
    given: pd.DataFrame,
    cells: pd.DataFrame,
    decimal: str,
    where: str | None,
    last_of: str | None,
    best_of: Sequence[str],
) -> tuple[np.ndarray, tuple[Choice, ...]]:
    """Return which rows to keep, shape (rows,), and what each choice left out.

    Raises
    ------
    RunsError
        If a choice names no column, cannot be read or leaves out every row.
    """
    chooser = Chooser(given, cells, decimal)
    if where is not None:
        chooser.where(where)
    if last_of is not None:
        chooser.last_of(last_of)
    if best_of:
        chooser.best_of(best_of)
    return chooser.keep.to_numpy(), tuple(chooser.choices)
