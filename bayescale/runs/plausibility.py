"""Whether the numbers of a table can be what they are said to be."""

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from bayescale.core.asking import setting
from bayescale.core.text import human
from bayescale.errors import RunsError
from bayescale.runs.expressions import quote_name
from bayescale.runs.rules import refusals
from bayescale.runs.telling import told

_LEAST_COUNTS = {"params": 1e4, "tokens": 1e5, "flops": 1e9, "unique_tokens": 1e4}

HIGHEST_LOSS = 12.5
"""The loss in nats of guessing among 256 thousand tokens."""

LEAST_TOKENS_PER_PARAM = 0.15
"""With fewer in nine of ten runs, one of the two counts is not what it is said to be."""

_UNIT_GAP, _UNIT_MARGIN, _UNIT_SHARE = 2.5, 0.5, 0.2
_PERPLEXITY = re.compile(r"(?<!log)(?<!log[_ ])(ppl|perplexit)", re.I)
_ACCURACY = re.compile(r"(^|[^a-z])(acc|accuracy|exact_match|pass@\d+)([^a-z]|$)", re.I)
_BITS = re.compile(r"(^|[^a-z])(bpb|bpc|bpt|bits?)([^a-z]|$)", re.I)


def find_other_units(table: pd.DataFrame) -> pd.DataFrame:
    """Refuse a few rows whose counts are in thousands, millions or billions, unlike the others."""
    found: list[tuple[object, str, object, str]] = []
    for column in _LEAST_COUNTS:
        if column in table and len(table) >= 5:
            told = {row for row, *_ in found}
            # FLOPs that follow from a wrong count are wrong too, and need no mention.
            found += [entry for entry in _of_other_unit(table, column) if entry[0] not in told]
    return refusals(found)


def _of_other_unit(table: pd.DataFrame, column: str) -> Iterator[tuple[object, str, object, str]]:
    logs = np.log10(table[column]).sort_values()
    gaps = np.diff(logs.to_numpy())
    at = int(np.argmax(gaps)) + 1
    few = max(1, int(_UNIT_SHARE * len(logs)))
    if gaps[at - 1] < _UNIT_GAP or min(at, len(logs) - at) > few:
        return
    odd, rest = (logs[:at], logs[at:]) if at <= few else (logs[at:], logs[:at])
    sign = 1 if at <= few else -1
    for row, log in odd.items():
        # A model that truly is a thousand times smaller is worse than all others.
        losses = table.loc[rest.index, "loss"]
        told = (
            table.at[row, "loss"] <= losses.max()
            if sign > 0
            else table.at[row, "loss"] >= losses.min()
        )
        units = [p for p in (3, 6, 9) if _fits(log + sign * p, rest)]
        if told and units:
            times = human(10.0 ** units[0])
            less = "smaller" if sign > 0 else "larger"
            yield (
                row,
                column,
                f"{float(10**log):.4g}",
                f"would be among the other rows if it were not {times} times {less}, and so is its "
                "loss; write all rows in one unit",
            )


def _fits(log: float, rest: pd.Series) -> bool:
    return bool(rest.min() - _UNIT_MARGIN <= log <= rest.max() + _UNIT_MARGIN)


def doubts(table: pd.DataFrame, asked: Mapping[str, str | None]) -> list[str]:
    """Return what is probably wrong with the numbers of a table, each with its remedy.

    Parameters
    ----------
    table : DataFrame
        Numbers by canonical names.
    asked : mapping of str to str
        What was given for each of them.

    Raises
    ------
    RunsError
        If the losses cannot be losses.
    """
    check_loss(table, asked)
    found = [_too_small(table), _too_few_tokens(table), _named_crosswise(asked)]
    found += [_large_losses(table, asked), check_direction(table, asked)]
    return [doubt for group in found for doubt in group]


def remarks(asked: Mapping[str, str | None]) -> list[str]:
    """Return what is worth saying of the names of the columns."""
    loss = asked.get("loss") or "loss"
    if _BITS.search(loss) and "log" not in loss:
        return [
            f"The loss ({loss}) is in bits, and so is every answer; "
            f"{told('loss', f'{quote_name(loss)} * 0.693147')} gives nats."
        ]
    return []


def _instead(expression: str) -> str:
    return told("loss", expression)


def check_sign(losses: pd.Series, asked: Mapping[str, str | None]) -> None:
    """Refuse log-likelihoods for losses.

    Raises
    ------
    RunsError
        If every loss is negative.
    """
    if losses.max() < 0:
        text = asked.get("loss") or "loss"
        raise RunsError(
            f"every loss is negative; if {text} is a log-likelihood, give "
            f"{_instead(f'-{quote_name(text)}')}"
        )


