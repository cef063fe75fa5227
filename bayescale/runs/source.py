"""A table as it was given: its cells, how it was read, and how such a table is usually read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Source:
    """A table as it was given.

    Attributes
    ----------
    table : DataFrame
        Its cells; the index names the row (the line of a file).
    remarks : tuple of str
        How it was read, where that was not plain.
    comma_likely : bool
        Whether its numbers are likely to have a decimal comma.
    kind : str
        Of which program it is an export, in words; empty for a plain table.
    usual : dict
        The arguments of `bayescale.load_runs` that such an export is read with unless others are
        given.
    curve : str
        The column that names the training run, where each row is one evaluation of a run.
    doubts : tuple of str
        What is probably wrong with it.
    unread : str
        Of which program it seems to be an export, where it could not be read as one.
    """

    table: pd.DataFrame
    remarks: tuple[str, ...] = ()
    comma_likely: bool = False
    kind: str = ""
    usual: Mapping[str, Any] = field(default_factory=dict)
    curve: str = ""
    doubts: tuple[str, ...] = ()
    unread: str = ""
