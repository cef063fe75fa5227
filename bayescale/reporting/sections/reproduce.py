"""What it takes to make the fit and the report again."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bayescale.datasets import datasets
from bayescale.model.discrepancy import ADDED, TAKEN
from bayescale.planning.reproducing import left_out, python_arguments, shell_options
from bayescale.posterior.fit import Fit
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section
from bayescale.runs.reading import READERS


@dataclass(frozen=True)
class ReproduceContext:
    """How the fit was made, and the lines that make it and its report again."""

    versions: list[list[str]]
    seed: int
    created_at: str
    chains: int
    draws: int
    thin: str
    target_accept: str
    seconds: str
    formula: str
    card: str
    runs_quoted: str
    runs_python: str
    held_out: str
    held_out_line: str
    options: dict[str, str]
    model: str
    discrepancy: str
    discrepancy_option: str
    assumed: str
    beyond_options: str
    options_line: str
    assume_line: str


def show_reproduce(fit: Fit, question: Question) -> ReproduceContext:
    """Return what it takes to make the fit and the report again."""
    attrs, source, limits = fit.attrs, _source(fit.runs.source), _asked(question)
    name = str(fit.assumed.get("fitted", fit.model.name))
    changed = _changed(name)
    held_out = None if question.held_out is None else _source(question.held_out.source)
    return ReproduceContext(
        versions=_version_rows(fit),
        seed=int(attrs["random_seed"]),
        created_at=str(attrs.get("created_at", ""))[:16].replace("T", " "),
        chains=fit.posterior.sizes["chain"],
        draws=fit.posterior.sizes["draw"],
        thin=f" (every {thin}th of more)" if (thin := int(attrs.get("thin", 1))) > 1 else "",
        target_accept=f"{float(attrs.get('target_accept', float('nan'))):g}",
        seconds=f"{float(attrs.get('sampling_seconds', float('nan'))):.1f}",
        formula=str(attrs["formula"]),
        card=json.dumps(json.loads(attrs["card"]), indent=2, ensure_ascii=False),
        runs_quoted=shlex.quote(source),
        runs_python=_load_line(source),
        held_out="" if held_out is None else _load_line(held_out),
        held_out_line="" if held_out is None else f" --held-out {shlex.quote(held_out)}",
        options=python_arguments(limits),
        model=name.removesuffix(ADDED).removesuffix(TAKEN),
        discrepancy=_ARGUMENTS[changed],
        discrepancy_option=_OPTIONS[changed],
        assumed=_assumed(fit),
        beyond_options=" and ".join(left_out(limits)),
        options_line="".join(f" {shlex.quote(part)}" for part in shell_options(limits)),
        assume_line=f" --assume {fit.assumed['card']}" if fit.assumed else "",
    )


_ARGUMENTS = {"": "", "added": ", discrepancy=True", "taken": ", discrepancy=False"}
_OPTIONS = {"": "", "added": " --discrepancy", "taken": " --no-discrepancy"}

SECTION = Section("reproduce", "Reproduce", after="comparison", show=show_reproduce)


def _version_rows(fit: Fit) -> list[list[str]]:
    """Return package and version of everything that made the fit."""
    return [
        [key.removesuffix("_version"), str(value)]
        for key, value in fit.attrs.items()
        if key.endswith("_version")
    ]


def _source(given: str) -> str:
    """Return what to load runs from: their file, the name of their data set, or a stand-in."""
    if Path(given).suffix.lower() in READERS:
        return given
    return next((name for name, card in datasets().items() if card.title == given), "runs.csv")


def _load_line(source: str) -> str:
    verb = "datasets.load" if source in datasets() else "load_runs"
    return f"{verb}({json.dumps(source)})"


def _asked(question: Question) -> dict[str, Any]:
    """Return the budgets and limits that were asked about."""
    if question.plan is not None:
        return question.plan.limits
    one = len(question.targets) == 1
    return {"flops": question.targets[0] if one else list(question.targets) or None}


def _changed(name: str) -> str:
    """Return whether a discrepancy was added to a card or taken away, as its name says."""
    return "added" if name.endswith(ADDED) else "taken" if name.endswith(TAKEN) else ""


def _assumed(fit: Fit) -> str:
    """Return the arguments of `assume` after the fit, as Python."""
    if not fit.assumed:
        return ""
    inputs = f", inputs={fit.assumed['inputs']}" if fit.assumed["inputs"] else ""
    return f'"{fit.assumed["card"]}"{inputs}'
