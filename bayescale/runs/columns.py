"""Which columns of a table hold what: as they were named, or by the usual names."""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from bayescale.core.quantities import BY_COLUMN, OUTCOMES, SHARE_PREFIX
from bayescale.errors import RunsError
from bayescale.runs.expressions import evaluate, quote_name
from bayescale.runs.numbers import decimal_mark, not_numbers, read_numbers

_USUALLY_CALLED = {
    "loss": r".*(loss|nll|cross_?entropy|bpb|bpc|ppl|perplexity).*|l|ce",
    "params": r".*(param|model_?size|weights).*|n|size",
    "tokens": r".*token.*|d|data_?size",
    "flops": r".*flop.*|c|compute",
}
_MOST_NAMES, _MOST_PROBLEMS = 12, 8


def pick_columns(
    given: pd.DataFrame, wanted: Mapping[str, str | None], decimal: str
) -> pd.DataFrame:
    """Return the cells of the quantities that were asked for, or bear their usual names.

    Raises
    ------
    RunsError
        If columns are not there; all of them are named at once.
    """
    columns, problems = {}, []
    for name, asked in wanted.items():
        if asked is None and name not in given:
            continue
        try:
            columns[name] = evaluate(asked or name, given, name, decimal)
        except RunsError as error:
            problems.append(str(error))
    asked_for = {*columns, *(name for name, asked in wanted.items() if asked is not None)}
    if "loss" not in asked_for:
        problems.append(_missing("loss", given))
    if "accuracy" not in {*asked_for, *given} and not _inputs(given, asked_for):
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
                f"columns: {name!r} is no quantity: did you mean {meant!r}? Write "
                f"{meant}={column!r} (command line: --column '{meant}={column}'); an input of "
                "your own needs a name that differs more"
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
    given: pd.DataFrame, wanted: Mapping[str, str | None], source: str, comma_likely: bool
) -> str:
    """Return the decimal mark of the text in the columns that are asked for."""
    asked = " ".join(text or name for name, text in wanted.items())
    used = {str(name): given[name] for name in given if str(name) and str(name) in asked}
    return decimal_mark(used, source, comma_likely)


def _missing(quantity: str, given: pd.DataFrame) -> str:
    first = quantity.partition(",")[0]
    names = [str(name) for name in given]
    likely = [
        name
        for name in names
        if re.fullmatch(_USUALLY_CALLED[first], name.lower().replace(" ", "_"))
        and not not_numbers(given[name], read_numbers(given[name])).any()
    ]
    which = min(likely, key=len) if likely else "..."
    if first == "loss" and re.search("ppl|perplexity", which.lower()):
        which = f"log({quote_name(which)})"
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    flag = f"'{first}={which}'" if re.search(r"[^\w./-]", which) and likely else f"{first}={which}"
    return (
        f"no column for {quantity}: the table has {', '.join(names[:_MOST_NAMES])}{more}; "
        f"say which one with {first}={which!r} (command line: --column {flag})"
    )