def check_loss(table: pd.DataFrame, asked: Mapping[str, str | None]) -> None:
    """Refuse perplexities, accuracies and constants for losses.

    Raises
    ------
    RunsError
        If the losses are such.
    """
    losses, text = table["loss"], asked.get("loss") or "loss"
    if len(losses) > 2 and losses.nunique() == 1 and "accuracy" not in table:
        raise RunsError(
            f"all {len(losses)} losses are {losses.iloc[0]:.6g}, so nothing can be learnt from "
            "them; name the column that holds the loss of each run with "
            f"{told('loss', ...)}"
        )
    if "(" in text or "-" in text:
        return
    if _PERPLEXITY.search(text) and losses.min() > 1:
        raise RunsError(
            f"{text} is a perplexity, and its logarithm is the loss; give "
            f"{_instead(f'log({quote_name(text)})')}"
        )
    if _ACCURACY.search(text):
        raise RunsError(
            f"{text} is an accuracy; give the share that goes wrong, "
            f"{_instead(_error(losses, text))}"
        )


def _error(losses: pd.Series, text: str) -> str:
    return f"1 - {quote_name(text)}" if losses.max() <= 1 else f"1 - {quote_name(text)} / 100"


def _too_small(table: pd.DataFrame) -> Iterator[str]:
    for column, least in _LEAST_COUNTS.items():
        if column in table and table[column].max() < least:
            low, high = table[column].min(), table[column].max()
            yield (
                f"{column} lie between {low:.4g} and {high:.4g}, which is too few for "
                f"counts; are they in millions or billions? Then write "
                f"{told(column, 'COLUMN * 1e6')}"
            )


def _too_few_tokens(table: pd.DataFrame) -> Iterator[str]:
    if not {"params", "tokens"} <= set(table) or table["tokens"].max() < _LEAST_COUNTS["tokens"]:
        return
    ratio = float((table["tokens"] / table["params"]).quantile(0.9))
    if ratio < LEAST_TOKENS_PER_PARAM:
        yield (
            f"nine of ten runs have at most {ratio:.2g} tokens per parameter; are tokens in "
            f"millions (then write {told('tokens', 'COLUMN * 1e6')}), or params and tokens "
            "exchanged"
        )


def _named_crosswise(asked: Mapping[str, str | None]) -> Iterator[str]:
    params, tokens = asked.get("params") or "", asked.get("tokens") or ""
    if "token" in params.lower() and "param" in tokens.lower():
        yield (
            f"params are read from {params} and tokens from {tokens}; exchange them, "
            f"{told('params', tokens)} and {told('tokens', params)}"
        )


def _large_losses(table: pd.DataFrame, asked: Mapping[str, str | None]) -> Iterator[str]:
    losses, text = table["loss"], asked.get("loss") or "loss"
    if losses.median() <= HIGHEST_LOSS or "(" in text:
        return
    name = quote_name(text)
    other = "they are in percent" if losses.max() <= 100 else "they are a hundred times the loss"
    yield (
        f"losses lie between {losses.min():.4g} and {losses.max():.4g}, more than guessing costs "
        f"in nats ({HIGHEST_LOSS:g}); if they are perplexities, give "
        f"{_instead(f'log({name})')}; if {other}, {_instead(f'{name} / 100')}"
    )


def check_direction(table: pd.DataFrame, asked: Mapping[str, str | None]) -> Iterator[str]:
    """Refuse a loss that rises throughout with every input; doubt one that rises in part.

    Raises
    ------
    RunsError
        If it rises throughout: it is no loss.
    """
    varying = [
        column
        for column in ("params", "tokens", "flops")
        if column in table and table[column].nunique() > 2
    ]
    if not varying or table["loss"].nunique() == 1:
        return
    ranks = table[[*varying, "loss"]].rank()
    correlations = [float(ranks[column].corr(ranks["loss"])) for column in varying]
    if min(correlations) <= 0.3:
        return
    text = asked.get("loss") or "loss"
    rises = (
        f"the loss rises with {', '.join(varying)} "
        f"(rank correlation {min(correlations):.2f} or more)"
    )
    if all(_rises_throughout(table[column], table["loss"]) for column in varying):
        raise RunsError(
            f"{rises}, a loss must fall; is it an accuracy or a log-likelihood? "
            f"Give 1 - accuracy, {_instead(_error(table['loss'], text))}, or the negative "
            "log-likelihood"
        )
    yield (
        f"{rises}, but not throughout; laws of the loss fall: are there many epochs, or is it a "
        f"double descent? Then keep the runs of one part with {setting('where', ...)}"
    )


def _rises_throughout(values: pd.Series, losses: pd.Series) -> bool:
    """Return whether the losses rise from each part of the range to the next."""
    parts = min(4, len(values) // 2)
    if parts < 3:
        return True
    ranks = values.rank(method="first")
    medians = losses.groupby(pd.qcut(ranks, parts, labels=False)).median()
    return bool(medians.is_monotonic_increasing)
