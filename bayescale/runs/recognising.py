"""Which program a file comes from, and how it is read; what cannot be told is a plain table."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from bayescale.core.text import first_line, shorten
from bayescale.errors import RunsError
from bayescale.runs import exports
from bayescale.runs.exports.export import Export
from bayescale.runs.source import Source


@cache
def known_exports() -> tuple[Export, ...]:
    """Return every recogniser: ``EXPORT`` of the modules of `bayescale.runs.exports`."""
    names = [module.name for module in pkgutil.iter_modules(exports.__path__)]
    found = [importlib.import_module(f"{exports.__name__}.{name}") for name in names]
    return tuple(module.EXPORT for module in found if hasattr(module, "EXPORT"))


def export_of_file(path: Path) -> Export | None:
    """Return the export that a file must be by its name, if no plain reader knows it."""
    named = (export for export in known_exports() if export.of_file and export.is_called(path))
    return next(named, None)


def read_export(export: Export, path: Path) -> Source:
    """Read a file that only one export can be.

    Raises
    ------
    RunsError
        If it cannot be read.
    """
    assert export.of_file is not None
    try:
        return replace(export.of_file(path), kind=export.title)
    except RunsError as error:
        raise RunsError(f"{path}: {error}") from None
    except Exception as error:  # whatever another program's reader raises
        raise RunsError(
            f"{path}: is called like {export.title} but cannot be read as one "
            f"({_short(error)}); give a table of runs, such as a .csv file"
        ) from None


def recognise_document(document: Any, path: Path) -> Source | str:
    """Read what a JSON file holds as an export; else return why it could not be, or nothing."""
    return _first([(export, export.of_document) for export in known_exports()], document, path)


def recognise_table(plain: Source, path: Path | None) -> Source:
    """Read a plain table as an export of a known program, if it is one."""
    if plain.kind:
        return plain
    found = _first([(export, export.of_table) for export in known_exports()], plain.table, path)
    if isinstance(found, str):
        return replace(plain, unread=plain.unread or found)
    remarks = (*plain.remarks, *found.remarks)
    return replace(found, remarks=remarks, comma_likely=plain.comma_likely)


type _Reading = Callable[[Any, Any], Source | None]


def _first(
    readers: Sequence[tuple[Export, _Reading | None]], given: Any, path: Path | None
) -> Source | str:
    """Return what the first reader makes of a table that knows it."""
    why = ""
    for export, reader in readers:
        try:
            found = reader(given, path) if reader else None
        except Exception as error:  # a recogniser that fails leaves a plain table
            why = f"{export.title}, but could not be read as one ({_short(error)})"
            continue
        if found is not None:
            return replace(found, kind=export.title)
    return why


def _short(error: Exception) -> str:
    return shorten(first_line(error), 120)
