"""The command line: text for people, ``--json`` for machines."""

import json
import sys
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from bayescale.cli.inputs import (
    choose_fit,
    parse_choices,
    parse_inputs,
    parse_pairs,
    read_fit,
    read_runs,
    require_writable,
)
from bayescale.cli.limits import takes_limits
from bayescale.cli.options import (
    Assumed,
    BadRows,
    Columns,
    Counts,
    FitFile,
    FlopsRule,
    Groups,
    HeldOut,
    Inputs,
    Json,
    Levels,
    Probability,
    RunColumn,
    RunsTable,
    Seed,
    read_count,
)
from bayescale.cli.output import plan_as_json, print_out, records_of
from bayescale.errors import BayescaleError, BayescaleWarning

# Everything that needs PyMC or pandas is imported inside the commands, so that help is immediate.
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Bayesian scaling laws: fit them to training runs, check, compare, and plan compute.",
)


@app.command()
def demo(
    to: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("bayescale-demo"),
) -> None:
    """Fit a sweep that comes with bayescale, plan a budget and write a report."""
    from bayescale.cli.demo import run_demo

    path = run_demo(to, say=typer.echo)
    typer.echo(f"\nThe report is {path}; open it in a browser.")


@app.command()
def fit(
    runs: RunsTable,
    out: Annotated[Path, typer.Option(help="Where to write the fit.")] = Path("fit.nc"),
    model: Annotated[str, typer.Option(help="A model card, by name or path.")] = "chinchilla",
    column: Columns = [],  # noqa: B006
    group: Groups = [],  # noqa: B006
    run: RunColumn = None,
    pool: Annotated[
        list[str],
        typer.Option(metavar="NAME=GROUP", help="A parameter that groups share in part."),
    ] = [],  # noqa: B006
    bad_rows: BadRows = "error",
    flops_rule: FlopsRule = "6ND",
    random_seed: Seed = None,
    draws: Annotated[int, typer.Option(min=1, help="Draws for each chain.")] = 1000,
    chains: Annotated[int, typer.Option(min=1, help="Number of chains.")] = 4,
    as_json: Json = False,
) -> None:
    """Fit a model to a table of training runs by NUTS."""
    pooled = parse_pairs("pool", "NAME=GROUP", pool)
    groups = list(dict.fromkeys([*group, *(set(pooled.values()) - {"configuration"})]))
    table = read_runs(runs, column, groups, run, bad_rows, flops_rule)
    from bayescale.core.text import format_table
    from bayescale.evaluation.checking import check
    from bayescale.model.card import get_model
    from bayescale.posterior.intervals import parameter_table

    card = get_model(model)
    require_writable(out)
    from bayescale.inference.fitting import fit as fit_runs

    found = fit_runs(
        table, card, pool=pooled or None, random_seed=random_seed, draws=draws, chains=chains
    )
    found.save(out)
    checks = check(found)
    parameters = parameter_table(found.posterior)
    print_out(
        as_json,
        f"{table}\n\n{format_table(parameters)}\n\n{checks}\n\nThe fit is in {out}.",
        fit=str(out),
        parameters=parameters.to_dict("index"),
        checks=records_of(checks.to_frame()),
    )


@app.command()
def check(fit: FitFile, as_json: Json = False) -> None:
    """Check whether a fit can be trusted; exit status 1 if it cannot."""
    from bayescale.evaluation.checking import check as check_fit

    checks = check_fit(read_fit(fit))
    print_out(as_json, checks, ok=checks.ok, notes=records_of(checks.to_frame()))
    raise typer.Exit(0 if checks.ok else 1)


@app.command()
def predict(
    fit: FitFile,
    params: Counts = [],  # noqa: B006
    tokens: Counts = [],  # noqa: B006
    flops: Counts = [],  # noqa: B006
    further: Inputs = [],  # noqa: B006
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    new_run: Annotated[bool, typer.Option(help="Include the noise of one new run.")] = False,
    ci_prob: Probability = None,
    as_json: Json = False,
) -> None:
    """Predict the loss, or what else the law predicts, at given inputs."""
    from bayescale.cli.prediction import predict_both

    given = {"params": params, "tokens": tokens, "flops": flops}
    counts = {name: values for name, values in given.items() if values}
    chosen = choose_fit(fit, in_group, assume)
    text, content = predict_both(chosen, counts, parse_inputs(further), new_run, ci_prob)
    print_out(as_json, text, **content)


