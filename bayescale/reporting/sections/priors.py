"""What was assumed before the runs were seen."""

from dataclasses import dataclass

from bayescale.posterior.fit import Fit
from bayescale.reporting.digits import Interval
from bayescale.reporting.question import Question
from bayescale.reporting.section import Section
from bayescale.reporting.symbols import Symbol, find_symbols


@dataclass(frozen=True)
class PriorRow:
    """The prior of a parameter, and its interval."""

    symbol: Symbol
    prior: str
    interval: str


@dataclass(frozen=True)
class PriorsContext:
    """What the section says of the priors."""

    rows: list[PriorRow]
    low_loss: str


def show_priors(fit: Fit, question: Question) -> PriorsContext:
    """Return what to say of the priors."""
    return PriorsContext(
        rows=_prior_rows(fit, question.interval),
        low_loss=f"{float(fit.tree['constant_data']['loss_scale']):.4g}",
    )


SECTION = Section("priors", "Priors", after="comparison", show=show_priors)


def _prior_rows(fit: Fit, interval: Interval) -> list[PriorRow]:
    card, draws = fit.model, fit.tree["prior"].to_dataset()
    priors = card.all_priors
    rows = []
    for symbol in find_symbols(card, list(priors)):
        _, lower, upper = interval.of(draws[symbol.name])
        prior = str(priors[symbol.name]).replace(" x ", " × ")
        rows.append(PriorRow(symbol, prior, f"{lower:.2g} to {upper:.2g}".replace("-", "−")))
    return rows
