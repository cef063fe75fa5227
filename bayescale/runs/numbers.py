"""Cells of a table as numbers, however people wrote them."""

import re
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from bayescale.core.text import parse_quantity
from bayescale.errors import BayescaleError, RunsError
from bayescale.runs.labels import is_empty

_COMMA_DECIMAL = re.compile(r"\s*[-+]?(0,\d+|\d+,(\d{1,2}|\d{4,})|\d{4,},\d+)(\D.*)?")
_POINT_DECIMAL = re.compile(
    r"\s*[-+]?(\d+(,\d{3}){2,}(\.\d+)?|\d+,\d{3}\.\d+|0?\.\d+|\d+\.(\d{1,2}|\d{4,}))(\D.*)?"
)
_POSSIBLE_COMMA = re.compile(r"\s*[-+]?\d{1,3},\d{3}\s*")


def read_numbers(cells: pd.Series, decimal: str = ".") -> pd.Series:
    """Return the cells of a column as numbers.

    Parameters
    ----------
    cells : Series, shape (rows,)
        Numbers, or text that `bayescale.core.text.parse_quantity` reads.
    decimal : {".", ","}, default "."
        The decimal mark of text.

    Returns
    -------
    Series of float, shape (rows,)
        NaN where a cell is missing or no number. A truth value, a date, a complex number and a
        list are no numbers.
    """
    if pd.api.types.is_bool_dtype(cells.dtype) or pd.api.types.is_complex_dtype(cells.dtype):
        return pd.Series(np.nan, index=cells.index, name=cells.name)
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return cells.astype("float64")
    numbers = [_read_number(cell, decimal) for cell in cells.array]
    return pd.Series(numbers, index=cells.index, name=cells.name, dtype="float64")


def _read_number(cell: object, decimal: str) -> float:
    if isinstance(cell, str):
        try:
            # What float() takes for a number, but for a comma that may be a decimal mark.
            return (
                float(cell) if len(cell) < 400 and decimal == "." else parse_quantity(cell, decimal)
            )
        except ValueError:
            pass
        try:
            return parse_quantity(cell, decimal)
        except BayescaleError:
            return np.nan
    if isinstance(cell, bool | np.bool_) or not isinstance(cell, int | float | np.number):
        return np.nan
    if isinstance(cell, np.complexfloating):
        return np.nan
    try:
        return float(cell)
    except OverflowError:
        return np.inf


def not_numbers(cells: pd.Series, numbers: pd.Series) -> pd.Series:
    """Return where a cell holds something that is no number, shape (rows,)."""
    there = [not is_empty(cell) for cell in cells.array]
    return numbers.isna() & pd.Series(there, index=cells.index)


def decimal_mark(columns: Mapping[str, pd.Series], source: str, comma_likely: bool) -> str:
    """Return the decimal mark of the text in some columns, as its cells tell.

    Parameters
    ----------
    columns : mapping of str to Series
        The columns that hold numbers.
    source : str
        What to call the table.
    comma_likely : bool
        Whether a cell such as ``3,105``, which can be read both ways, has a decimal comma.

    Raises
    ------
    RunsError
        If some cells say that it is a comma and others that it is a point.
    """
    comma = _first(columns, _COMMA_DECIMAL)
    point = _first(columns, _POINT_DECIMAL)
    if comma is None:
        return "," if comma_likely and point is None and _first(columns, _POSSIBLE_COMMA) else "."
    if point is None:
        return ","
    raise RunsError(
        f"{source}: in {comma[0]} = {comma[1]} the comma is a decimal mark, in {point[0]} = "
        f"{point[1]} it is none; write all numbers with a decimal point"
    )


def _first(columns: Mapping[str, pd.Series], form: re.Pattern[str]) -> tuple[str, str] | None:
    for name, cells in columns.items():
        for cell in _texts(cells):
            if form.fullmatch(cell):
                return name, cell.strip()
    return None


def _texts(cells: pd.Series) -> Iterable[str]:
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return ()
    return (cell for cell in cells.array if isinstance(cell, str) and len(cell) < 64)
