"""What the command line reads: tables, fits, groups and pairs."""

from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bayescale.core.text import parse_quantity
from bayescale.errors import BayescaleError

if TYPE_CHECKING:
    from bayescale.posterior.fit import Fit
    from bayescale.runs.table import Runs


def read_runs(
    source: str,
    columns: list[str],
    groups: list[str],
    run: str | None,
    bad_rows: Any,
    flops_rule: Any,
) -> "Runs":
    """Read a table of runs or a data set, and name the rows that were left out."""
    from bayescale.datasets import datasets as all_datasets
    from bayescale.datasets import load as load_dataset
    from bayescale.runs.reading import load_runs

    asked: dict[str, Any] = {
        "columns": parse_pairs("column", "NAME=COLUMN", columns),
        "groups": groups,
        "run": run,
    }
    asked |= {"bad_rows": bad_rows, "flops_rule": flops_rule}
    if source in all_datasets() and not Path(source).exists():
        usual = {name: part.default for name, part in signature(load_runs).parameters.items()}
        chosen = {
            name: value for name, value in asked.items() if (value or usual[name]) != usual[name]
        }
        return load_dataset(source, **chosen)
    runs = load_runs(source, **asked)
    for row in runs.refused.itertuples():
        line = f"left out row {row.row}: {row.column} = {row.value}: {row.reason}"
        typer.echo(line, err=True)
    return runs


def read_fit(path: Path) -> "Fit":
    """Read a saved fit."""
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
    from bayescale.inference.assuming import assume

    return assume(fit, card)


def require_writable(path: Path) -> None:
    """Fail before minutes of sampling rather than after."""
    if path.is_dir():
        raise BayescaleError(f"{path}: is a folder; give the name of a file")
    if not path.parent.is_dir():
        raise BayescaleError(f"{path}: there is no folder {path.parent}; make it or choose another")


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
