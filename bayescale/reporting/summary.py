"""A report as numbers for other programs, and as plain text."""

import json
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from bayescale.core.note import Note
from bayescale.evaluation.scoring import describe_score
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import parameter_table
from bayescale.reporting.budget import cost_texts
from bayescale.reporting.changes import Change, changes_of
from bayescale.reporting.digits import between, chosen_percent, count, percent
from bayescale.reporting.lines import lines_of
from bayescale.reporting.numbers import PlanNumbers, all_numbers
from bayescale.reporting.page import describe_page
from bayescale.reporting.question import Question
from bayescale.reporting.trust import Trust, trust_in

SCHEMA = "bayescale-report/1"
"""Changes when a field of `Summary` goes or comes to mean something else."""


@dataclass(frozen=True)
class Parameter:
    """What is believed of a parameter before and after the runs."""

    name: str
    prior: str
    mean: float
    sd: float
    lower: float
    upper: float
    ess: float
    r_hat: float


@dataclass(frozen=True)
class Summary:
    """What a report says, as numbers; the fields of its JSON.

    Attributes
    ----------
    schema : str
        The name and the version of this form.
    title, author, date, loss_unit : str
        As given; empty where nothing was.
    model, formula, source : str
        The model card, the formula of its law, and where the runs come from.
    runs : int
        How many runs were fitted.
    simulated : bool
        Whether they are simulated.
    probability, interval : float, str
        Probability and kind ("eti" or "hdi") of all intervals.
    trust : Trust
        ``light`` ("red", "amber" or "green"), ``words``, ``because``, ``reasons`` (each ``plain``
        with ``finding`` and ``remedy``, and ``detail``) and ``more``, how many are not listed.
    plans : dict of str to list of PlanNumbers
        For the plan and each scenario, the numbers of each budget; counts are plain numbers.
    changes : list of Change
        What would change the first budget: ``cause``, ``outcomes`` (``label``, ``size`` over that
        of the plan, ``loss`` minus that of the plan) and ``unknown``, why there are none.
    parameters : list of Parameter
        Priors and posteriors.
    checks : list of Note
        ``code``, ``severity``, ``sentence``, ``remedy`` and ``shift`` of each finding.
    held_out : str
        How runs that were held out came out, in a sentence; empty if none were.
    python, shell : str
        The lines that make it again.
    versions : dict of str to str
        The versions of all software that made the fit.
    """

    schema: str
    title: str
    author: str
    date: str
    loss_unit: str
    model: str
    formula: str
    source: str
    runs: int
    simulated: bool
    probability: float
    interval: str
    trust: Trust
    plans: dict[str, list[PlanNumbers]]
    changes: list[Change]
    parameters: list[Parameter]
    checks: list[Note]
    held_out: str
    python: str
    shell: str
    versions: dict[str, str]


def summarise(fit: Fit, question: Question) -> Summary:
    """Return what a report says, as numbers."""
    page, interval, plan = describe_page(fit, question), question.interval, question.plan
    lines, attrs = lines_of(fit, question), fit.attrs
    plans = {} if plan is None else {"This plan": plan, **question.scenarios}
    return Summary(
        schema=SCHEMA,
        title=page.title,
        author=page.author,
        date=page.date,
        loss_unit=page.loss_unit,
        model=page.model,
        formula=str(attrs["formula"]),
        source=page.source,
        runs=page.runs,
        simulated=page.simulated,
        probability=interval.prob,
        interval=interval.kind,
        trust=trust_in(question),
        plans={name: all_numbers(fit, each, interval) for name, each in plans.items()},
        changes=[] if plan is None else changes_of(fit, plan, interval),
        parameters=_parameters(fit, question),
        checks=list(question.checks.notes),
        held_out="" if question.held_out is None else describe_score(question.held_out),
        python="\n".join(lines.python),
        shell="\n".join(lines.shell),
        versions={n.removesuffix("_version"): str(v) for n, v in attrs.items() if "_version" in n},
    )


