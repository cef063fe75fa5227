"""The rows of the tables of a report, as text."""

import json
from typing import Any, cast

import pandas as pd

from bayescale.evaluation.comparing import Comparison
from bayescale.evaluation.scoring import Score
from bayescale.planning.plan import Plan
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import parameter_table
from bayescale.reporting.digits import Interval, count, decimals, fixed, percent
from bayescale.reporting.symbols import find_symbols, label_of, symbol_html
from bayescale.runs.table import Runs

type Row = list[Any]

MAX_REFUSED = 200
"""How many refused rows a report lists."""

MAX_HELD_OUT = 50
"""How many runs that were held out a report lists."""


def range_rows(runs: Runs) -> list[Row]:
    """Return quantity, smallest, median and largest value of each column of counts."""
    rows: list[Row] = []
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


def refused_rows(runs: Runs) -> list[Row]:
    """Return row, column, value and reason of the refused rows."""
    return runs.refused[["row", "column", "value", "reason"]].head(MAX_REFUSED).to_numpy().tolist()


def prior_rows(fit: Fit, interval: Interval) -> list[Row]:
    """Return symbol, prior and prior interval of each parameter."""
    card, draws = fit.model, fit.tree["prior"].to_dataset()
    priors = card.all_priors
    rows = []
    for symbol in find_symbols(card, list(priors)):
        _, lower, upper = interval.of(draws[symbol.name])
        prior = str(priors[symbol.name]).replace(" x ", " × ")
        rows.append([symbol, prior, f"{lower:.2g} to {upper:.2g}".replace("-", "−")])
    return rows


def posterior_rows(fit: Fit, interval: Interval) -> list[Row]:
    """Return symbol, mean, sd, bounds, effective sample size and R-hat of each variable."""
    table = parameter_table(fit.posterior, interval.prob, interval.kind)
    rows = []
    for name, row in table.iterrows():
        places = decimals(row["sd"], 3)
        values = [fixed(row[key], places) for key in ("mean", "sd", "lower", "upper")]
        size = min(row["ess_bulk"], row["ess_tail"])
        rows.append([symbol_html(str(name)), *values, f"{size:.0f}", f"{row['r_hat']:.3f}"])
    return rows


def plan_rows(plan: Plan, interval: Interval) -> list[tuple[str, list[Row]]]:
    """Return for each budget the quantity, committed value, median and bounds."""
    table = plan.summary(interval.prob, interval.kind)
    parts = []
    for flops in table.index.get_level_values("flops").unique():
        rows = [_plan_row(str(name), row) for name, row in table.loc[flops].iterrows()]
        parts.append((count(float(flops)), rows))
    return parts


def _plan_row(name: str, row: pd.Series) -> Row:
    values = [row[key] for key in ("committed", "median", "lower", "upper")]
    if name in {"params", "tokens"}:
        texts = [count(value) for value in values]
    elif name in {"wasted_compute", "serving_share"}:
        texts = [percent(value) for value in values]
    elif name in {"tokens_per_param", "epochs", "quality"}:
        texts = [f"{value:.3g}" for value in values]
    else:
        places = decimals(row["upper"] - row["lower"])
        texts = [fixed(value, places) for value in values]
    return [name, *texts]


def side_by_side_rows(table: pd.DataFrame) -> list[Row]:
    """Return budget, name, parameters, tokens, expected loss and nearly as good sizes of plans.

    The probability of being the best stands last, if the table has it.
    """
    rows: list[Row] = []
    for index, row in table.iterrows():
        flops, name = cast(tuple[float, str], index)
        counts = [count(row[key]) for key in ("params", "tokens")]
        span = f"{count(row['params_low'])} to {count(row['params_high'])}"
        share = [percent(row["probability_best"])] if "probability_best" in row else []
        loss = f"{row['expected_loss']:.4g}"
        rows.append([f"{count(float(flops))}, {name}", *counts, loss, span, *share])
    return rows


def held_out_table(score: Score) -> tuple[list[str], list[Row]]:
    """Return the headings and the rows of the runs that were held out.

    What the law takes, the observed value, the prediction with its interval and error, and a word
    on the runs that lie outside.
    """
    table = score.table.head(MAX_HELD_OUT)
    # The compute follows from size and tokens; the row is long enough.
    follows = {"flops"} if {"params", "tokens"} <= set(score.inputs) else set()
    inputs = [name for name in score.inputs if name not in follows]
    places = decimals(float((table["upper"] - table["lower"]).min()), 3)
    interval = f"{100 * score.ci_prob:g}% interval"
    headings = ["run", *map(label_of, inputs), score.target, "predicted", interval, "error", ""]
    rows = []
    for run, row in table.iterrows():
        middle, low, high = (fixed(row[name], places) for name in ("median", "lower", "upper"))
        word = "" if row["inside"] else "outside"
        counts = [count(row[name]) for name in inputs]
        observed = fixed(row[score.target], places)
        rows.append(
            [str(run), *counts, observed, middle, f"{low} to {high}", percent(row["error"]), word]
        )
    return headings, rows


def loo_rows(comparison: Comparison) -> list[Row]:
    """Return model, elpd, difference, its standard error, weight and bad Pareto k."""
    return [
        [
            str(name),
            fixed(row["elpd"], 1),
            fixed(row["elpd_diff"], 1),
            fixed(row["dse"], 1),
            fixed(row["weight"], 2),
            f"{row['high_k']:.0f}",
        ]
        for name, row in comparison.loo.iterrows()
    ]


def largest_rows(comparison: Comparison) -> list[Row]:
    """Return model, elpd, difference, error, bias, coverage, weight and number of runs."""
    return [
        [
            str(name),
            fixed(row["elpd"], 1),
            fixed(row["elpd_diff"], 1),
            percent(row["error"]),
            percent(row["bias"]),
            f"{row['coverage']:.0%}",
            fixed(row["weight"], 2),
            f"{row['runs']:.0f}",
        ]
        for name, row in comparison.largest.iterrows()
    ]


def version_rows(fit: Fit) -> list[Row]:
    """Return package and version of everything that made the fit."""
    return [
        [key.removesuffix("_version"), str(value)]
        for key, value in fit.attrs.items()
        if key.endswith("_version")
    ]


def card_text(fit: Fit) -> str:
    """Return the model card of the fit, indented."""
    return json.dumps(json.loads(fit.attrs["card"]), indent=2, ensure_ascii=False)
