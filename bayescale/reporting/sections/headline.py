"""The numbers for the person who signs for the compute."""

from dataclasses import dataclass
from typing import Any

from bayescale.core.note import Note
from bayescale.errors import PlanError
from bayescale.evaluation.scoring import describe_score
from bayescale.planning.plan import Plan
from bayescale.planning.wording import ALL, describe_choice
from bayescale.posterior.fit import Fit
from bayescale.posterior.predicting import predict
from bayescale.reporting.budget import flops_words, tolerance_text
from bayescale.reporting.digits import Estimate, Interval, count, decimals, estimate, fixed, percent
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section
from bayescale.reporting.symbols import Symbol, find_symbols, label_of

FLAT_FACTOR = 1.5
"""A nearly optimal range at least this wide leaves a real choice."""

SELDOM = 0.05
"""A limit that binds less often than this is not worth a sentence."""


@dataclass(frozen=True)
class PlanNumbers:
    """One budget: the plan to commit to and what to expect of it, as text."""

    flops: str
    spent: str
    params: str
    tokens: str
    tokens_per_param: str
    epochs: str
    choice: str
    loss: Estimate
    single_run: Estimate | None
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
    single_run: Estimate | None
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

    plans: list[PlanNumbers]
    predictions: list[Predicted]
    learnt: list[Learnt]
    held_out: str
    unique_tokens: str
    flops_words: str
    tolerance: str
    upper_probability: str
    warnings: list[Note]


def show_headline(fit: Fit, question: Question) -> HeadlineContext:
    """Return what the person who signs has to know."""
    plan, interval, held_out = question.plan, question.interval, question.held_out
    one_variable = len(fit.model.columns) == 1
    return HeadlineContext(
        plans=[] if plan is None else _plan_numbers(fit, plan, interval),
        predictions=_predictions(fit, question.targets, interval) if one_variable else [],
        learnt=_learnt(fit, interval),
        held_out="" if held_out is None else describe_score(held_out),
        unique_tokens="" if plan is None else _unique_tokens(plan),
        flops_words="" if plan is None else flops_words(plan),
        tolerance="" if plan is None else tolerance_text(plan),
        upper_probability=f"{50 * (1 + interval.prob):.3g}%",
        warnings=[] if plan is None else [note for note in plan.notes if note.severity != "info"],
    )


SECTION = Section("headline", "In short", after="", show=show_headline, above_navigation=True)


def _unique_tokens(plan: Plan) -> str:
    return "" if plan.unique_tokens is None else count(plan.unique_tokens)


def _plan_numbers(fit: Fit, plan: Plan, interval: Interval) -> list[PlanNumbers]:
    """Return the numbers of each budget of a plan."""
    return [
        _one_plan(fit, plan, budget, interval) for budget in range(plan.committed.sizes["budget"])
    ]


def _one_plan(fit: Fit, plan: Plan, budget: int, interval: Interval) -> PlanNumbers:
    committed = {
        str(name): float(values[budget]) for name, values in plan.committed.data_vars.items()
    }
    flops = float(plan.committed["flops"][budget])
    loss, regret = (plan.outcome[name].isel(budget=budget) for name in ("loss", "regret"))
    mean_loss, mean_regret = float(loss.mean()), float(regret.mean())
    most = float(regret.quantile((1 + interval.prob) / 2))
    places = decimals(most)
    limited = float(plan.binding["tokens"][budget])
    low, high = (float(plan.near_optimal[f"params_{end}"][budget]) for end in ("low", "high"))
    params = committed["params"]
    as_runs_count = float(plan.accounting.train(params) / plan.rule.train(params))
    return PlanNumbers(
        flops=count(flops),
        spent=percent(committed["spent_share"]) if committed["spent_share"] < ALL else "",
        params=count(params),
        tokens=count(committed["tokens"]),
        tokens_per_param=f"{committed['tokens_per_param']:.3g}",
        epochs=f"{committed['epochs']:.3g}" if "epochs" in committed else "",
        choice=describe_choice(plan, budget) if plan.by_choice else "",
        loss=estimate(loss, interval, mean_loss),
        single_run=_single_run(fit, plan, budget, interval),
        regret=fixed(mean_regret, places),
        regret_share=percent(mean_regret / mean_loss),
        regret_upper=fixed(most, places),
        regret_upper_share=percent(most / mean_loss),
        wasted=percent(float(plan.outcome["wasted_compute"].isel(budget=budget).mean())),
        low=count(low),
        high=count(high),
        low_tokens=count(float(plan.near_optimal["tokens_at_high"][budget])),
        high_tokens=count(float(plan.near_optimal["tokens_at_low"][budget])),
        limited=percent(limited) if limited >= SELDOM else "",
        mostly_limited=limited >= 0.5,
        flat=high > FLAT_FACTOR * low,
        times_beyond=_times(fit, "flops", flops * as_runs_count),
    )


def _single_run(fit: Fit, plan: Plan, budget: int, interval: Interval) -> Estimate | None:
    columns = set(fit.model.columns.values()) - {"flops"}
    try:
        point = plan.point(columns | {"params", "tokens"})
    except (PlanError, KeyError):
        return None
    return _one_run(fit, point, budget, interval)


def _one_run(fit: Fit, point: dict[str, Any], target: int, interval: Interval) -> Estimate | None:
    """Return where a single run would land, if its noise is known there."""
    try:
        draws = predict(fit, new_run=True, **point)
    except PlanError:
        return None
    return estimate(draws.isel(target=target), interval)


def _predictions(fit: Fit, targets: tuple[float, ...], interval: Interval) -> list[Predicted]:
    """Return the loss at targets of a law of one variable."""
    column = next(iter(fit.model.columns.values()))
    found = []
    for target in targets:
        point: dict[str, Any] = {column: target}
        surface = estimate(predict(fit, **point).isel(target=0), interval)
        single = _one_run(fit, point, 0, interval)
        label, times = label_of(column), _times(fit, column, target)
        found.append(Predicted(count(target), label, surface, single, times))
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
    return f"{times:.2g}" if times > 1.05 else ""
