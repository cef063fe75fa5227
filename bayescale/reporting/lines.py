"""The lines that make a fit and its report again, in Python and on the command line."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bayescale.core.quantities import BY_COLUMN
from bayescale.datasets import datasets
from bayescale.planning.reproducing import (
    as_python,
    left_out,
    python_arguments,
    shell_options,
)
from bayescale.posterior.fit import Fit
from bayescale.posterior.length import USUAL
from bayescale.reporting.question import Question
from bayescale.runs.provenance import Provenance
from bayescale.runs.table import Runs

_STAND_IN = "runs.csv"


@dataclass
class Lines:
    """Lines of Python and of a shell, and what neither can say.

    Attributes
    ----------
    python, shell : list of str
        One statement, or one command, each.
    left_out : list of str
        What the lines leave out, in words.
    """

    python: list[str] = field(default_factory=list)
    shell: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def lines_of(fit: Fit, question: Question) -> Lines:
    """Return the lines that make a fit and a report on it again."""
    lines = Lines(["import bayescale as bs", ""])
    source = _read(lines, _provenance(fit.runs), "runs")
    _fit(lines, fit, source)
    lines.python.append("bs.check(fit).raise_if_bad()")
    lines.shell.append("bayescale check fit.nc")
    options = _group(lines, fit) + _assume(lines, fit)
    _report(lines, question, options)
    return lines


def _provenance(runs: Runs) -> Provenance:
    """Return how runs were read; of fits of older versions it is known how FLOPs were."""
    provenance = runs.provenance
    if runs.flops_rule == "6ND" or "flops_rule" in provenance.asked:
        return provenance
    return replace(provenance, asked={**provenance.asked, "flops_rule": runs.flops_rule})


def _read(lines: Lines, provenance: Provenance, name: str) -> list[str]:
    """Add the line that reads runs; return source and options as the command line takes them."""
    origin, verb = provenance.origin or _STAND_IN, "load_runs"
    if not provenance.origin:
        lines.left_out.append(f"the DataFrame of the {name}, for which {_STAND_IN} stands")
    several = origin if isinstance(origin, list) else [origin]
    if len(several) == 1 and several[0] in datasets():
        verb = "datasets.load"
    lines.python.append(f"{name} = {call(f'bs.{verb}', [origin], provenance.asked)}")
    return [*several, *_reading(lines, provenance.asked)]


def _reading(lines: Lines, asked: Mapping[str, Any]) -> list[str]:
    """Return the options that read a table as it was asked."""
    columns = {name: asked[name] for name in BY_COLUMN if name in asked}
    columns |= asked.get("columns", {})
    found = [part for name, value in columns.items() for part in ("--column", f"{name}={value}")]
    for name, value in asked.items():
        flag = f"--{name.replace('_', '-')}"
        if name == "groups":
            pairs = [f"{n}={c}" for n, c in value.items()] if isinstance(value, Mapping) else value
            found += [part for pair in pairs for part in ("--group", pair)]
        elif name == "best_of":
            parts = [value] if isinstance(value, str) else value
            found += [part for column in parts for part in (flag, column)]
        elif name in {"run", "where", "last_of", "wide", "bad_rows", "flops_rule"}:
            found += [flag, str(value)]
        elif name not in {*columns, "columns"}:
            lines.left_out.append(f"{name} = {value!r} on the command line")
    return found


def _fit(lines: Lines, fit: Fit, source: list[str]) -> None:
    asked, seed = dict(fit.asked), int(fit.attrs["random_seed"])
    model = asked.pop("model", None) or fit.assumed.get("fitted", fit.model.name)
    if fit.asked and fit.asked["model"] is None:
        lines.left_out.append("the model, which was made in Python")
    given = {n: v for n, v in asked.items() if v not in (None, {}) and v != USUAL.get(n)}
    named = {"random_seed": seed, **given}
    lines.python.append(f"fit = {call('bs.fit', [], named, before=['runs', as_python(model)])}")
    options = ["--model", model, "--random-seed", str(seed)]
    for name, value in given.items():
        if name == "pool" and all(isinstance(over, str) for over in value.values()):
            options += [part for pair in value.items() for part in ("--pool", "=".join(pair))]
        elif name == "priors":
            options += [p for n, prior in value.items() for p in ("--prior", f"{n}={prior}")]
        elif name == "discrepancy":
            options.append("--discrepancy" if value else "--no-discrepancy")
        elif name in {*USUAL, "noise_with"}:
            options += [f"--{name.replace('_', '-')}", str(value)]
        else:
            lines.left_out.append(f"{name} = {value!r} on the command line")
    lines.shell.append(shlex.join(["bayescale", "fit", *source, *options, "--out", "fit.nc"]))


def _group(lines: Lines, fit: Fit) -> list[str]:
    """Add the line that takes one group of a pooled fit; return its options."""
    levels = fit.group_levels
    if not levels:
        return []
    lines.python.append(f"fit = {call('fit.group', [], levels)}")
    pairs = (f"{group}={level or ''}" for group, level in levels.items())
    return [part for pair in pairs for part in ("--in-group", pair)]


def _assume(lines: Lines, fit: Fit) -> list[str]:
    """Add the line that extends a fit by the priors of a card; return its options."""
    if not fit.assumed:
        return []
    card, inputs = fit.assumed["card"], fit.assumed["inputs"]
    named = {"inputs": inputs} if inputs else {}
    lines.python.append(f"fit = {call('bs.assume', [], named, before=['fit', as_python(card)])}")
    if inputs:
        lines.left_out.append(f"at which {' and '.join(inputs)} the runs were made, in the shell")
    return ["--assume", card]


def _report(lines: Lines, question: Question, options: list[str]) -> None:
    limits = _asked(question)
    arguments = [f"{name}={text}" for name, text in python_arguments(limits).items()]
    shell = [*options, *shell_options(limits)]
    if question.held_out is not None:
        shell += ["--held-out", *_read(lines, question.held_out.provenance, "unseen")]
        arguments.append("held_out=bs.score(fit, unseen)")
    for name, value in _told(question).items():
        arguments.append(f"{name}={as_python(value)}")
        option = f"--{name.replace('_', '-')}"
        shell += [option] if value is True else [option, str(value)]
    if question.scenarios:
        lines.left_out.append(f"the scenarios {' and '.join(question.scenarios)}")
    body = "".join(f"    {argument},\n" for argument in ["fit", *arguments, 'to="report.html"'])
    lines.python.append(f"bs.report(\n{body})")
    lines.shell.append(shlex.join(["bayescale", "report", "fit.nc", *shell, "--to", "report.html"]))
    lines.left_out += left_out(limits)


def _told(question: Question) -> dict[str, Any]:
    """Return what a report was told to say of itself, by the names of the arguments."""
    names = ("title", "author", "date", "loss_unit", "static")
    given = {name: getattr(question, name) for name in names}
    return {name: value for name, value in given.items() if value}


def _asked(question: Question) -> dict[str, Any]:
    """Return the budgets and limits that were asked about."""
    if question.plan is not None:
        return question.plan.limits
    one = len(question.targets) == 1
    return {"flops": question.targets[0] if one else list(question.targets) or None}


def call(
    function: str,
    positional: list[Any],
    named: Mapping[str, Any],
    before: list[Any] | None = None,
) -> str:
    """Write a call of a function, arguments as Python; ``before`` holds those written already."""
    first = [*map(str, before or []), *(str(as_python(value)) for value in positional)]
    return f"{function}({', '.join([*first, *(f'{n}={as_python(v)}' for n, v in named.items())])})"
