"""The rules a table of training runs must obey, each a function that names the rows it refuses."""

import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from bayescale.compute.accounting import FlopsRule, SixND
from bayescale.compute.flops import train_flops
from bayescale.compute.recorded import params_within, tokens_within
from bayescale.core.quantities import Quantity, quantity_of
from bayescale.errors import BayescaleWarning, RunsError

FLOPS_TOLERANCE = 0.1
"""How far recorded FLOPs may be from 6ND before they contradict it."""

COUNTS = ("params", "tokens", "flops")
"""Two of these give the third."""

_LEAST_COUNTS = {"params": 1e4, "tokens": 1e5, "flops": 1e9, "unique_tokens": 1e4}


def refusals(entries: Iterable[tuple[object, str, object, str]]) -> pd.DataFrame:
    """Return a table of refused rows from (row, column, value, reason) entries."""
    return pd.DataFrame(list(entries), columns=["row", "column", "value", "reason"])


def find_invalid(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Refuse rows with a quantity that is missing, text, infinite or outside its range."""
    import pandera.pandas as pandera

    numbers = table[columns].apply(lambda column: pd.to_numeric(column, errors="coerce"))
    numbers = numbers.astype(float)
    text = numbers.isna() & table[columns].notna()
    schema = pandera.DataFrameSchema(
        {name: pandera.Column(float, _rules(quantity_of(name))) for name in columns}
    )
    try:
        schema.validate(numbers, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases.drop_duplicates(["index", "column"])
        return refusals(
            (
                case.index,
                case.column,
                table.at[case.index, case.column],
                _reason(case.check, bool(text.at[case.index, case.column])),
            )
            for case in cases.sort_values(["index", "column"]).itertuples(index=False)
        )
    return refusals([])


def _rules(quantity: Quantity) -> list[Any]:
    import pandera.pandas as pandera

    def rule(error: str, holds: Callable[[Any], Any]) -> Any:
        return pandera.Check(holds, error=error)

    rules = [rule("must be finite", np.isfinite)]
    if quantity.may_be_zero:
        rules.append(rule("must not be negative", lambda values: values >= 0))
    else:
        rules.append(rule("must be positive", lambda values: values > 0))
    if quantity.most < np.inf:
        most = quantity.most
        rules.append(rule(f"must be at most {most:g}", lambda values: values <= most))
    return rules


def _reason(check: str, text: bool) -> str:
    if text:
        return "must be a number"
    return "is missing" if check == "not_nullable" else check


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
            f"is {times:.3g} times 6ND, the rule allows 10%; name the right columns, drop "
            "flops to have it derived, or keep it with flops_rule='recorded' "
            "(command line: --flops-rule recorded)",
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
            "repeats an earlier row exactly; if these are different runs, keep the column that "
            "tells them apart with groups=[...] (command line: --group)",
        )
        for row, loss in repeated["loss"].items()
    )


def check_units(table: pd.DataFrame, source: str) -> None:
    """Warn where counts are so small that they must be in thousands, millions or billions."""
    for column, least in _LEAST_COUNTS.items():
        if column in table and table[column].max() < least:
            low, high = table[column].min(), table[column].max()
            warnings.warn(
                f"{source}: {column} lie between {low:.4g} and {high:.4g}, which is too few for "
                f"counts; are they in millions or billions? Then write {column}='COLUMN * 1e6' "
                f"(command line: --column '{column}=COLUMN * 1e6')",
                BayescaleWarning,
                stacklevel=4,
            )


def check_direction(table: pd.DataFrame, source: str) -> None:
    """Refuse a table whose 'loss' rises with every input: it is not a loss."""
    from scipy.stats import spearmanr

    varying = [
        column
        for column in ("params", "tokens", "flops")
        if column in table and table[column].nunique() > 2
    ]
    if not varying or table["loss"].nunique() == 1:
        return
    correlations = [float(spearmanr(table[column], table["loss"])[0]) for column in varying]
    if min(correlations) > 0.3:
        raise RunsError(
            f"{source}: the loss rises with {', '.join(varying)} (rank correlation "
            f"{min(correlations):.2f} or more), a loss must fall; is it an accuracy or a "
            "log-likelihood? Give 1 - accuracy or the negative log-likelihood"
        )
