"""What a recogniser of exports is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from bayescale.runs.source import Source


@dataclass(frozen=True)
class Export:
    """How the files of one program are recognised and read.

    Each of the three functions returns None where what it is given is none of that program, and
    may raise whatever it likes where it is one that cannot be read: the file is then read as a
    plain table.

    Parameters
    ----------
    title : str
        What it is, in words, with an article.
    of_table : callable, optional
        ``of_table(table, path)`` takes a table that was read already; the path is None for a
        DataFrame.
    of_document : callable, optional
        ``of_document(document, path)`` takes what a JSON file holds.
    of_file : callable, optional
        ``of_file(path)`` takes a file that no plain reader knows, of a name among ``names``.
    names : tuple of str, default ()
        What such files are called, with ``*`` for any letters: a folder is searched for them.
    """

    title: str
    of_table: Callable[[pd.DataFrame, Path | None], Source | None] | None = None
    of_document: Callable[[Any, Path], Source | None] | None = None
    of_file: Callable[[Path], Source] | None = None
    names: tuple[str, ...] = ()

    def is_called(self, path: Path) -> bool:
        """Return whether a file has the name of such an export."""
        return any(path.match(name) for name in self.names)
