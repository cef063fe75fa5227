"""The rules a table of training runs must obey, each a function that names the rows it refuses."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from bayescale.compute.accounting import FlopsRule, SixND
from bayescale.compute.flops import train_flops
from bayescale.compute.recorded import params_within, tokens_within
from bayescale.core.asking import setting
from bayescale.core.quantities import Quantity, quantity_of
from bayescale.core.text import shorten
from bayescale.runs.numbers import not_numbers

FLOPS_TOLERANCE = 0.1
"""How far recorded FLOPs may be from 6ND before they contradict it."""

COUNTS = ("params", "tokens", "flops")
"""Two of these give the third."""

_RULE_OF_FLOPS = "the rule allows 10%"
_REPEATED = "repeats an earlier row exactly"


def refusals(entries: Iterable[tuple[object, str, object, str]]) -> pd.DataFrame:
    """Return a table of refused rows from (row, column, value, reason) entries."""
    return pd.DataFrame(list(entries), columns=["row", "column", "value", "reason"])


def find_invalid(cells: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """Refuse rows with a quantity that is missing, text, infinite or outside its range.

    Parameters
    ----------
    cells, numbers : DataFrame
        The cells as they were given, and as numbers; NaN where a cell is none.
    """
    found: list[tuple[int, str, str]] = []
    for name in map(str, numbers):
        values = numbers[name].to_numpy(float)
        told, odd = np.isnan(values), not_numbers(cells[name], numbers[name]).to_numpy()
        found += [
            (at, name, "must be a number" if odd[at] else "is missing") for at in _where(told)
        ]
        for reason, holds in _rules(quantity_of(name)):
            broken = ~holds(values) & ~told
            found += [(at, name, reason) for at in _where(broken)]
            told |= broken
    return refusals(
        (numbers.index[at], name, cells[name].iloc[at], reason)
        for at, name, reason in sorted(found)
    )


def _where(rows: np.ndarray) -> list[int]:
    return list(map(int, np.flatnonzero(rows)))


def find_unlabelled(labels: pd.DataFrame) -> pd.DataFrame:
    """Refuse rows that do not say which group they belong to."""
    return refusals(
        (row, str(column), "", "is empty, a group needs a label")
        for column in labels
        for row in labels.index[labels[column].isna()]
    )


type _Holds = Callable[[np.ndarray], np.ndarray]


def _rules(quantity: Quantity) -> list[tuple[str, _Holds]]:
    """Return what must hold of a quantity, the first that does not counts."""
    least, most = quantity.least, quantity.most
    sign: tuple[str, _Holds] = (
        ("must not be negative", lambda values: values >= 0)
        if quantity.may_be_zero
        else ("must be positive", lambda values: values > 0)
    )
    return [
        ("must be finite", np.isfinite),
        sign,
        (f"must be at most {most:g}", lambda values: values <= most),
        (f"must be at least {least:g}", lambda values: (values >= least) | (values == 0)),
    ]


def complete_flops(
    table: pd.DataFrame, rule: str, accounting: FlopsRule | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Derive the third of params, tokens and flops; refuse FLOPs that contradict 6ND.

    Parameters
    ----------
    table : DataFrame
        Columns of counts, one row a run.
    rule : {"6ND", "recorded"}
        Whether given FLOPs have to agree with 6ND.
    accounting : FlopsRule, optional
        What a token costs, to derive the third by; 6ND by default.

    Returns
    -------
    table, refused : DataFrame
    """
    table, each = table.copy(), SixND() if accounting is None else accounting
    have = set(COUNTS) & set(table.columns)
    if have == {"params", "tokens"}:
        table["flops"] = each.train(table["params"]) * table["tokens"]
    elif have == {"params", "flops"}:
        table["tokens"] = tokens_within(each, table["flops"], table["params"])
    elif have == {"tokens", "flops"}:
        table["params"] = params_within(each, table["flops"], table["tokens"])
    elif have == set(COUNTS) and rule == "6ND":
        return table, _contradictions(table)
    return table, refusals([])


def _contradictions(table: pd.DataFrame) -> pd.DataFrame:
    expected = train_flops(table["params"], table["tokens"])
    ratio = table["flops"] / expected
    wrong = (ratio - 1).abs() > FLOPS_TOLERANCE
    return refusals(
        (
            row,
            "flops",
            f"{flops:.4g}",
            f"is {times:.3g} times 6ND, {_RULE_OF_FLOPS}",
        )
        for row, flops, times in zip(
            table.index[wrong], table["flops"][wrong], ratio[wrong], strict=True
        )
    )


def find_too_many_unique(table: pd.DataFrame) -> pd.DataFrame:
    """Refuse runs with more unique tokens than tokens processed."""
    if not {"unique_tokens", "tokens"} <= set(table.columns):
        return refusals([])
    # Tables round; a run of one epoch may differ in the last digits.
    wrong = table[table["unique_tokens"] > table["tokens"] * 1.001]
    return refusals(
        (row, "unique_tokens", f"{unique:.4g}", "exceeds the tokens processed")
        for row, unique in wrong["unique_tokens"].items()
    )


def find_duplicates(table: pd.DataFrame) -> pd.DataFrame:
    """Refuse repeats of a row: they would count one run twice."""
    repeated = table[table.duplicated()]
    return refusals(
        (
            row,
            "loss",
            f"{loss:.6g}",
            _REPEATED,
        )
        for row, loss in repeated["loss"].items()
    )


def complain(source: str, refused: pd.DataFrame, show: int = 8) -> str:
    """Return an error message that shows some refused rows, and each remedy once."""
    rows = [
        f"  row {entry.row}: {entry.column} = {shorten(entry.value)}: {entry.reason}"
        for entry in refused.head(show).itertuples()
    ]
    remedies = [
        remedy
        for reason, remedy in _remedies().items()
        if refused["reason"].str.contains(reason, regex=False).any()
    ]
    more = [f"and {len(refused) - show} more"] if len(refused) > show else []
    mend = (
        f"mend them, or leave these rows out with {setting('bad_rows', 'refuse')}; they are then "
        "listed in the report"
    )
    problems, count = len(refused), refused["row"].nunique()
    head = (
        f"{problems} problem{'' if problems == 1 else 's'} "
        f"in {count} row{'' if count == 1 else 's'}"
    )
    return "\n".join([f"{source}: {head}", *rows, "; ".join([*more, *remedies, mend])])


def _remedies() -> dict[str, str]:
    """Return what mends a row besides leaving it out, by a part of the reason."""
    return {
        _RULE_OF_FLOPS: "name the right columns, drop flops to have it derived, or keep it with "
        + setting("flops_rule", "recorded"),
        _REPEATED: "if rows that repeat another are different runs, keep the column that tells "
        f"them apart with {setting('groups', [...])}",
    }
