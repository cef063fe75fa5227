"""Read a table of training runs: find its columns, refuse its bad rows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from bayescale.core.quantities import BY_COLUMN, OUTCOMES, SHARE_PREFIX
from bayescale.core.text import unknown_name
from bayescale.errors import RunsError
from bayescale.runs.rules import (
    COUNTS,
    check_direction,
    check_units,
    complete_flops,
    find_duplicates,
    find_invalid,
    find_too_many_unique,
)
from bayescale.runs.table import FlopsRule, Runs

type BadRows = Literal["error", "refuse"]


def _read_json_lines(path: Path) -> pd.DataFrame:
    # pandas.read_json refuses integers beyond 64 bits, which FLOPs are.
    records = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                records.append(json.loads(line) if line.strip() else {})
            except json.JSONDecodeError as error:
                raise ValueError(f"line {number}: {error.msg}") from None
    return pd.DataFrame.from_records([record for record in records if record])


READERS = {
    ".csv": pd.read_csv,
    ".tsv": lambda path: pd.read_csv(path, sep="\t"),
    ".parquet": pd.read_parquet,
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
}


def load_runs(
    source: str | Path | pd.DataFrame,
    *,
    params: str | None = None,
    tokens: str | None = None,
    loss: str | None = None,
    flops: str | None = None,
    unique_tokens: str | None = None,
    columns: Mapping[str, str] | None = None,
    groups: Sequence[str] = (),
    run: str | None = None,
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
        A ``.csv``, ``.tsv``, ``.parquet``, ``.jsonl`` or ``.ndjson`` file, or a DataFrame.
    params, tokens, flops, unique_tokens, loss : str, optional
        The column that holds each quantity, by default the column of that name if there is one.
        ``"size_b * 1e9"`` multiplies the column ``size_b``. Tokens are tokens processed, unique
        tokens are distinct ones.
    columns : mapping of str to str, optional
        Columns of further inputs that a law takes, such as ``{"experts": "n_experts"}``: those of
        `bayescale.core.quantities.QUANTITIES`, ``share_<domain>``, or a name of your own. Columns
        that bear such a name already need no entry.
    groups : sequence of str, default ()
        Further columns to keep, such as an architecture or a seed.
    run : str, optional
        The column that names the training run, where rows are checkpoints of one.
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
        ``"error"``), or the losses rise with every input.

    Warns
    -----
    BayescaleWarning
        If counts are so small that they must be in millions or billions.

    Examples
    --------
    >>> import pandas as pd, bayescale as bs
    >>> table = pd.DataFrame({"n": [1e8, 1e9], "d": [2e9, 2e10], "val": [3.4, 2.8]})
    >>> len(bs.load_runs(table, params="n", tokens="d", loss="val"))
    2
    """
    _check_choice("flops_rule", flops_rule, get_args(FlopsRule.__value__))
    _check_choice("bad_rows", bad_rows, get_args(BadRows.__value__))
    given = _read(source)
    wanted = {
        "params": params,
        "tokens": tokens,
        "flops": flops,
        "unique_tokens": unique_tokens,
        "loss": loss,
    }
    groups = tuple(dict.fromkeys([*groups, *([run] if run else [])]))
    table = _pick(given, {**wanted, **(columns or {})}, groups)
    table.index = _row_names(source, given)
    label = name or ("a DataFrame" if isinstance(source, pd.DataFrame) else str(source))
    checked = validate(table, groups, label, flops_rule, bad_rows, simulated)
    return replace(checked, run=run)


def validate(
    table: pd.DataFrame,
    groups: tuple[str, ...],
    source: str,
    flops_rule: FlopsRule,
    bad_rows: BadRows,
    simulated: bool,
) -> Runs:
    """Check a table of canonical columns and complete it; see `load_runs`."""
    measured = [str(column) for column in table if column not in groups]
    refused = find_invalid(table, measured)
    table = table.drop(index=list(refused["row"].unique())).astype(dict.fromkeys(measured, float))
    check_units(table, source)
    table, contradictions = complete_flops(table, flops_rule)
    found = [refused, contradictions, find_too_many_unique(table), find_duplicates(table)]
    refused = pd.concat([part for part in found if len(part)] or found[:1], ignore_index=True)
    if len(refused) and bad_rows == "error":
        raise RunsError(_complain(source, refused))
    table = table.drop(index=list(refused["row"].unique()), errors="ignore")
    if table.empty and refused.empty:
        raise RunsError(f"{source}: the table has no rows; give one row for each finished run")
    if table.empty:
        raise RunsError(f"{source}: no usable row; " + _complain(source, refused))
    check_direction(table, source)
    order = [name for name in BY_COLUMN if name in table]
    order += [name for name in measured if name in table and name not in order]
    table = table[[*order, *groups]]
    derived = tuple(name for name in COUNTS if name in table and name not in measured)
    return Runs(table, refused, source, groups, flops_rule, simulated, derived=derived)


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise RunsError(f"{name}={value!r}: must be one of {', '.join(map(repr, choices))}")


