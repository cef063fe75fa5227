"""The numbers for the person who signs for the compute."""

from dataclasses import dataclass
from typing import Any

from bayescale.evaluation.scoring import describe_score
from bayescale.planning.plan import Plan
from bayescale.planning.wording import ALL, describe_choice
from bayescale.posterior.fit import Fit
from bayescale.posterior.predicting import predict
from bayescale.reporting.budget import cost_texts, flops_words, tolerance_text
from bayescale.reporting.digits import (
    Estimate,
    Interval,
    between,
    count,
    decimals,
    estimate,
    fixed,
    percent,
)
from bayescale.reporting.numbers import numbers_of, one_run
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section
from bayescale.reporting.symbols import Symbol, find_symbols, label_of

FLAT_FACTOR = 1.5
"""A nearly optimal range at least this wide leaves a real choice."""

SELDOM = 0.05
"""A limit that binds less often than this is not worth a sentence."""


@dataclass(frozen=True)
class Verdict:
    """The plan to commit to and what to expect of it, as text."""

    budget: str
    spent: str
    cost: list[str]
    params: str
    tokens: str
    tokens_per_param: str
    epochs: str
    choice: str
    loss: Estimate
    single_run: tuple[str, str] | None
    regret: str
    regret_share: str
    regret_upper: str
    regret_upper_share: str
    wasted: str
    low: str
    high: str
    low_tokens: str
    high_tokens: str
    flat: bool
    limited: str
    mostly_limited: bool
    times_beyond: str


@dataclass(frozen=True)
class Predicted:
    """The loss at one target of a law of one variable, as text."""

    target: str
    column: str
    loss: Estimate
    single_run: tuple[str, str] | None
    times_beyond: str


@dataclass(frozen=True)
class Learnt:
    """A parameter of the law that people ask about, as text."""

    symbol: Symbol
    estimate: Estimate
    input: str
    share_by_doubling: str


@dataclass(frozen=True)
class HeadlineContext:
    """What the section says of the plan, of predictions and of the law."""

    verdict: Verdict | None
    others: int
    predictions: list[Predicted]
    learnt: list[Learnt]
    held_out: str
    unique_tokens: str
    flops_words: str
    tolerance: str
    upper_probability: str
    of_hundred: str


def show_headline(fit: Fit, question: Question) -> HeadlineContext:
    """Return what the person who signs has to know."""
    plan, interval, held_out = question.plan, question.interval, question.held_out
    one_variable = len(fit.model.columns) == 1
    return HeadlineContext(
        verdict=None if plan is None else _verdict(fit, plan, interval),
        others=0 if plan is None else plan.committed.sizes["budget"] - 1,
        predictions=_predictions(fit, question.targets, interval) if one_variable else [],
        learnt=_learnt(fit, interval),
        held_out="" if held_out is None else describe_score(held_out),
        unique_tokens="" if plan is None else _unique_tokens(plan),
        flops_words="" if plan is None else flops_words(plan),
        tolerance="" if plan is None else tolerance_text(plan),
        upper_probability=f"{50 * (1 + interval.prob):.3g}%",
        of_hundred=f"{100 * interval.prob:g} of 100",
    )


SECTION = Section("headline", "In short", after="", show=show_headline, above_navigation=True)


def _unique_tokens(plan: Plan) -> str:
    return "" if plan.unique_tokens is None else count(plan.unique_tokens)


def _verdict(fit: Fit, plan: Plan, interval: Interval) -> Verdict:
    """Return the plan of the first budget in words."""
    numbers = numbers_of(fit, plan, 0, interval)
    places = decimals(numbers.regret_upper)
    low, high = numbers.near_params
    single, limited = numbers.single_run, numbers.limited_by_tokens
    as_runs_count = float(plan.accounting.train(numbers.params) / plan.rule.train(numbers.params))
    return Verdict(
        budget=count(numbers.flops),
        spent=percent(numbers.spent_share) if numbers.spent_share < ALL else "",
        cost=cost_texts(numbers.cost),
        params=count(numbers.params),
        tokens=count(numbers.tokens),
        tokens_per_param=f"{numbers.tokens_per_param:.3g}",
        epochs="" if numbers.epochs is None else f"{numbers.epochs:.3g}",
        choice=describe_choice(plan, 0) if plan.by_choice else "",
        loss=estimate(plan.outcome["loss"].isel(budget=0), interval, numbers.loss.value),
        single_run=None if single is None else between(single.lower, single.upper),
        regret=fixed(numbers.regret, places),
        regret_share=percent(numbers.regret / numbers.loss.value),
        regret_upper=fixed(numbers.regret_upper, places),
        regret_upper_share=percent(numbers.regret_upper / numbers.loss.value),
        wasted=percent(numbers.wasted_compute),
        low=count(low),
        high=count(high),
        low_tokens=count(numbers.near_tokens[1]),
        high_tokens=count(numbers.near_tokens[0]),
        limited=percent(limited) if limited >= SELDOM else "",
        mostly_limited=limited >= 0.5,
        flat=high > FLAT_FACTOR * low,
        times_beyond=_times(fit, "flops", numbers.flops * as_runs_count),
    )


def _predictions(fit: Fit, targets: tuple[float, ...], interval: Interval) -> list[Predicted]:
    """Return the loss at targets of a law of one variable."""
    column = next(iter(fit.model.columns.values()))
    found = []
    for target in targets:
        point: dict[str, Any] = {column: target}
        surface = estimate(predict(fit, **point).isel(target=0), interval)
        single = one_run(fit, point, 0, interval)
        bounds = None if single is None else between(single.lower, single.upper)
        label, times = label_of(column), _times(fit, column, target)
        found.append(Predicted(count(target), label, surface, bounds, times))
    return found


def _learnt(fit: Fit, interval: Interval) -> list[Learnt]:
    """Return floor and exponents of the law."""
    found = []
    for symbol in find_symbols(fit.model, list(fit.model.law.parameters)):
        if symbol.role in {"floor", "exponent"}:
            draws = fit.parameters[symbol.name]
            share = percent(1 - 2 ** -float(draws.median())) if symbol.role == "exponent" else ""
            found.append(Learnt(symbol, estimate(draws, interval), label_of(symbol.column), share))
    return found


def _times(fit: Fit, column: str, value: float) -> str:
    if column not in fit.runs.table:
        return ""
    times = value / float(fit.runs.table[column].max())
    return count(float(f"{times:.2g}")) if times > 1.05 else ""
