"""Everything a report says in numbers, as text; the templates add the words."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bayescale.core.note import Note
from bayescale.datasets import datasets
from bayescale.errors import PlanError
from bayescale.evaluation.checking import Checks
from bayescale.evaluation.comparing import Comparison
from bayescale.evaluation.scoring import Score, describe_score
from bayescale.planning.plan import Plan
from bayescale.planning.wording import USUAL, describe_limits, describe_marginal
from bayescale.plotting import (
    plot_fit,
    plot_parameters,
    plot_plan,
    plot_prediction,
    plot_runs,
    plot_score,
)
from bayescale.posterior.fit import Fit
from bayescale.reporting import headline, tables
from bayescale.reporting.digits import Interval, count
from bayescale.reporting.pictures import inline_svg
from bayescale.reporting.symbols import equation, find_symbols, label_of, symbol_html
from bayescale.runs.formats import names_a_table


@dataclass(frozen=True)
class Question:
    """What a report is asked to say about a fit."""

    interval: Interval
    plan: Plan | None
    comparison: Comparison | None
    held_out: Score | None
    checks: Checks
    targets: tuple[float, ...]
    title: str | None


@dataclass(frozen=True)
class Context:
    """What the templates may use: texts, rows of texts and pictures."""

    title: str
    model: str
    probability: str
    upper_probability: str
    kind: str
    simulated: bool
    failed: bool
    notes: dict[str, list[Note]]
    headline: dict[str, Any]
    data: dict[str, Any]
    law: dict[str, Any]
    priors: dict[str, Any]
    posterior: dict[str, Any]
    prediction: dict[str, Any]
    plan: dict[str, Any] | None
    comparison: dict[str, Any] | None
    held_out: dict[str, Any] | None
    reproduce: dict[str, Any]
    figures: dict[str, Markup]


def build_context(fit: Fit, question: Question) -> Context:
    """Return the numbers and pictures of a report.

    Parameters
    ----------
    fit : Fit
        The fit.
    question : Question
        What to say about it.

    Returns
    -------
    Context
    """
    interval, runs = question.interval, fit.runs
    figures, why_not = _figures(fit, question)
    kind = "simulated runs" if runs.simulated else "runs"
    return Context(
        title=question.title or f"What {len(runs)} {kind} say about scaling",
        model=fit.model.name,
        probability=f"{100 * interval.prob:g}%",
        upper_probability=f"{50 * (1 + interval.prob):.3g}%",
        kind=interval.kind,
        simulated=runs.simulated,
        failed=not question.checks.ok,
        notes=_by_severity(question.checks),
        headline=_headline(fit, question),
        data=_data(fit),
        law=_law(fit),
        priors={
            "rows": tables.prior_rows(fit, interval),
            "low_loss": f"{float(fit.tree['constant_data']['loss_scale']):.4g}",
        },
        posterior=_posterior(fit, interval),
        prediction={"why_not": why_not, "column": _frontier_label(fit)},
        plan=_plan(question),
        comparison=_comparison(question.comparison),
        held_out=_held_out(question.held_out),
        reproduce=_reproduce(fit, question),
        figures=figures,
    )


def _by_severity(checks: Checks) -> dict[str, list[Note]]:
    return {
        severity: [note for note in checks.notes if note.severity == severity]
        for severity in ("error", "warning", "info")
    }


def _headline(fit: Fit, question: Question) -> dict[str, Any]:
    plan, interval = question.plan, question.interval
    one_variable = len(fit.model.columns) == 1
    return {
        "plans": [] if plan is None else headline.plan_numbers(fit, plan, interval),
        "predictions": headline.predictions(fit, question.targets, interval)
        if one_variable
        else [],
        "learnt": headline.learnt(fit, interval),
        "unique_tokens": "" if plan is None else _limit(plan, "unique_tokens"),
        "flops_words": "" if plan is None else _flops_words(plan),
        "tolerance": "" if plan is None else f"{100 * plan.limits['tolerance']:g}%",
        "warnings": []
        if plan is None
        else [note for note in plan.notes if note.severity != "info"],
    }


def _flops_words(plan: Plan) -> str:
    return "FLOPs to train and serve" if plan.limits["inference_tokens"] else "training FLOPs"


def _limit(plan: Plan, name: str) -> str:
    value = plan.limits.get(name)
    return "" if value is None else count(value)


def _data(fit: Fit) -> dict[str, Any]:
    runs = fit.runs
    return {
        "source": runs.source,
        "runs": len(runs),
        "refused": runs.refused["row"].nunique() if len(runs.refused) else 0,
        "ranges": tables.range_rows(runs),
        "refused_rows": tables.refused_rows(runs),
        "refused_left_off": max(0, len(runs.refused) - tables.MAX_REFUSED),
        "has_flops": "flops" in runs.table,
        "flops_rule": runs.flops_rule,
        "groups": [label_of(group) for group in runs.groups],
        "plane": {"params", "tokens"} <= set(runs.quantities),
    }


def _law(fit: Fit) -> dict[str, Any]:
    model = fit.model
    references = [
        (symbol_html(letter), symbol_html(f"{letter}_0"), label_of(column), count(value))
        for (letter, column), value in zip(
            model.columns.items(), fit.reference.values(), strict=True
        )
    ]
    return {
        "equation": equation(model),
        "references": references,
        "symbols": find_symbols(model, list(model.all_priors)),
        "summary": model.summary,
        "use_when": model.use_when,
        "citation": model.citation,
        "terms": [symbol_html(name) for name in model.law.terms],
    }


def _posterior(fit: Fit, interval: Interval) -> dict[str, Any]:
    posterior = fit.posterior
    sampled = fit.model.all_priors
    derived = [str(name) for name in posterior.data_vars if name not in sampled]
    return {
        "rows": tables.posterior_rows(fit, interval),
        "derived": find_symbols(fit.model, derived),
        "draws": posterior.sizes["chain"] * posterior.sizes["draw"],
    }


def _plan(question: Question) -> dict[str, Any] | None:
    plan = question.plan
    if plan is None:
        return None
    return {
        "budgets": tables.plan_rows(plan, question.interval),
        "notes": plan.notes,
        "limits": describe_limits(plan),
        "flops_words": _flops_words(plan),
        "worth": [
            describe_marginal(plan, budget, question.interval.prob)
            for budget in range(plan.committed.sizes["budget"])
        ],
        "forms": tables.side_by_side_rows(plan.compare_models()),
        "choices": tables.side_by_side_rows(plan.compare_choices()),
    }


def _comparison(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    return {
        "loo": tables.loo_rows(comparison),
        "largest": tables.largest_rows(comparison),
        "cut": count(comparison.cut),
        "probability": f"{100 * comparison.ci_prob:g}%",
        "best": comparison.best,
        "notes": comparison.notes,
    }


def _held_out(score: Score | None) -> dict[str, Any] | None:
    if score is None:
        return None
    columns, rows = tables.held_out_table(score)
    return {
        "sentence": describe_score(score),
        "columns": columns,
        "rows": rows,
        "left_off": len(score.table) - len(rows),
        "probability": f"{100 * score.ci_prob:g}%",
        "notes": score.notes,
    }


def _figures(fit: Fit, question: Question) -> tuple[dict[str, Markup], str]:
    interval = {"ci_prob": question.interval.prob, "ci_kind": question.interval.kind}
    plan, why_not = question.plan, ""
    drawn = {
        "runs": plot_runs(fit.runs),
        "parameters": plot_parameters(fit, **interval),  # type: ignore[arg-type]
        "fit": plot_fit(fit, **interval),  # type: ignore[arg-type]
    }
    if question.held_out is not None:
        drawn["held_out"] = plot_score(question.held_out)
    limits: dict[str, Any] = {}
    if plan is not None:
        drawn["plan"] = plot_plan(plan, **interval)  # type: ignore[arg-type]
        limits = {name: plan.limits.get(name) for name in _OF_A_CURVE}
    targets = question.targets if plan is None else tuple(plan.committed["flops"].to_numpy())
    try:
        drawn["prediction"] = plot_prediction(fit, targets=targets or None, **limits, **interval)  # type: ignore[arg-type]
    except PlanError as error:
        why_not = str(error)
    pictures = {name: inline_svg(figure, name, _ALT[name]) for name, figure in drawn.items()}
    return pictures, why_not


# The limits that the curve of predictions keeps to; others move it little and may forbid a budget.
_OF_A_CURVE = ("unique_tokens", "max_epochs", "inputs")

_ALT = {
    "runs": "The runs",
    "parameters": "Prior and posterior of each parameter",
    "fit": "Observed and predicted losses, with residuals",
    "prediction": "Predicted loss beyond the runs",
    "held_out": "What was foretold of the runs held out, and how they came out",
    "plan": "The plan and how flat the loss is around it",
}


def _frontier_label(fit: Fit) -> str:
    columns = list(fit.model.columns.values())
    return label_of(columns[0]) if len(columns) == 1 else ""


def _reproduce(fit: Fit, question: Question) -> dict[str, Any]:
    attrs, source, options = fit.attrs, _source(fit.runs.source), _options(question)
    held_out = None if question.held_out is None else _source(question.held_out.source)
    return {
        "versions": tables.version_rows(fit),
        "seed": int(attrs["random_seed"]),
        "created_at": str(attrs.get("created_at", ""))[:16].replace("T", " "),
        "chains": fit.posterior.sizes["chain"],
        "draws": fit.posterior.sizes["draw"],
        "thin": f" (every {thin}th of more)" if (thin := int(attrs.get("thin", 1))) > 1 else "",
        "target_accept": f"{float(attrs.get('target_accept', float('nan'))):g}",
        "seconds": f"{float(attrs.get('sampling_seconds', float('nan'))):.1f}",
        "formula": str(attrs["formula"]),
        "card": tables.card_text(fit),
        "runs_quoted": shlex.quote(source),
        "runs_python": _load_line(source),
        "held_out": "" if held_out is None else _load_line(held_out),
        "held_out_line": "" if held_out is None else f" --held-out {shlex.quote(held_out)}",
        "options": {
            name: texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
            for name, texts in options.items()
        },
        "model": fit.assumed.get("fitted", fit.model.name),
        "assumed": _assumed(fit),
        "beyond_options": _beyond_options(question),
        "options_line": "".join(
            f" --{name.replace('_', '-')} {text}"
            for name, texts in options.items()
            for text in texts
        ),
        "assume_line": f" --assume {fit.assumed['card']}" if fit.assumed else "",
    }


def _source(given: str) -> str:
    """Return what to load runs from: their file, the name of their data set, or a stand-in."""
    if names_a_table(Path(given)):
        return given
    return next((name for name, card in datasets().items() if card.title == given), "runs.csv")


def _load_line(source: str) -> str:
    verb = "datasets.load" if source in datasets() else "load_runs"
    return f"{verb}({json.dumps(source)})"


def _options(question: Question) -> dict[str, list[str]]:
    """Return the budgets and limits as a person would type them."""
    plan, options = question.plan, {}
    budgets = question.targets if plan is None else tuple(plan.committed["flops"].to_numpy())
    if budgets:
        options["flops"] = [_plain(flops) for flops in budgets]
    for name, value in (plan.limits if plan is not None else {}).items():
        if isinstance(value, float | int) and name != "tolerance":
            options[name] = [_plain(value)]
    return options


def _assumed(fit: Fit) -> str:
    """Return the arguments of `assume` after the fit, as Python."""
    if not fit.assumed:
        return ""
    inputs = f", inputs={fit.assumed['inputs']}" if fit.assumed["inputs"] else ""
    return f'"{fit.assumed["card"]}"{inputs}'


def _beyond_options(question: Question) -> str:
    """Name what a plan kept to that its lines to reproduce it leave out."""
    limits = {} if question.plan is None else question.plan.limits
    names = [
        name
        for name, value in limits.items()
        if value and not isinstance(value, float | int) and value != USUAL.get(name)
    ]
    return " and ".join(names)


def _plain(value: float) -> str:
    return f"{float(value):.12g}".replace("e+", "e")
