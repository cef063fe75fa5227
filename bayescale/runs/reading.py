"""Read a table of training runs: find its columns, choose its rows, refuse its bad ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from inspect import signature
from typing import Any, Literal

import pandas as pd

from bayescale.core.asking import either
from bayescale.core.border import checked
from bayescale.core.quantities import BY_COLUMN
from bayescale.core.warning import warn
from bayescale.errors import RunsError
from bayescale.runs.choosing import choose_rows
from bayescale.runs.columns import add_known, pick_columns
from bayescale.runs.expressions import evaluate
from bayescale.runs.gathering import Given, label_of_source, origin_of
from bayescale.runs.labels import labels_of, name_groups
from bayescale.runs.numbers import read_numbers
from bayescale.runs.plausibility import check_sign, doubts, find_other_units, remarks
from bayescale.runs.preparing import Prepared, prepare
from bayescale.runs.provenance import Choice, Provenance
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


@checked(RunsError)
def load_runs(
    source: Given,
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
    wide: str | None = None,
    flops_rule: FlopsRule = "6ND",
    bad_rows: BadRows = "error",
    name: str | None = None,
    simulated: bool = False,
) -> Runs:
    """Read a table of training runs, one row for each finished run.

    Two of ``params``, ``tokens`` and ``flops`` give the third through C = 6 N D.

    Parameters
    ----------
    source : str, Path, DataFrame or sequence of paths
        A DataFrame; or a file ending in ``.csv``, ``.tsv``, ``.txt``, ``.md``, ``.parquet``,
        ``.json``, ``.jsonl``, ``.ndjson`` or ``.xlsx`` (which needs openpyxl), which may be
        compressed (``.gz``, ``.xz``, ``.bz2``, ``.zip``). Objects inside objects of JSON are
        columns such as ``train.lr``. Numbers may be written as people do: ``19.0 M``, ``8,192``,
        ``8.66x10^16``. Several files, a folder or a pattern such as ``"runs/*.csv"`` are read one
        below the other, and a column ``file`` names them. Exports of Weights & Biases, the Hugging
        Face Trainer (``trainer_state.json``), TensorBoard (which needs tensorboard), trackio, the
        LM evaluation harness and OLMo ladders are recognised; of several training curves the last
        evaluation of each is kept, unless ``run``, ``last_of`` or ``best_of`` say otherwise.
    params, tokens, flops, unique_tokens, loss : str, optional
        The column that holds each quantity, by default the column of that name if there is one, or
        one that is guessed by name, unit and plausibility, such as ``val_loss`` or ``Params (M)``,
        and said (`Provenance.remarks`); or a formula of columns with numbers, ``+ - * / **``,
        brackets, ``log``, ``log2``, ``log10``, ``exp``, ``sqrt`` and ``size`` (of a name that
        states it, such as pythia-160m): ``"size_b * 1e9"`` or ``"log(perplexity)"``. A name of
        more than letters, digits and underscores stands in backticks there. Tokens are tokens
        processed, unique tokens are distinct ones.
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
    wide : str, optional
        The columns that become rows, ``"NAME=PATTERN"``: ``"loss=*b"`` makes a row of each cell of
        the columns that end in b, their cells in the column ``loss``, their names in ``column``;
        of ``"loss={run} - val/loss"`` the text that stands for ``{run}`` becomes a column too.
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
        If the file cannot be read, a column is missing or two may be meant, a row is bad (and
        ``bad_rows`` is ``"error"``), or the losses cannot be losses: perplexities, accuracies, all
        the same, or rising with every input.

    Warns
    -----
    BayescaleWarning
        If a guessed column may well be another, counts are so small, or losses so large, that they
        must be in another unit; or rows are no independent runs, such as checkpoints or a sweep of
        learning rates.

    Examples
    --------
    >>> import pandas as pd, bayescale as bs
    >>> table = pd.DataFrame({"n": [1e8, 1e9], "d": [2e9, 2e10], "val": [3.4, 2.8]})
    >>> len(bs.load_runs(table, params="n", tokens="d", loss="val"))
    2
    """
    asked = unusual(locals())
    prepared = prepare(source, asked, name or label_of_source(source))
    runs = finish(prepared)
    provenance = replace(runs.provenance, origin=origin_of(source))
    return replace(runs, simulated=simulated, provenance=provenance)


def finish(prepared: Prepared) -> Runs:
    """Choose the rows of a prepared table and check them; see `load_runs`."""
    how = {**_defaults(), **prepared.asked}
    table, wanted, decimal = prepared.source.table, prepared.wanted, prepared.decimal
    named, run_group = name_groups(how["groups"], how["run"])
    cells = _cells(prepared)
    evaluated, without_loss = _evaluations(prepared, cells)
    table, cells = table[evaluated], cells[evaluated]
    keep, choices = choose_rows(
        table, cells, decimal, how["where"], how["last_of"], _listed(how["best_of"])
    )
    given = table[keep]
    cells = add_known(cells[keep], given, [*named], decimal)
    labels = _labels(given, named, decimal)
    runs = validate(
        cells, labels, prepared.label, how["flops_rule"], how["bad_rows"], wanted, decimal
    )
    said = (*prepared.remarks, *_decimal_remark(decimal), *remarks(wanted))
    odd = [*prepared.doubts, *runs.provenance.doubts]
    kept = given.loc[runs.table.index]
    provenance = replace(
        runs.provenance,
        asked=prepared.asked,
        choices=(*without_loss, *choices),
        remarks=said,
        # What was guessed stands among the remarks.
        doubts=(*prepared.source.doubts, *prepared.guessed.doubts, *runs.provenance.doubts),
        repeats=find_repeats(kept, runs.table, runs.quantities, how["run"]),
    )
    found = replace(runs, run=run_group, provenance=provenance)
    for doubt in [*odd, *_unheeded(found, named)]:
        warn(f"{prepared.label}: {doubt}")
    return found


def _cells(prepared: Prepared) -> pd.DataFrame:
    """Return the cells of the quantities; an export that could not be read is told as the cause."""
    table, unread = prepared.source.table, prepared.source.unread
    cause = f"{prepared.label}: looks like {unread}"
    if unread and not len(table.columns):
        raise RunsError(f"{cause}; give one that logged something")
    try:
        return pick_columns(table, prepared.wanted, prepared.decimal, prepared.guessed.problems)
    except RunsError as error:
        raise RunsError(f"{cause}\n{error}" if unread else str(error)) from None


def _evaluations(prepared: Prepared, cells: pd.DataFrame) -> tuple[pd.Series, tuple[Choice, ...]]:
    """Return which rows of a training curve hold a loss, and how many do not."""
    if not prepared.source.curve or "loss" not in cells:
        return pd.Series(True, index=cells.index), ()
    there = cells["loss"].notna()
    left = int((~there).sum())
    if not left or not there.any():
        return pd.Series(True, index=cells.index), ()
    return there, (Choice("having no loss", left),)


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


def unusual(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of `load_runs` that are not as usual, as what JSON can hold."""
    usual = _defaults()
    given = {
        name: value
        for name, value in options.items()
        if name not in {"source", "name"} and value and value != usual[name]
    }
    return {name: _plain(value) for name, value in given.items()}


def _defaults() -> dict[str, Any]:
    return {name: part.default for name, part in signature(load_runs).parameters.items()}


def _listed(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return value if isinstance(value, str | bool) else list(value)


def _labels(given: pd.DataFrame, named: Mapping[str, str], decimal: str) -> pd.DataFrame:
    columns = {
        name: labels_of(evaluate(column, given, f"{either('group', '--group')} {name}", decimal))
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
