"""What the command line reads: tables, fits, groups and pairs."""

from collections.abc import Iterable, Mapping
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bayescale.core.files import require_writable, write_whole
from bayescale.core.progress import step
from bayescale.core.text import counted, first_line, format_table, parse_quantity, shorten
from bayescale.errors import BayescaleError, FileError, RunsError

if TYPE_CHECKING:
    import pandas as pd

    from bayescale.posterior.fit import Fit
    from bayescale.runs.table import Runs


_SHOWN_ROWS = 9


def read_runs(
    source: str | list[str], reading: Mapping[str, Any], pooled: Iterable[str] = ()
) -> "Runs":
    """Read a table of runs or a data set by the options of a command; name the rows left out.

    Parameters
    ----------
    source : str or list of str
        The path of a table or the paths of several, or the name of a data set.
    reading : mapping
        The options that were given, as `bayescale.cli.tables.takes_table` gathers them.
    pooled : iterable of str
        The groups that a fit pools over, which are kept besides those that were asked for.
    """
    with step(f"reading {name_of_source(source)}"):
        runs, is_ours = _read_runs(the_source(source), reading, pooled)
    if not is_ours:
        for remark in runs.provenance.remarks:
            typer.echo(remark, err=True)
        _name_left_out(runs)
    return runs


def the_source(given: str | list[str]) -> str | list[str]:
    """Return the word of a list of one, which may be a pattern, a folder or a data set."""
    return given[0] if isinstance(given, list) and len(given) == 1 else given


def name_of_source(given: str | list[str]) -> str:
    """Write what is read in a few words."""
    words = [given] if isinstance(given, str) else given
    return words[0] if len(words) == 1 else counted(len(words), "file")


def _read_runs(
    source: str | list[str], reading: Mapping[str, Any], pooled: Iterable[str]
) -> tuple["Runs", bool]:
    """Return runs, and whether they are a data set, whose flaws its card tells."""
    from bayescale.runs.reading import load_runs

    asked = reading_of(reading, pooled)
    if isinstance(source, str) and is_dataset(source):
        return load_dataset(source, asked), True
    return load_runs(source, **asked), False


def _name_left_out(runs: "Runs") -> None:
    for row in runs.refused.head(_SHOWN_ROWS).itertuples():
        line = f"left out row {row.row}: {row.column} = {shorten(row.value)}: {row.reason}"
        typer.echo(line, err=True)
    if (more := len(runs.refused) - _SHOWN_ROWS) > 0:
        typer.echo(f"and {more} more, which the report lists", err=True)


def reading_of(reading: Mapping[str, Any], pooled: Iterable[str] = ()) -> dict[str, Any]:
    """Return the options of a command as the arguments of `bayescale.load_runs`."""
    from bayescale.runs.labels import CONFIGURATION, name_groups

    asked = dict(reading)
    if columns := asked.pop("columns", []):
        asked["columns"] = parse_pairs("column", "NAME=COLUMN", columns)
    groups = _named_groups(asked.pop("groups", []))
    known = {*name_groups(groups, asked.get("run"))[0], CONFIGURATION}
    groups |= {name: name for name in pooled if name not in known}
    if groups:
        asked["groups"] = groups
    return asked


def is_dataset(source: str) -> bool:
    """Return whether a word is the name of a data set rather than of a file."""
    from bayescale.datasets import datasets

    return source in datasets() and not Path(source).exists()


def load_dataset(name: str, asked: Mapping[str, Any]) -> "Runs":
    """Load a data set, as its card says but for what is asked otherwise."""
    from bayescale.datasets import load
    from bayescale.runs.reading import load_runs

    usual = {name: part.default for name, part in signature(load_runs).parameters.items()}
    return load(name, **{key: value for key, value in asked.items() if value != usual[key]})


def _named_groups(entries: list[str]) -> dict[str, str]:
    """Read COLUMN, or NAME=COLUMN where the group has another name than the column."""
    pairs = (entry.rpartition("=") for entry in entries)
    return {name or column: column for name, _, column in pairs}


def read_fit(path: Path) -> "Fit":
    """Read a saved fit."""
    with step(f"reading {path}"):
        from bayescale.posterior.saving import load

        return load(path)


def choose_fit(path: Path, levels: list[str], card: str | None) -> "Fit":
    """Read a fit, of the group that ``--in-group`` names, extended by what ``--assume`` names."""
    fit = read_fit(path)
    if levels:
        named = parse_pairs("in-group", "GROUP=LEVEL", levels)
        fit = fit.group(**{group: level or None for group, level in named.items()})
    if card is None:
        return fit
    with step(f"assuming {card}"):
        from bayescale.inference.assuming import assume

        return assume(fit, card)


def choose_fits(paths: list[Path], levels: list[str], card: str | None) -> "Fit | dict[str, Fit]":
    """Read a fit, or several by the names of their files; see `choose_fit`.

    Raises
    ------
    BayescaleError
        If two files have the same name.
    """
    if len(paths) == 1:
        return choose_fit(paths[0], levels, card)
    names = [path.stem for path in paths]
    if twice := [name for name in names if names.count(name) > 1]:
        raise BayescaleError(
            f"two fits are called {twice[0]}; weights name a fit by its file, so rename one"
        )
    return {path.stem: choose_fit(path, levels, card) for path in paths}


def fits_of(chosen: "Fit | Mapping[str, Fit]") -> "list[Fit]":
    """Return one fit or several as a list."""
    return list(chosen.values()) if isinstance(chosen, Mapping) else [chosen]


def require_output(path: Path, *read: str | Path | None) -> None:
    """Raise if a file cannot be written, or is one that the command reads, before any work."""
    target = require_writable(path)
    for source in read:
        if source is not None and target.exists() and Path(source).resolve() == target:
            raise FileError(f"{path}: is what this command reads; write to another file")


def parse_pairs(option: str, form: str, entries: list[str]) -> dict[str, str]:
    """Read options of the form NAME=VALUE.

    Raises
    ------
    BayescaleError
        If one has another form.
    """
    pairs = {}
    for entry in entries:
        name, equals, value = entry.partition("=")
        if not equals or not name:
            raise BayescaleError(f"--{option} {entry}: write {form}")
        pairs[name] = value
    return pairs


def parse_inputs(entries: list[str]) -> dict[str, float]:
    """Read further inputs of a law, such as ``experts=8``."""
    pairs = parse_pairs("input", "NAME=VALUE", entries)
    return {name: parse_quantity(value) for name, value in pairs.items()}


def read_inputs(path: str) -> "pd.DataFrame":
    """Read a table of inputs, as it stands in a file of comma-separated values.

    Raises
    ------
    RunsError
        If it cannot be read.
    """
    import pandas as pd

    try:
        return pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise RunsError(
            f"{path}: {first_line(error)}; give a .csv with a row for each run"
        ) from None


def write_table(table: "pd.DataFrame", to: Path | None) -> str:
    """Write a table to a file, or return it as text if none was named."""
    if to is None:
        return format_table(table)
    write_whole(to, table.to_csv(index=False).encode())
    return f"{counted(len(table), 'run')} in {to}"