@app.command()
@takes_limits
def allocate(
    *,
    limits: dict[str, Any],
    fit: FitFile,
    flops: Counts,
    further: Inputs = [],  # noqa: B006
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    ci_prob: Probability = None,
    as_json: Json = False,
) -> None:
    """Choose model size and token count for a compute budget."""
    from bayescale.planning.allocating import allocate as allocate_budget
    from bayescale.planning.wording import describe_plan

    plan = allocate_budget(
        choose_fit(fit, in_group, assume),
        flops=flops,
        inputs=parse_choices(further),
        **limits,
    )
    print_out(as_json, describe_plan(plan, ci_prob), **plan_as_json(plan, ci_prob))


@app.command()
@takes_limits
def reach(
    *,
    limits: dict[str, Any],
    fit: FitFile,
    target_loss: Annotated[float, typer.Option(help="The loss to reach.")],
    confidence: Annotated[float, typer.Option(help="How surely the budget must do.")] = 0.5,
    further: Inputs = [],  # noqa: B006
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    as_json: Json = False,
) -> None:
    """Find the cheapest way to a loss, and what it costs."""
    from bayescale.planning.reaching import reach as reach_loss

    found = reach_loss(
        choose_fit(fit, in_group, assume),
        target_loss=target_loss,
        confidence=confidence,
        inputs=parse_inputs(further),
        **limits,
    )
    print_out(
        as_json,
        found,
        flops=float(found.plan.committed["flops"][0]),
        unreachable=found.unreachable,
        confidence=confidence,
        plan=plan_as_json(found.plan, None),
    )


@app.command()
def versus(
    fit: FitFile,
    runs: RunsTable,
    column: Columns = [],  # noqa: B006
    bad_rows: BadRows = "error",
    flops_rule: FlopsRule = "6ND",
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    ci_prob: Probability = None,
    as_json: Json = False,
) -> None:
    """Say how much compute new runs are worth against a fit."""
    from bayescale.evaluation.multiplier import versus as compare_runs

    found = compare_runs(
        choose_fit(fit, in_group, assume),
        read_runs(runs, column, [], None, bad_rows, flops_rule),
    )
    print_out(as_json, found, summary=records_of(found.summary(ci_prob).reset_index()))


@app.command()
def score(
    fit: FitFile,
    runs: RunsTable,
    column: Columns = [],  # noqa: B006
    group: Groups = [],  # noqa: B006
    bad_rows: BadRows = "error",
    flops_rule: FlopsRule = "6ND",
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    ci_prob: Probability = None,
    as_json: Json = False,
) -> None:
    """Say how well a fit foretold runs that it was not fitted to."""
    from bayescale.evaluation.scoring import score as score_runs

    chosen = choose_fit(fit, in_group, assume)
    held_out = read_runs(runs, column, group, None, bad_rows, flops_rule)
    found = score_runs(chosen, held_out, ci_prob=ci_prob)
    print_out(
        as_json,
        found,
        elpd=found.elpd,
        error=found.error,
        bias=found.bias,
        coverage=found.coverage,
        ci_prob=found.ci_prob,
        runs=records_of(found.table.reset_index()),
    )


