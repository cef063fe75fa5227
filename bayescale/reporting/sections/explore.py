"""The plan for other budgets, data and demands: it moves, where scripts run."""

import json
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from bayescale.errors import PlanError
from bayescale.posterior.fit import Fit
from bayescale.reporting import moving
from bayescale.reporting.digits import chosen_percent
from bayescale.reporting.moving.formula import javascript
from bayescale.reporting.moving.payload import payload
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section

_SOURCES = [Path(folder) for folder in moving.__path__]


@dataclass(frozen=True)
class ExploreContext:
    """What the moving part needs, or why there is none."""

    script: Markup
    data: Markup
    draws: int
    of: int
    hours: bool
    dollars: bool
    single: bool
    bends: bool
    probability: str
    why_not: str


def show_explore(fit: Fit, question: Question) -> ExploreContext | None:
    """Return the moving part of a plan, if there is a plan and the page may have a script."""
    if question.plan is None or question.static:
        return None
    probability = chosen_percent(question.interval.prob)
    try:
        data = payload(fit, question.plan, question.interval)
        script = page_script(fit)
    except PlanError as error:
        nothing = Markup()
        return ExploreContext(
            nothing, nothing, 0, 0, False, False, False, False, probability, str(error)
        )
    hardware = data["hardware"]
    return ExploreContext(
        script=script,
        data=as_json(data),
        draws=data["draws"],
        of=data["of"],
        hours=hardware is not None,
        dollars=hardware is not None and hardware["price"] is not None,
        single=data["noise"] is not None,
        bends=data["bend"] is not None,
        probability=probability,
        why_not="",
    )


SECTION = Section(
    "explore", "Try other budgets", after="changes", show=show_explore, above_navigation=True
)


def page_script(fit: Fit) -> Markup:
    """Return the script of a page: the engine, the law of the fit and the controls."""
    engine, controls = (
        (folder / name).read_text(encoding="utf-8")
        for folder in _SOURCES
        for name in ("engine.js", "controls.js")
    )
    law = f"const lossOfAll = {javascript(fit.model.law)};"
    return Markup("\n".join([engine, law, controls]))


def as_json(data: object) -> Markup:
    """Return numbers and texts as JSON that cannot end the element around it."""
    return Markup(json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"))