def _read(source: str | Path | pd.DataFrame) -> pd.DataFrame:
    if isinstance(source, pd.DataFrame):
        return source
    path = Path(source)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise RunsError(
            f"{path}: cannot read files ending in {path.suffix!r}; give one of {', '.join(READERS)}"
        )
    try:
        return reader(path)  # type: ignore[no-any-return,operator]
    except FileNotFoundError:
        raise RunsError(
            f"{path}: No such file or directory; give the path of a table of runs"
        ) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunsError(f"{path}: {reason}; give the path of a table of runs") from None
    except (ValueError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise RunsError(f"{path}: not a readable table: {error}") from None


def _pick(
    given: pd.DataFrame, wanted: dict[str, str | None], groups: Sequence[str]
) -> pd.DataFrame:
    columns = {}
    for column, asked in wanted.items():
        if asked is not None:
            columns[column] = _column(given, asked)
        elif column in given:
            columns[column] = given[column]
    if "loss" not in columns:
        raise RunsError(_missing("loss", given))
    for column in map(str, given.columns):
        known = column in BY_COLUMN or column.startswith(SHARE_PREFIX)
        # A column nobody asked for is taken only if it can be used as it stands.
        if (
            known
            and not {column} & {*columns, *groups}
            and not len(find_invalid(given[[column]], [column]))
        ):
            columns[column] = given[column]
    if "accuracy" not in columns and not set(columns) - set(OUTCOMES):
        raise RunsError(_missing("params, tokens or flops", given))
    for group in groups:
        columns[group] = _column(given, group)
    return pd.DataFrame(columns)


def _column(given: pd.DataFrame, asked: str) -> pd.Series:
    if asked in given:
        return given[asked]
    name, star, factor = (part.strip() for part in asked.rpartition("*"))
    if star and name in given:
        try:
            numbers = pd.to_numeric(given[name], errors="coerce")
            return (numbers * float(factor)).where(numbers.notna(), given[name])
        except ValueError:
            raise RunsError(
                f"{asked!r}: {factor!r} is not a number; write for example '{name} * 1e9'"
            ) from None
    raise RunsError(unknown_name("column", asked, map(str, given.columns)))


def _missing(quantity: str, given: pd.DataFrame) -> str:
    first = quantity.partition(",")[0]
    return (
        f"no column for {quantity}: the table has {', '.join(map(str, given.columns))}; "
        f"say which one with {first}='...' (command line: --column {first}=...)"
    )


def _row_names(source: str | Path | pd.DataFrame, given: pd.DataFrame) -> pd.Index:
    if isinstance(source, pd.DataFrame):
        simple = given.index.is_unique and given.index.nlevels == 1
        return given.index if simple else pd.RangeIndex(len(given))
    header = 1 if Path(source).suffix.lower() in {".csv", ".tsv"} else 0
    return pd.RangeIndex(1 + header, 1 + header + len(given), name="line")


def _complain(source: str, refused: pd.DataFrame, show: int = 8) -> str:
    rows = [
        f"  row {entry.row}: {entry.column} = {entry.value}: {entry.reason}"
        for entry in refused.head(show).itertuples()
    ]
    more = [f"  and {len(refused) - show} more"] if len(refused) > show else []
    return "\n".join(
        [
            f"{source}: {len(refused)} problems in {refused['row'].nunique()} rows",
            *rows,
            *more,
            "mend them, or leave these rows out with bad_rows='refuse' "
            "(command line: --bad-rows refuse); they are then listed in the report",
        ]
    )
