"""What is believed of the parameters after the runs were seen."""

from dataclasses import dataclass

from markupsafe import Markup

from bayescale.model.discrepancy import SHAPE
from bayescale.plotting import plot_parameters
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import parameter_table
from bayescale.reporting.digits import Interval, decimals, fixed
from bayescale.reporting.pictures import inline_svg
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section
from bayescale.reporting.symbols import Symbol, find_symbols, symbol_html


@dataclass(frozen=True)
class PosteriorContext:
    """What the section says of the posterior."""

    rows: list[list[str]]
    derived: list[Symbol]
    draws: int
    figure: Markup


def show_posterior(fit: Fit, question: Question) -> PosteriorContext:
    """Return what to say of the posterior."""
    posterior, interval = fit.posterior, question.interval
    sampled = fit.model.all_priors
    derived = [str(name) for name in posterior.data_vars if name not in {*sampled, SHAPE}]
    drawn = plot_parameters(fit, ci_prob=interval.prob, ci_kind=interval.kind)
    return PosteriorContext(
        rows=_posterior_rows(fit, interval),
        derived=find_symbols(fit.model, derived),
        draws=posterior.sizes["chain"] * posterior.sizes["draw"],
        figure=inline_svg(drawn, "parameters", "Prior and posterior of each parameter"),
    )


SECTION = Section("posterior", "Posterior", after="priors", show=show_posterior)


def _posterior_rows(fit: Fit, interval: Interval) -> list[list[str]]:
    """Return symbol, mean, sd, bounds, effective sample size and R-hat of each variable."""
    table = parameter_table(fit.posterior, interval.prob, interval.kind)
    rows = []
    for name, row in table.iterrows():
        places = decimals(row["sd"], 3)
        values = [fixed(row[key], places) for key in ("mean", "sd", "lower", "upper")]
        size = min(row["ess_bulk"], row["ess_tail"])
        rows.append([symbol_html(str(name)), *values, f"{size:.0f}", f"{row['r_hat']:.3f}"])
    return rows
