"""Rows that are no independent runs: checkpoints, and repeats of a configuration told apart."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from bayescale.core.asking import either, setting, verb
from bayescale.core.note import Note
from bayescale.core.quantities import OUTCOMES
from bayescale.runs.expressions import evaluate, quote_name
from bayescale.runs.labels import CONFIGURATION, configurations, labels_of, name_groups
from bayescale.runs.numbers import read_numbers

if TYPE_CHECKING:
    from bayescale.runs.table import Runs

type Kind = Literal["checkpoints", "sweep", "families", "seeds", "unexplained"]

SAME_SIZE = 0.01
"""How far the parameters of one training run may differ between its checkpoints."""

SEED_SPREAD, LARGE_SPREAD = 0.01, 0.03
"""Seeds scatter by less than the one, hardly ever by more than the other (of log loss)."""

_BEGIN = r"(^|.*[._/ -])"
_RUN = re.compile(_BEGIN + r"(run|experiment|exp|job|wandb)([._/ -]?(id|name|uid|key))?", re.I)
_RATE = re.compile(_BEGIN + r"(lr|learning[_ ]?rate)", re.I)
_SEED = re.compile(_BEGIN + r"(seed|random_state|replicate|rep|repeat)s?([._ ]?(id|no))?", re.I)
_SETTING = re.compile(
    _BEGIN + r"(lr|learning[_ ]?rate|max_lr|peak_lr|batch([_ ]?size)?(_\w+)?|warm[_ ]?up"
    r"|weight[_ ]?decay|wd|beta\d?|momentum|dropout|mup_.*|init_std|width|depth|layers|clip)",
    re.I,
)
_OUTCOME = re.compile(
    r".*(loss|ppl|perplexity|acc|score|bpb|bpc|nll|second|time|duration|date|host|device|path)"
    r".*",
    re.I,
)
_EVEN = 0.02
_LEAST_EVEN = 4


@dataclass(frozen=True)
class Repeats:
    """Rows that belong together.

    Attributes
    ----------
    kind : str
        ``checkpoints`` of training runs; or rows that share all inputs: a ``sweep`` of another
        setting, ``families`` of runs, ``seeds``, or ``unexplained``.
    column : str
        The column that names the training run, or in which the rows differ; empty if none does.
    rows, sets : int
        How many rows there are, of how many training runs or configurations.
    spread : float
        The standard deviation of log loss within a configuration.
    keys : tuple of str
        The quantities that make a configuration.
    constant_rate : bool
        Whether the learning rate is known to stay the same within each training run.
    """

    kind: Kind
    column: str
    rows: int
    sets: int
    spread: float = 0.0
    keys: tuple[str, ...] = ()
    constant_rate: bool = False


def find_repeats(
    given: pd.DataFrame, table: pd.DataFrame, inputs: Sequence[str], run: str | None
) -> tuple[Repeats, ...]:
    """Find rows that are no independent runs, by all columns of their table.

    Parameters
    ----------
    given : DataFrame
        The table as it was given, of the rows that were kept.
    table : DataFrame
        The runs, with the same index.
    inputs : sequence of str
        The columns of ``table`` that went into the runs.
    run : str, optional
        The column of ``given`` that is known to name the training run.

    Returns
    -------
    tuple of Repeats
        At most one.
    """
    if "loss" not in table or "accuracy" in table or len(table) < 2 or not inputs:
        return ()
    found = _checkpoints(given, table, run) or _shared_inputs(given, table, inputs)
    return (found,) if found else ()


def _checkpoints(given: pd.DataFrame, table: pd.DataFrame, run: str | None) -> Repeats | None:
    progress = next((name for name in ("tokens", "steps", "flops") if name in table), None)
    if progress is None:
        return None
    for column, named in _run_columns(given, table, run):
        cells = given[column] if column in given else table[column]
        labels = labels_of(cells)
        counts = labels.value_counts()
        several = counts.index[counts > 1]
        stays = _rate_stays(given, labels)
        found = Repeats("checkpoints", column, len(table), len(counts), constant_rate=stays)
        if run is not None and len(several):
            return found
        curves = [table[labels == label].sort_values(progress) for label in several]
        if not curves or sum(map(len, curves)) < len(table) / 2:
            continue
        if not all(_is_curve(curve, progress) for curve in curves):
            continue
        like = [named or _is_even(curve, progress) or _rate_falls(given, curve) for curve in curves]
        if np.mean(like) > 0.5:
            return found
    return None


def _run_columns(
    given: pd.DataFrame, table: pd.DataFrame, run: str | None
) -> Iterator[tuple[str, bool]]:
    """Return columns that may name the training run, and whether their name says that they do."""
    if run is not None:
        yield run, True
        return
    names = [str(name) for name in _names(given)]
    yield from ((name, True) for name in names if _RUN.fullmatch(name))
    texts = [name for name in names if not pd.api.types.is_numeric_dtype(given[name].dtype)]
    yield from ((name, False) for name in texts if not _RUN.fullmatch(name))
    if "params" in table:
        yield "params", False


def _names(given: pd.DataFrame) -> pd.Index:
    """Return the names that name one column; what two are called, as nothing, names neither."""
    return given.columns[~given.columns.duplicated(keep=False)]


def _is_curve(curve: pd.DataFrame, progress: str) -> bool:
    one_size = (
        "params" not in curve or curve["params"].max() <= (1 + SAME_SIZE) * curve["params"].min()
    )
    return one_size and bool(curve[progress].is_unique)


def _is_even(curve: pd.DataFrame, progress: str) -> bool:
    """Return whether a curve was looked at every so many tokens, as trainers do."""
    if len(curve) < _LEAST_EVEN:
        return False
    steps = np.diff(curve[progress].to_numpy(float))
    return bool(steps.max() <= (1 + _EVEN) * steps.min())


def _rates(given: pd.DataFrame) -> pd.Series | None:
    names = [name for name in given if _RATE.fullmatch(str(name))]
    return read_numbers(given[names[0]]) if names else None


def _rate_falls(given: pd.DataFrame, curve: pd.DataFrame) -> bool:
    rates = _rates(given)
    if rates is None or len(curve) < 3:
        return False
    values = rates.loc[curve.index].to_numpy()
    return bool(values[-1] < 0.5 * values.max() and np.all(np.diff(values[1:]) < 0))


def _rate_stays(given: pd.DataFrame, labels: pd.Series) -> bool:
    rates = _rates(given)
    if rates is None or not rates.notna().all():
        return False
    extent = rates.groupby(labels)
    return bool((extent.max() <= 1.01 * extent.min()).all())


def _shared_inputs(
    given: pd.DataFrame, table: pd.DataFrame, inputs: Sequence[str]
) -> Repeats | None:
    keys = keys_of(inputs)
    labels = pd.Series(configurations(table[list(keys)]), index=table.index)
    shared = labels.duplicated(keep=False)
    rows, sets = int(shared.sum()), int(labels[shared].nunique())
    if not rows:
        return None
    labels, given = labels[shared], given[shared]
    losses = np.log(table["loss"][shared])
    within = losses - losses.groupby(labels).transform("mean")
    spread = float(np.sqrt((within**2).sum() / (rows - sets)))
    measured = table.loc[shared, [*inputs, "loss"]]
    differing = _differing(given, labels, measured, within)
    column, kind = differing[0] if differing else ("", "seeds")
    if kind != "seeds" and spread > SEED_SPREAD:
        return Repeats(kind, column, rows, sets, spread, keys)
    if spread > LARGE_SPREAD:
        return Repeats("unexplained", "", rows, sets, spread, keys)
    return Repeats("seeds", column if kind == "seeds" else "", rows, sets, spread, keys)


def seed_scatter(runs: "Runs") -> tuple[float, int] | None:
    """Return the standard deviation of log loss between runs that share all inputs.

    Returns
    -------
    tuple of float and int, or None
        It and the number of repeats it rests on; None without any, or if the repeats are known to
        differ in more than the seed.
    """
    if any(repeats.kind != "seeds" for repeats in runs.provenance.repeats):
        return None
    levels = pd.Series(runs.levels(CONFIGURATION))
    repeated = int(levels.duplicated().sum())
    if not repeated:
        return None
    losses = pd.Series(np.log(runs.loss))
    within = losses - losses.groupby(levels).transform("mean")
    return float(np.sqrt((within**2).sum() / repeated)), repeated


def keys_of(inputs: Sequence[str]) -> tuple[str, ...]:
    """Return the inputs that make a configuration: FLOPs and steps follow from the others."""
    have = set(inputs)
    following = {"flops"} if {"params", "tokens"} <= have else set()
    following |= {"steps"} if "tokens" in have else set()
    return tuple(name for name in inputs if name not in following)


def _differing(
    given: pd.DataFrame, labels: pd.Series, measured: pd.DataFrame, within: pd.Series
) -> list[tuple[str, Kind]]:
    """Return the columns in which repeats differ and their kinds, the telling ones first."""
    found: list[tuple[float, str, Kind]] = []
    for name in _names(given):
        cells = labels_of(given[name]).fillna("")
        differ = cells.groupby(labels).nunique() > 1
        kind = _kind(str(name), given[name], recurs=cells.nunique() <= len(cells) / 2)
        known = name in OUTCOMES or any(_same(given[name], measured[c]) for c in measured)
        if differ.mean() < 0.5 or kind is None or known:
            continue
        explained = within.groupby(cells).transform("mean").var() / (within.var() or 1.0)
        # A setting by its name comes before a number that may be an outcome.
        doubtful = kind == "sweep" and not _SETTING.fullmatch(str(name))
        found.append((float(explained) - (kind == "seeds") - 0.5 * doubtful, str(name), kind))
    return [(name, kind) for _, name, kind in sorted(found, reverse=True)]


def _kind(name: str, cells: pd.Series, recurs: bool) -> Kind | None:
    numeric = pd.api.types.is_numeric_dtype(cells.dtype)
    if _SEED.fullmatch(name):
        return "seeds"
    if _SETTING.fullmatch(name) and read_numbers(cells).notna().mean() > 0.5:
        return "sweep"
    # What came out of a run hardly ever comes out the same twice.
    if not recurs or _OUTCOME.fullmatch(name):
        return None
    return "sweep" if numeric else "families"


def role_of(name: str, recurs: bool) -> str:
    """Return what a column says of a run, by its name: ``run``, ``seed``, ``setting``, ``outcome``.

    Parameters
    ----------
    name : str
        The name of the column.
    recurs : bool
        Whether several rows share its values; what came out of a run hardly ever does.
    """
    roles = {"run": _RUN, "seed": _SEED, "setting": _SETTING, "outcome": _OUTCOME}
    found = next((role for role, form in roles.items() if form.fullmatch(name)), "")
    return "" if found == "outcome" and recurs else found


def _same(cells: pd.Series, column: pd.Series) -> bool:
    if not pd.api.types.is_numeric_dtype(cells.dtype):
        return False
    return bool(
        np.allclose(cells.to_numpy(float), pd.to_numeric(column, errors="coerce"), rtol=1e-9)
    )


def settings_of(
    given: pd.DataFrame,
    table: pd.DataFrame,
    inputs: Sequence[str],
    named: Mapping[str, str],
    decimal: str,
) -> pd.DataFrame:
    """Return the settings that vary within a configuration, as numbers.

    Parameters
    ----------
    given, table : DataFrame
        As in `find_repeats`.
    inputs : sequence of str
        The columns of ``table`` that went into the runs.
    named : mapping of str to str
        The column or the formula of each setting; empty to find them by their names.
    decimal : {".", ","}
        The decimal mark of text.
    """
    if named:
        place = either("setting", "--setting")
        columns = {n: evaluate(text, given, f"{place} {n}", decimal) for n, text in named.items()}
        return pd.DataFrame({n: read_numbers(cells, decimal) for n, cells in columns.items()})
    labels = pd.Series(configurations(table[list(keys_of(inputs))]), index=table.index)
    found = {}
    for name in map(str, _names(given)):
        numbers = read_numbers(given[name], decimal)
        known = name in inputs or any(_same(given[name], table[column]) for column in inputs)
        varies = (numbers.groupby(labels).nunique() > 1).mean() >= 0.5
        if _SETTING.fullmatch(name) and not known and varies:
            found[name] = numbers
    return pd.DataFrame(found, index=given.index)


def describe_repeats(repeats: Repeats) -> Note | None:
    """Return what to know of rows that are no independent runs, and the arguments that mend it."""
    column, keys = repeats.column, repeats.keys
    only = f"{quote_name(column)} == '...'"
    best = setting("best_of", list(keys))
    match repeats.kind:
        case "checkpoints":
            return Note("checkpoints", "warning", _of_checkpoints(repeats), _last_rows(repeats))
        case "sweep":
            return Note(
                "setting_sweep",
                "warning",
                f"{repeats.rows} rows share the inputs of another and differ in {column}: their "
                f"losses scatter by {repeats.spread:.1%}, which is no noise between seeds.",
                f"Keep the best row of each configuration with {best}; "
                f"{verb('tune')} says how flat the valley is.",
            )
        case "families":
            return Note(
                "families",
                "warning",
                f"{repeats.rows} rows share the inputs of another and differ in {column}: their "
                f"losses scatter by {repeats.spread:.1%}.",
                f"Keep one with {setting('where', only)}, the best with {best}, or tell them "
                f"apart with {setting('groups', [column])} and {setting('pool', {'E': column})}.",
            )
        case "unexplained":
            return Note(
                "scattered_repeats",
                "warning",
                f"{repeats.rows} rows share the inputs of another, but their losses scatter by "
                f"{repeats.spread:.1%}, more than seeds do; no column says why.",
                f"Keep the best row of each configuration with {best}, or "
                f"the rows of one kind with {setting('where', ...)}.",
            )
    return None


def _of_checkpoints(repeats: Repeats) -> str:
    sentence = (
        f"The {repeats.rows} rows are checkpoints of {repeats.sets} training runs, whose errors "
        "go together: intervals are narrower than they should be."
    )
    if repeats.constant_rate:
        return sentence
    return (
        f"{sentence} A checkpoint before the learning rate has decayed is worse than a finished "
        "run of its length, and the fit takes the difference for what tokens are worth."
    )


def _last_rows(repeats: Repeats) -> str:
    column = repeats.column
    otherwise = (
        ", or" if repeats.constant_rate else "; only if the rate stayed the same throughout,"
    )
    _, group = name_groups((), column)
    return (
        f"Keep the last row of each run with {setting('last_of', column)}{otherwise} "
        f"fit with {setting('pool', {'loss': group})}."
    )