@app.command()
def compare(
    runs: RunsTable,
    model: Annotated[list[str], typer.Option(help="A model card; repeat it.")],
    column: Columns = [],  # noqa: B006
    group: Groups = [],  # noqa: B006
    run: RunColumn = None,
    bad_rows: BadRows = "error",
    flops_rule: FlopsRule = "6ND",
    cut: Annotated[
        float | None,
        typer.Option(
            parser=read_count, metavar="COUNT", help="Fit below this compute, score above."
        ),
    ] = None,
    random_seed: Seed = None,
    as_json: Json = False,
) -> None:
    """Compare models on the same runs by LOO and by largest-compute-out."""
    table = read_runs(runs, column, group, run, bad_rows, flops_rule)
    from bayescale.model.card import get_model

    cards = {name: get_model(name) for name in model}
    from bayescale.core.text import format_table
    from bayescale.evaluation.comparing import compare as compare_fits
    from bayescale.inference.fitting import fit as fit_runs

    fits = {name: fit_runs(table, card, random_seed=random_seed) for name, card in cards.items()}
    comparison = compare_fits(fits, cut=cut)
    text = [
        f"LOO (interpolation)\n{format_table(comparison.loo)}\n",
        f"Largest-compute-out (extrapolation)\n{format_table(comparison.largest)}\n",
        *map(str, comparison.notes),
    ]
    print_out(
        as_json,
        "\n".join(text),
        best=comparison.best,
        cut=comparison.cut,
        ci_prob=comparison.ci_prob,
        loo=comparison.loo.to_dict("index"),
        largest=comparison.largest.to_dict("index"),
        notes=[vars(note) for note in comparison.notes],
    )


@app.command()
@takes_limits
def report(
    *,
    limits: dict[str, Any],
    fit: FitFile,
    flops: Counts = [],  # noqa: B006
    further: Inputs = [],  # noqa: B006
    in_group: Levels = [],  # noqa: B006
    assume: Assumed = None,
    held_out: HeldOut = None,
    column: Columns = [],  # noqa: B006
    flops_rule: FlopsRule = "6ND",
    to: Annotated[Path, typer.Option(help="Where to write the report.")] = Path("report.html"),
    ci_prob: Probability = None,
) -> None:
    """Write a report as one HTML file that opens offline."""
    from bayescale.evaluation.scoring import score as score_runs
    from bayescale.reporting import report as write_report

    chosen = choose_fit(fit, in_group, assume)
    found = None
    if held_out is not None:
        unseen = read_runs(held_out, column, [], None, "error", flops_rule)
        found = score_runs(chosen, unseen, ci_prob=ci_prob)
    path = write_report(
        chosen,
        to=to,
        held_out=found,
        flops=flops or None,
        inputs=parse_choices(further),
        ci_prob=ci_prob,
        **limits,
    )
    typer.echo(f"The report is {path}.")


@app.command()
def models(
    name: Annotated[str | None, typer.Argument(help="A model card, by name or path.")] = None,
    as_json: Json = False,
) -> None:
    """List the model cards, or show one."""
    from bayescale.model.card import get_model
    from bayescale.model.card import models as all_models

    if name is not None:
        card = get_model(name)
        content = json.loads(card.model_dump_json(exclude={"law"}))
        print_out(as_json, card, **content, law=card.law.name)
        return
    found = {
        key: {"summary": card.summary, "needs": card.needs, "use_when": card.use_when}
        for key, card in all_models().items()
    }
    lines = [
        f"{key}\n    {card.summary}\n    needs {', '.join(card.needs)}\n    {card.use_when}"
        for key, card in all_models().items()
    ]
    print_out(as_json, "\n".join(lines), models=found)


@app.command()
def datasets(
    name: Annotated[str | None, typer.Argument(help="A data set, by name.")] = None,
    as_json: Json = False,
) -> None:
    """List the data sets that load by name, or describe one."""
    from bayescale.datasets import datasets as all_datasets
    from bayescale.datasets import get_dataset

    if name is not None:
        card = get_dataset(name)
        print_out(as_json, card, **card.model_dump(mode="json"))
        return
    found = {key: card.title for key, card in all_datasets().items()}
    lines = [f"{key:14} {title}" for key, title in found.items()]
    print_out(as_json, "\n".join(lines), datasets=found)


def _show_warning(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    if issubclass(category, BayescaleWarning):
        typer.echo(f"warning: {message}", err=True)


def main() -> None:
    """Run the command line; errors print one message and exit with status 2."""
    warnings.showwarning = _show_warning
    try:
        app()
    except BayescaleError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)
