"""What each column of a table is, and what it was taken for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayescale.runs.labels import is_empty, labels_of
from bayescale.runs.numbers import read_numbers
from bayescale.runs.repeats import role_of

_SHOWN_LEVELS = 4
_MOST_LEVELS = 50


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
        Its name.
    kind : {"numbers", "text", "nothing", "lists"}
        What most of its cells hold.
    distinct, empty : int
        How many different values it has, and how many of its cells are empty.
    role : str
        What it probably says of a run: ``run`` (names it), ``seed``, ``setting``, ``outcome``,
        ``group`` (text that several rows share), or nothing.
    low, high : float
        The least and the largest number; NaN without any.
    levels : tuple of str
        The first few labels of a column of text.
    """

    name: str
    kind: str
    distinct: int
    empty: int
    role: str
    low: float
    high: float
    levels: tuple[str, ...] = ()


def describe_columns(table: pd.DataFrame, decimal: str) -> list[Column]:
    """Return what each column of a table is."""
    counts = table.columns.value_counts()
    return [_describe(name, table[name], decimal) for name in map(str, table) if counts[name] == 1]


def _describe(name: str, cells: pd.Series, decimal: str) -> Column:
    numbers = read_numbers(cells, decimal)
    empty = int(cells.map(is_empty).sum())
    held = len(cells) - empty
    values = numbers[np.isfinite(numbers)]
    if not held:
        return Column(name, "nothing", 0, empty, "", np.nan, np.nan)
    if len(values) > held / 2:
        low, high, distinct = float(values.min()), float(values.max()), int(values.nunique())
        recurs = distinct <= held / 2
        return Column(name, "numbers", distinct, empty, role_of(name, recurs), low, high)
    if cells.map(lambda cell: isinstance(cell, list | dict)).any():
        return Column(name, "lists", 0, empty, "", np.nan, np.nan)
    labels = labels_of(cells).dropna()
    levels = list(dict.fromkeys(labels))
    several = 1 < len(levels) <= min(_MOST_LEVELS, held / 2)
    role = role_of(name, recurs=several) or ("group" if several else "")
    shown = tuple(levels[:_SHOWN_LEVELS])
    return Column(name, "text", len(levels), empty, role, np.nan, np.nan, shown)


def named_in(text: str, columns: Iterable[str]) -> list[str]:
    """Return the columns that a formula names."""
    return [
        name
        for name in columns
        if name and re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", text)
    ]
