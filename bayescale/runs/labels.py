"""The labels of groups: what is the same to a person is the same label."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bayescale.core.asking import argument, setting
from bayescale.core.quantities import BY_COLUMN
from bayescale.errors import RunsError

CONFIGURATION = "configuration"
"""The group of runs that share every input, such as the seeds of one configuration."""

RUN = "run_id"
"""What the column that names the training run is called where its own name is taken."""

_TAKEN = {"run", "chain", "draw", "sample", CONFIGURATION}
"""Dimensions of a fit, which no group may be named after."""

_DIGITS = 12


def is_empty(cell: Any) -> bool:
    """Return whether a cell holds nothing; a list holds something, whatever is in it."""
    return bool(pd.api.types.is_scalar(cell) and pd.isna(cell))


def label_of(value: object) -> str:
    """Return the label that a cell stands for.

    Blanks around it do not count, composed and decomposed accents are one, and a whole number is
    the text of an integer, whether it was 1, 1.0 or "1".
    """
    if isinstance(value, float | np.floating):
        return str(int(value)) if float(value).is_integer() else f"{value:.{_DIGITS}g}"
    return unicodedata.normalize("NFC", "" if value is None else str(value)).strip()


def labels_of(cells: pd.Series) -> pd.Series:
    """Return the labels of a column, shape (rows,); None where a cell is empty."""
    found = [None if is_empty(cell) else label_of(cell) or None for cell in cells.astype(object)]
    return pd.Series(found, index=cells.index, name=cells.name, dtype=object)


def configurations(inputs: pd.DataFrame) -> np.ndarray:
    """Return a label of the values of all inputs for each run, shape (runs,).

    The values themselves, so that tables read apart agree, to 12 digits, so that the rounding of a
    product does not count.
    """
    parts = [
        [f"{name}={value:.{_DIGITS}g}" for value in inputs[name].to_numpy(float)] for name in inputs
    ]
    return np.array([", ".join(values) for values in zip(*parts, strict=True)], dtype=str)


def name_groups(
    groups: Sequence[str] | Mapping[str, str], run: str | None
) -> tuple[dict[str, str], str | None]:
    """Return the source column of each group by its name, and the group that names the run.

    Raises
    ------
    RunsError
        If a name is taken.
    """
    named = dict(groups) if isinstance(groups, Mapping) else {name: name for name in groups}
    for name, column in named.items():
        if name in _TAKEN or name in BY_COLUMN:
            what = "a quantity of the runs" if name in BY_COLUMN else "a dimension of every fit"
            raise RunsError(
                f"{argument('groups')}: {name!r} is the name of {what}, so no group may have it; "
                f"call it something else with {setting('groups', {f'{name}_label': column})}"
            )
    if run is None:
        return named, None
    known = [name for name, column in named.items() if column == run]
    if known:
        return named, known[0]
    name = RUN if run in _TAKEN or run in BY_COLUMN else run
    if name in named:
        raise RunsError(
            f"{argument('run')}={run!r}: {name!r} is another group already; rename that one with "
            f"{setting('groups', {'another_name': named[name]})}"
        )
    return {**named, name: run}, name
