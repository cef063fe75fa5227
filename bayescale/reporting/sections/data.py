"""The runs: how many, over which ranges, and which rows were left out."""

from dataclasses import dataclass

from markupsafe import Markup

from bayescale.compute.accounting import SixND
from bayescale.compute.flops import train_flops
from bayescale.core.text import shorten
from bayescale.plotting import plot_runs
from bayescale.posterior.fit import Fit
from bayescale.reporting.digits import count, decimals, fixed
from bayescale.reporting.pictures import inline_svg
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section
from bayescale.reporting.symbols import label_of
from bayescale.runs.table import Runs

MAX_REFUSED = 50
"""How many reasons for refused rows a report lists."""

MOST_LETTERS = 300


@dataclass(frozen=True)
class DataContext:
    """What the section says of the runs."""

    refused: int
    ranges: list[list[str]]
    refused_rows: list[list[str]]
    has_flops: bool
    compute: str
    worked_out: str
    groups: list[str]
    plane: bool
    figure: Markup


def show_data(fit: Fit, _: Question) -> DataContext:
    """Return what to say of the runs."""
    runs = fit.runs
    return DataContext(
        refused=runs.refused["row"].nunique() if len(runs.refused) else 0,
        ranges=_range_rows(runs),
        refused_rows=_refused_rows(runs),
        has_flops="flops" in runs.table,
        compute=_compute(runs),
        worked_out=runs.worked_out[:1].upper() + runs.worked_out[1:],
        groups=[label_of(group) for group in runs.groups],
        plane={"params", "tokens"} <= set(runs.quantities),
        figure=inline_svg(plot_runs(runs), "runs", "The runs"),
    )


SECTION = Section("data", "The runs", after="plan", show=show_data)


def _compute(runs: Runs) -> str:
    """Say how the compute of the runs is counted, and how far that is from 6ND."""
    if isinstance(runs.rule, SixND):
        return "C = 6 N D"
    times = runs.table["flops"] / train_flops(runs.table["params"], runs.table["tokens"])
    return (
        f"as it was recorded, {times.min():.2g} to {times.max():.2g} times 6 N D, and every answer "
        f"counts {runs.rule.name}"
    )


def _range_rows(runs: Runs) -> list[list[str]]:
    """Return quantity, smallest, median and largest value of each column of counts."""
    rows = []
    for column in runs.quantities:
        values = runs.table[column]
        rows.append([label_of(column), *map(count, (values.min(), values.median(), values.max()))])
    if {"params", "tokens"} <= set(runs.quantities):
        ratio = runs.table["tokens"] / runs.table["params"]
        numbers = (ratio.min(), ratio.median(), ratio.max())
        rows.append(["tokens per parameter", *(count(float(f"{n:.2g}")) for n in numbers)])
    loss = runs.table["loss"]
    places = decimals(loss.max() - loss.min(), 3)
    rows.append(["loss", *(fixed(n, places) for n in (loss.min(), loss.median(), loss.max()))])
    return rows


def _refused_rows(runs: Runs) -> list[list[str]]:
    """Return rows, column, values and reason of the refused rows, those of one reason together."""
    found = []
    for (column, reason), rows in runs.refused.groupby(["column", "reason"], sort=False):
        values = list(dict.fromkeys(map(str, rows["value"])))
        found.append([_some(list(map(str, rows["row"]))), column, _some(values, 3), reason])
    return [[shorten(cell, MOST_LETTERS) for cell in row] for row in found[:MAX_REFUSED]]


def _some(texts: list[str], most: int = 12) -> str:
    """Return the first few of many texts, and how many more there are."""
    rest = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {rest} more" if rest > 0 else "")
