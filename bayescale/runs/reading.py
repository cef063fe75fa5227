"""Read a table of training runs: find its columns, choose its rows, refuse its bad ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from bayescale.core.border import checked
from bayescale.core.quantities import BY_COLUMN
from bayescale.core.warning import warn
from bayescale.errors import RunsError
from bayescale.runs.choosing import choose_rows
from bayescale.runs.columns import add_known, check_names, mark_of, pick_columns
from bayescale.runs.expressions import evaluate
from bayescale.runs.formats import read_source
from bayescale.runs.labels import labels_of, name_groups
from bayescale.runs.numbers import read_numbers
from bayescale.runs.plausibility import check_sign, doubts, find_other_units, remarks
from bayescale.runs.provenance import Provenance
from bayescale.runs.repeats import describe_repeats, find_repeats
from bayescale.runs.rules import (
    COUNTS,
    complain,
    complete_flops,
    find_duplicates,
    find_invalid,
    find_too_many_unique,
    find_unlabelled,
)
from bayescale.runs.table import FlopsRule, Runs

type BadRows = Literal["error", "refuse"]

_NAMED = ("params", "tokens", "flops", "unique_tokens", "loss")
"""The quantities whose columns have an argument of their own."""


@checked(RunsError)
def load_runs(
    source: str | Path | pd.DataFrame,
    *,
    params: str | None = None,
    tokens: str | None = None,
    loss: str | None = None,
    flops: str | None = None,
    unique_tokens: str | None = None,
    columns: Mapping[str, str] | None = None,
    groups: Sequence[str] | Mapping[str, str] = (),
    run: str | None = None,
    where: str | None = None,
    last_of: str | None = None,
    best_of: str | Sequence[str] = (),
    flops_rule: FlopsRule = "6ND",
    bad_rows: BadRows = "error",
    name: str | None = None,
    simulated: bool = False,
) -> Runs:
    """Read a table of training runs, one row for each finished run.

    Two of ``params``, ``tokens`` and ``flops`` give the third through C = 6 N D.

    Parameters
    ----------
    source : str, Path or DataFrame
        A DataFrame; or a file ending in ``.csv``, ``.tsv``, ``.txt``, ``.parquet``, ``.json``,
        ``.jsonl``, ``.ndjson`` or ``.xlsx`` (which needs openpyxl), which may be compressed
        (``.gz``, ``.xz``, ``.bz2``, ``.zip``). Objects inside objects of JSON are columns such as
        ``train.lr``. Numbers may be written as people do: ``19.0 M``, ``8,192``, ``8.66x10^16``.
    params, tokens, flops, unique_tokens, loss : str, optional
        The column that holds each quantity, by default the column of that name if there is one;
        or a formula of columns with numbers, ``+ - * / **``, brackets, ``log``, ``log2``,
        ``log10``, ``exp`` and ``sqrt``, such as ``"size_b * 1e9"`` or ``"log(perplexity)"``. A
        name of more than letters, digits and underscores stands in backticks there. Tokens are
        tokens processed, unique tokens are distinct ones.
    columns : mapping of str to str, optional
        Columns of further inputs that a law takes, such as ``{"experts": "n_experts"}``: those of
        `bayescale.core.quantities.QUANTITIES`, ``share_<domain>``, or a name of your own. Columns
        that bear such a name already need no entry.
    groups : sequence of str or mapping of str to str, default ()
        Further columns to keep, such as an architecture or a seed; a mapping gives them names of
        your own. Labels are text: blanks around them do not count, and 1, 1.0 and "1" are one.
    run : str, optional
        The column that names the training run, where rows are checkpoints of one. A column called
        ``run`` is kept as the group ``run_id``.
    where : str, optional
        The condition of the rows to keep, such as ``"arm == 'base' and lr < 0.01"``.
    last_of : str, optional
        The column that names the training run, of each of which the last row is kept: the one of
        most tokens, steps or FLOPs. Checkpoints before the learning rate has decayed are worse
        than finished runs of their length, and bias a fit.
    best_of : str or sequence of str, optional
        The columns (or quantities, or formulas) that make a configuration, such as ``["params",
        "tokens"]``: of the rows that agree in all of them, as of a sweep of learning rates, the
        one of least loss is kept.
    flops_rule : {"6ND", "recorded"}, default "6ND"
        ``"6ND"`` refuses recorded FLOPs more than 10% away from 6ND; ``"recorded"`` takes them as
        they are.
    bad_rows : {"error", "refuse"}, default "error"
        Whether a row that cannot be used is an error, or is left out and listed in
        `Runs.refused`.
    name : str, optional
        What to call the source in reports; the path by default.
    simulated : bool, default False
        Whether the runs were drawn from a formula rather than trained.

    Returns
    -------
    Runs

    Raises
    ------
    RunsError
        If the file cannot be read, a column is missing, a row is bad (and ``bad_rows`` is
        ``"error"``), or the losses cannot be losses: perplexities, accuracies, all the same, or
        rising with every input.

    Warns
    -----
    BayescaleWarning
        If counts are so small, or losses so large, that they must be in another unit; or rows are
        no independent runs, such as checkpoints or a sweep of learning rates.

    Examples
    --------
    >>> import pandas as pd, bayescale as bs
    >>> table = pd.DataFrame({"n": [1e8, 1e9], "d": [2e9, 2e10], "val": [3.4, 2.8]})
    >>> len(bs.load_runs(table, params="n", tokens="d", loss="val"))
    2
    """
    asked = _unusual(locals())
    check_names(columns or {})
    wanted = {name: asked.get(name) for name in _NAMED} | dict(columns or {})
    named, run_group = name_groups(groups, run)
    best_of = (best_of,) if isinstance(best_of, str) else tuple(best_of)
    read = read_source(source)
    label = name or ("a DataFrame" if isinstance(source, pd.DataFrame) else str(source))
    decimal = mark_of(read.table, wanted, label, read.comma_likely)
    cells = pick_columns(read.table, wanted, decimal)
    keep, choices = choose_rows(read.table, cells, decimal, where, last_of, best_of)
    given = read.table[keep]
    cells = add_known(cells[keep], given, [*named], decimal)
    runs = validate(
        cells, _labels(given, named, decimal), label, flops_rule, bad_rows, wanted, decimal
    )
    said = (*read.remarks, *_decimal_remark(decimal), *remarks(wanted))
    provenance = replace(
        runs.provenance,
        origin="" if isinstance(source, pd.DataFrame) else str(source),
        asked=asked,
        choices=choices,
        remarks=said,
        repeats=find_repeats(given.loc[runs.table.index], runs.table, runs.quantities, run),
    )
    found = replace(runs, run=run_group, simulated=simulated, provenance=provenance)
    for doubt in [*provenance.doubts, *_unheeded(found, named)]:
        warn(f"{label}: {doubt}")
    return found


def validate(
    cells: pd.DataFrame,
    labels: pd.DataFrame,
    source: str,
    flops_rule: FlopsRule,
    bad_rows: BadRows,
    asked: Mapping[str, str | None],
    decimal: str,
) -> Runs:
    """Check a table of canonical columns and complete it; see `load_runs`."""
    if cells.empty:
        raise RunsError(f"{source}: the table has no rows; give one row for each finished run")
    table = cells.apply(lambda column: read_numbers(column, decimal))
    check_sign(table["loss"], asked)
    refused = pd.concat([find_invalid(cells, table), find_unlabelled(labels)], ignore_index=True)
    left = table.index.difference(pd.Index(refused["row"].unique()), sort=False)
    table, contradictions = complete_flops(table.loc[left], flops_rule)
    table = pd.concat([table, labels.loc[left]], axis=1)
    found = [refused, contradictions, find_too_many_unique(table), find_duplicates(table)]
    found += [find_other_units(table)]
    refused = pd.concat([part for part in found if len(part)] or found[:1], ignore_index=True)
    if len(refused) and bad_rows == "error":
        raise RunsError(complain(source, refused))
    table = table.drop(index=list(refused["row"].unique()), errors="ignore")
    if table.empty:
        raise RunsError(f"{source}: no usable row; " + complain(source, refused))
    try:
        doubtful = doubts(table, asked)
    except RunsError as error:
        raise RunsError(f"{source}: {error}") from None
    order = [name for name in BY_COLUMN if name in table]
    order += [str(name) for name in table if name not in order]
    derived = tuple(name for name in COUNTS if name in table and name not in cells)
    runs = Runs(table[order], refused, source, tuple(map(str, labels)), flops_rule, derived=derived)
    return replace(runs, provenance=Provenance(doubts=tuple(doubtful)))


def _unusual(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of `load_runs` that are not as usual, as what JSON can hold."""
    usual = {name: part.default for name, part in signature(load_runs).parameters.items()}
    given = {
        name: value
        for name, value in options.items()
        if name not in {"source", "name"} and value and value != usual[name]
    }
    return {name: _plain(value) for name, value in given.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return value if isinstance(value, str | bool) else list(value)


def _labels(given: pd.DataFrame, named: Mapping[str, str], decimal: str) -> pd.DataFrame:
    columns = {
        name: labels_of(evaluate(column, given, f"group {name}", decimal))
        for name, column in named.items()
    }
    return pd.DataFrame(columns, index=given.index)


def _decimal_remark(decimal: str) -> tuple[str, ...]:
    return ("Numbers are read with a decimal comma.",) if decimal == "," else ()


def _unheeded(runs: Runs, named: Mapping[str, str]) -> Iterator[str]:
    """Say before any fit that rows are no independent runs, unless a group already says so."""
    for repeats in runs.provenance.repeats:
        note = describe_repeats(repeats)
        if note is not None and repeats.column not in named.values():
            yield f"{note.sentence} {note.remedy}"
