"""Which columns of a table hold what: as they were named, or by the usual names."""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from bayescale.core.asking import argument, setting
from bayescale.core.quantities import BY_COLUMN, OUTCOMES, SHARE_PREFIX
from bayescale.errors import RunsError
from bayescale.runs.expressions import evaluate, quote_name
from bayescale.runs.guessing import candidates_for
from bayescale.runs.numbers import decimal_mark, read_numbers
from bayescale.runs.telling import told

_MOST_NAMES, _MOST_PROBLEMS = 12, 8


def known_columns(given: pd.DataFrame, wanted: Mapping[str, str | None]) -> dict[str, str]:
    """Return what each quantity is read from that was asked for, or has a column of its name."""
    found = {name: text for name, text in wanted.items() if text is not None}
    return {str(name): str(name) for name in given if _is_known(str(name))} | found


def pick_columns(
    given: pd.DataFrame,
    wanted: Mapping[str, str | None],
    decimal: str,
    unclear: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the cells of the quantities that were asked for, or bear their usual names.

    Parameters
    ----------
    given : DataFrame
        The table.
    wanted : mapping of str to str
        What each quantity is read from, None where nobody said.
    decimal : {".", ","}
        The decimal mark of text.
    unclear : sequence of str, default ()
        What only the user can tell; a quantity that it is about is not missing.

    Raises
    ------
    RunsError
        If columns are not there or not clear; all of them are named at once.
    """
    columns, problems = {}, [*unclear]
    asks = " ".join(unclear)
    for name, asked in wanted.items():
        if asked is None and name not in given:
            continue
        try:
            columns[name] = evaluate(asked or name, given, name, decimal)
        except RunsError as error:
            problems.append(str(error))
    asked_for = {*columns, *(name for name, asked in wanted.items() if asked is not None)}
    if "loss" not in asked_for and "loss=" not in asks:
        problems.append(_missing("loss", given))
    if not re.search("(params|tokens|flops)=", asks) and (
        "accuracy" not in {*asked_for, *given} and not _inputs(given, asked_for)
    ):
        problems.append(_missing("params, tokens or flops", given))
    if problems:
        more = [f"and {len(problems) - _MOST_PROBLEMS} more"] * (len(problems) > _MOST_PROBLEMS)
        raise RunsError("\n".join([*problems[:_MOST_PROBLEMS], *more]))
    return pd.DataFrame(columns, index=given.index)


def _inputs(given: pd.DataFrame, asked_for: set[str]) -> set[str]:
    return {*asked_for, *(str(name) for name in given if _is_known(str(name)))} - set(OUTCOMES)


def add_known(
    cells: pd.DataFrame, given: pd.DataFrame, groups: Sequence[str], decimal: str
) -> pd.DataFrame:
    """Add further inputs that bear their usual names, where every cell can be used."""
    from bayescale.runs.rules import find_invalid

    cells = cells.copy()
    for name in map(str, given.columns):
        if not _is_known(name) or name in cells or name in groups:
            continue
        numbers = pd.DataFrame({name: read_numbers(given[name], decimal)})
        # A column nobody asked for is taken only if it can be used as it stands.
        if not len(find_invalid(given[[name]], numbers)):
            cells[name] = given[name]
    return cells


def _is_known(name: str) -> bool:
    return name in BY_COLUMN or name.startswith(SHARE_PREFIX)


def check_names(columns: Mapping[str, str]) -> None:
    """Refuse a name that is a quantity's but for a slip: it would be a further input.

    Raises
    ------
    RunsError
        If there is one.
    """
    for name, column in columns.items():
        meant = next((known for known in BY_COLUMN if _is_slip(name, known)), None)
        if meant is not None:
            raise RunsError(
                f"{argument('columns')}: {name!r} is no quantity: did you mean {meant!r}? Write "
                f"{told(meant, column)}; an input of your own needs a name that differs more"
            )


def _is_slip(name: str, known: str) -> bool:
    """Return whether a name has another case, two letters swapped, or one too many or too few."""
    if name == known:
        return False
    if name.lower() == known or sorted(name.lower()) == sorted(known):
        return True
    longer, shorter = sorted((name.lower(), known), key=len, reverse=True)
    return len(longer) == len(shorter) + 1 and any(
        longer[:i] + longer[i + 1 :] == shorter and longer[i].isalpha() for i in range(len(longer))
    )


def mark_of(
    given: pd.DataFrame,
    wanted: Mapping[str, str | None],
    likely: Sequence[str],
    source: str,
    comma_likely: bool,
) -> str:
    """Return the decimal mark of the text in the columns that are asked for, or likely meant."""
    asked = " ".join(text or name for name, text in wanted.items())
    named = {str(name) for name in given if str(name) and str(name) in asked} | set(likely)
    used = {str(name): given[name] for name in given if str(name) in named}
    return decimal_mark(used, source, comma_likely)


def _missing(quantity: str, given: pd.DataFrame) -> str:
    first = quantity.partition(",")[0]
    names = [str(name) for name in given]
    which = "..."
    if first == "loss" and (accuracies := candidates_for("accuracy", given, ".")):
        which = f"1 - {quote_name(accuracies[0].column)}"
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    pattern = _pattern_of(names) if first == "loss" else ""
    rows = f", or make each of {pattern} a row with {setting('wide', f'loss={pattern}')}"
    return (
        f"no column for {quantity}: the table has {', '.join(names[:_MOST_NAMES])}{more}; "
        f"say which one with {told(first, which)}{rows if pattern else ''}"
    )


def _pattern_of(names: Sequence[str]) -> str:
    """Return the pattern of columns that may be one quantity of several runs, such as ``*b``."""
    sizes = [
        match for match in (re.fullmatch(r"\d+(\.\d+)?([kmbtKMBT])", n) for n in names) if match
    ]
    for letter in dict.fromkeys(match[2] for match in sizes):
        if sum(match[2] == letter for match in sizes) > 1:
            return f"*{letter}"
    endings = [name.rpartition(" - ")[2] for name in names if " - " in name]
    repeated = [ending for ending in endings if endings.count(ending) > 1]
    return f"{{run}} - {repeated[0]}" if repeated else ""
