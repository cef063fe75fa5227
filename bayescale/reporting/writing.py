"""Write the report: render the templates and put one file in place, whole or not at all."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Unpack

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bayescale.core.asking import argument, either
from bayescale.core.border import checked
from bayescale.core.files import require_writable, write_whole
from bayescale.errors import PlanError
from bayescale.evaluation.checking import Checks, check
from bayescale.evaluation.comparing import Comparison
from bayescale.evaluation.scoring import Score
from bayescale.planning.allocating import allocate
from bayescale.planning.limits import BUDGETS, PlanArguments
from bayescale.planning.plan import Plan
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import IntervalKind, interval_settings
from bayescale.reporting import sections
from bayescale.reporting.digits import Interval
from bayescale.reporting.page import describe_page
from bayescale.reporting.paths import folders_in, without_folders
from bayescale.reporting.policy import POLICY_HERE, policy_of
from bayescale.reporting.question import Question
from bayescale.reporting.summary import as_json, as_markdown

_PAGE = Path(__file__).parent / "templates"


@checked(PlanError)
def report(
    fit: Fit,
    *,
    to: str | Path,
    plan: Plan | None = None,
    comparison: Comparison | None = None,
    held_out: Score | None = None,
    checks: Checks | None = None,
    flops: float | Sequence[float] | None = None,
    ci_prob: float | None = None,
    ci_kind: IntervalKind | None = None,
    title: str | None = None,
    scenarios: Mapping[str, Plan] | None = None,
    author: str | None = None,
    date: str | None = None,
    loss_unit: str | None = None,
    static: bool = False,
    **limits: Unpack[PlanArguments],
) -> Path:
    """Write what a fit says, and whether to believe it, as one file that opens offline.

    The ending of the file says which: a page (``.html``), a text (``.md``) or numbers for other
    programs (``.json``).

    Parameters
    ----------
    fit : Fit
        The fit.
    to : str or Path
        The file to write; an existing one is replaced.
    plan : Plan, optional
        A plan made from this fit.
    comparison : Comparison, optional
        A comparison with other models.
    held_out : Score, optional
        How well the fit foretold runs that it was not fitted to, as `score` returns it.
    checks : Checks, optional
        The checks of this fit; made if absent.
    flops : float or sequence of float, optional
        Budgets to plan for if no plan is given. For a law of compute alone, budgets at which to
        predict the loss.
    ci_prob, ci_kind : optional
        Probability and kind of the intervals; ArviZ's settings by default.
    title : str, optional
        The title of the report.
    scenarios : mapping of str to Plan, optional
        Other plans to set beside this one, by name.
    author, date : str, optional
        Who answers for the report, and the date of the decision.
    loss_unit : str, optional
        The unit of the loss, such as "nats per token".
    static : bool, default False
        Leave out the part of the page that moves, and with it every script.
    **limits
        Limits of that plan, as in `allocate`, and budgets in other units.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    FileError
        If the file cannot be written; said before any work, and nothing is left behind.
    PlanError
        If a plan is asked for that the law cannot make.
    BayescaleError
        If the interval is not a known one.

    Notes
    -----
    The page makes no request, and its own policy forbids any; beside the scripts written here it
    runs none. The fields of the JSON are those of `bayescale.reporting.summary.Summary`.

    Examples
    --------
    >>> bs.report(fit, flops=1e24, unique_tokens=2e12, to="report.html")  # doctest: +SKIP
    """
    require_writable(to)
    prob, kind = interval_settings(ci_prob, ci_kind)
    columns = set(fit.model.columns.values())
    by_compute = "flops" in columns and not {"params", "tokens"} <= columns
    asked = {name for name, value in {"flops": flops, **limits}.items() if value is not None}
    # Of a law of compute alone, FLOPs ask for the loss.
    if plan is None and asked & set(BUDGETS) - ({"flops"} if by_compute else set()):
        plan = allocate(fit, flops=flops, **limits)
    elif idle := sorted(asked - {"flops"}):
        why = "the plan was given" if plan is not None else "there is no budget for a plan"
        raise PlanError(
            f"{' and '.join(map(argument, idle))} would change nothing: {why}; give a budget, "
            "such as " + either("flops=1e24, and no plan", "--flops 1e24")
        )
    question = Question(
        interval=Interval(prob, "hdi" if kind == "hdi" else "eti"),
        plan=plan,
        comparison=comparison,
        held_out=held_out,
        checks=check(fit) if checks is None else checks,
        targets=()
        if flops is None
        else tuple([flops] if isinstance(flops, float | int) else flops),
        title=title,
        scenarios=dict(scenarios or {}),
        author=author or "",
        date=date or "",
        loss_unit=loss_unit or "",
        static=static,
    )
    write = _WRITERS.get(Path(to).suffix.lower(), _render)
    text = without_folders(write(fit, question), folders_in(fit, question))
    text = text.replace(POLICY_HERE, policy_of(text))
    write_whole(to, text.encode(errors="xmlcharrefreplace"))
    return Path(to)


def _render(fit: Fit, question: Question) -> str:
    """Return the page; each section is rendered with its own context and that of the page."""
    environment = Environment(
        loader=FileSystemLoader([_PAGE, *sections.__path__]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    page = describe_page(fit, question)
    written = []
    for section in sections.find_sections():
        context = section.show(fit, question)
        if context is not None:
            template = environment.get_template(section.template)
            text = template.render({"page": page, section.id: context})
            written.append((section, Markup(text)))
    css = Markup((_PAGE / "style.css").read_text(encoding="utf-8"))
    whole = environment.get_template("report.html.j2")
    return whole.render(page=page, sections=written, css=css, policy=POLICY_HERE)


_WRITERS = {".md": as_markdown, ".json": as_json}