def _parameters(fit: Fit, question: Question) -> list[Parameter]:
    interval, priors = question.interval, fit.model.all_priors
    table = parameter_table(fit.posterior, interval.prob, interval.kind)
    return [
        Parameter(
            name=str(name),
            prior=str(priors.get(str(name), "")),
            mean=float(row["mean"]),
            sd=float(row["sd"]),
            lower=float(row["lower"]),
            upper=float(row["upper"]),
            ess=float(min(row["ess_bulk"], row["ess_tail"])),
            r_hat=float(row["r_hat"]),
        )
        for name, row in table.iterrows()
    ]


def as_json(fit: Fit, question: Question) -> str:
    """Return a report as JSON: a `Summary`, what is not a number as null."""
    return json.dumps(_plain(summarise(fit, question)), indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value


def as_markdown(fit: Fit, question: Question) -> str:
    """Return a report as text in Markdown."""
    found = summarise(fit, question)
    by = ", ".join(part for part in (found.author, found.date) if part)
    parts = [f"# {_line(found.title)}"]
    if by:
        parts.append(_line(by))
    if found.trust.light == "red":
        parts.append("**This fit failed its checks. Do not decide anything by its numbers.**")
    parts += [*_plans(found), _trust(found), *_changes(found)]
    if found.held_out:
        parts += ["## Held-out runs", f"{found.held_out}."]
    headings = ["", "prior", "mean", "lower", "upper", "ESS", "R-hat"]
    rows = [
        [
            p.name,
            p.prior,
            *(f"{v:.4g}" for v in (p.mean, p.lower, p.upper, p.ess)),
            f"{p.r_hat:.3f}",
        ]
        for p in found.parameters
    ]
    parts += ["## Priors and posteriors", f"`L = {found.formula}`", _table(headings, rows)]
    parts += ["## Checks", "\n".join(f"- {_line(str(note))}" for note in found.checks) or "None."]
    parts += ["## Reproduce", f"```console\n{found.shell}\n```", f"```python\n{found.python}\n```"]
    return "\n\n".join(parts) + "\n"


def _plans(found: Summary) -> list[str]:
    if not found.plans:
        return []
    first = found.plans["This plan"][0]
    lower, upper = between(first.loss.lower, first.loss.upper)
    said = (
        f"**Train {count(first.params)} parameters on {count(first.tokens)} tokens.** It costs "
        f"{', '.join(cost_texts(first.cost))}. Expect a loss of {first.loss.value:.4g} "
        f"{_line(found.loss_unit)} ({chosen_percent(found.probability)} interval {lower} to "
        f"{upper})."
    )
    rows = [
        [
            name,
            ", ".join(cost_texts(each.cost)),
            count(each.params),
            count(each.tokens),
            " to ".join(between(each.loss.lower, each.loss.upper)),
            percent(each.regret / each.loss.value),
        ]
        for name, plans in found.plans.items()
        for each in plans
    ]
    headings = ["", "cost", "parameters", "tokens", "loss", "given away"]
    return ["## In short", said, _table(headings, rows)]


def _trust(found: Summary) -> str:
    trust = found.trust
    light = f"**{trust.light.capitalize()}: {trust.words}.** {trust.because}\n"
    lines = ["## How far to trust it\n", light]
    for reason in trust.reasons:
        remedy = f" {reason.plain.remedy}." if reason.plain.remedy else ""
        lines.append(f"1. {_line(reason.plain.finding)}.{remedy} {_line(reason.detail)}")
    return "\n".join(lines)


def _changes(found: Summary) -> list[str]:
    rows = [
        [change.cause, outcome.label, f"x {outcome.size:.2f}", f"{outcome.loss:+.4f}"]
        for change in found.changes
        for outcome in change.outcomes
    ]
    return ["## What would change it", _table(["what", "if", "size", "loss"], rows)] if rows else []


def _table(headings: list[str], rows: list[list[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(
        f"| {' | '.join(_line(cell).replace('|', '/') for cell in row)} |" for row in lines
    )


def _line(text: str) -> str:
    """Return a text that stays on its line and is no mark-up of its own."""
    return " ".join(text.split()).replace("<", "&lt;").replace("`", "'")
