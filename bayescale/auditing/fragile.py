"""Which choices that nobody reports move the answer, and by how much."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import bayescale
from bayescale.auditing.answering import (
    LOGARITHMS,
    LOSS,
    SIZE,
    Answers,
    answers_of,
    largest_compute,
)
from bayescale.auditing.fragile_wording import describe_fragility, summarize_fragility
from bayescale.auditing.recounting import recounted
from bayescale.auditing.reweighing import SHOWN, Influence, influence_of, other_priors
from bayescale.auditing.variants import Variant, decimals_of, variants_of
from bayescale.core.asking import argument, setting
from bayescale.core.border import checked
from bayescale.core.note import Note
from bayescale.core.progress import following
from bayescale.core.shown import Shown
from bayescale.core.text import counted
from bayescale.errors import BayescaleError, FitError
from bayescale.evaluation.answers import FURTHER
from bayescale.evaluation.psis import MOST_K
from bayescale.posterior.fit import Fit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_ROUNDING = 0.3
"""Above this share of the noise of the fit, the rounding of its losses is told."""

ONE_RUN, COUNTING, PRIORS = "one run left out", "how it is counted", "strength of the priors"


@dataclass(frozen=True, repr=False)
class Fragility(Shown):
    """How the answers of a fit move with choices that might have been made otherwise.

    Attributes
    ----------
    table : DataFrame
        One row for each ``cause``, ``change`` and ``answer``, what moves the answers at the target
        most first. ``value``: the median of the answer; ``shift``: by how many standard deviations
        of the fit it lies from that of the fit; ``runs``: how many were fitted; ``by``: ``refit``
        or ``weights`` of the draws of the fit. The answers: the floor ``E`` in the unit of the
        loss, exponents of the law, the ``exponent of the best size`` in compute over the decade
        below the target, the ``best size`` in parameters and its ``loss`` at the target.
    fitted : DataFrame
        By answer: the ``value`` of the fit, ``lower`` and ``upper`` end of its central 68%.
    flops : float
        The target.
    model : str
        The model that was fitted.
    source : str
        Where the runs come from.
    simulated : bool
        Whether they were drawn from a formula.
    notes : tuple of Note
        What is said beside it.
    """

    table: pd.DataFrame
    fitted: pd.DataFrame
    flops: float
    model: str
    source: str
    simulated: bool
    notes: tuple[Note, ...]

    @property
    def asked(self) -> list[str]:
        """The answers at the target, by which changes are ranked."""
        return [name for name in (SIZE, LOSS) if name in self.fitted.index]

    @property
    def ranked(self) -> pd.Series:
        """By cause and change: the largest shift of an answer at the target, largest first."""
        rows = self.table[self.table["answer"].isin(self.asked)]
        reach = rows["shift"].abs().groupby([rows["cause"], rows["change"]], sort=False).max()
        return reach.sort_values(ascending=False, kind="stable")

    @property
    def summary(self) -> str:
        """The two changes that move the answer most, in a sentence."""
        return summarize_fragility(self)

    def plot(self) -> "Figure":
        """Draw what moves the answer, the strongest on top; see `bayescale.plot_fragility`."""
        return bayescale.plot_fragility(self)

    def __str__(self) -> str:
        """Write the sentence, the changes in their order and the notes."""
        return describe_fragility(self)


@checked(FitError)
def fragility(
    fit: Fit,
    *,
    target: float | None = None,
    counts: Mapping[str, Any] | None = None,
    random_seed: int | None = None,
    folder: str | Path | None = None,
    jobs: int | None = None,
    progressbar: bool | None = None,
) -> Fragility:
    """Fit the same runs as they might as well have been fitted, and see what moves the answer.

    Parameters
    ----------
    fit : Fit
        The fit.
    target : float, optional
        The budget that is asked about, in training FLOPs; ten times the compute of the largest run
        by default.
    counts : mapping of str to mapping or Runs, optional
        Other ways to count, by name: which columns of the same table to take, such as
        ``{"without embeddings": {"params": "params_nonembedding"}}``, or the runs so counted.
    random_seed : int, optional
        Seed of the refits; that of the fit by default.
    folder, jobs, progressbar : optional
        As in `bayescale.fit_many`: where the refits are kept so that an interrupted one goes on,
        and how many are made at a time.

    Returns
    -------
    Fragility

    Raises
    ------
    FitError
        If parameters differ between groups or are assumed, the runs have no compute, the target is
        no positive number, or a way of counting is not known.
    PlanError
        If the fit has no best size at the target.
    RunsError
        If the table cannot be read as ``counts`` say.

    Notes
    -----
    Refits, of 2 chains of 500 draws: losses rounded to 5 to 1 decimals (as far as that changes
    them), noise added of once and twice the scale that the fit finds, the fifth of the runs at each
    end of size, tokens, compute and tokens per parameter left out, each family (group column) left
    out, normal residuals, residuals whose scale falls with compute, a floor believed to be low or
    high, the law with or without discrepancy, and other ways to count.

    Importance weights of the draws (Vehtari et al. 2024): each run left out, of which the five of
    most influence are told, and priors half and twice as strong (Kallioinen et al. 2024). Where the
    Pareto k of a run is above 0.7, the five such runs of most apparent influence are refitted
    without.

    Shifts are of medians, in half the width of the central 68% of the fit, which is the standard
    deviation of a normal distribution. Two fits of the same runs differ by about 0.1 of it.

    Examples
    --------
    >>> print(bs.fragility(fit, target=1e24))  # doctest: +SKIP
    """
    _require_whole(fit)
    flops = FURTHER * largest_compute(fit) if target is None else target
    if not 0 < flops < np.inf:
        raise FitError(f"{argument('target')} = {flops:g} must be training FLOPs, such as 1e24")
    variants = [*variants_of(fit), *_recounted(fit, counts or {})]
    answers = answers_of(fit, flops)
    density, kept = fit.log_likelihood()
    influence = influence_of(answers_of(fit, flops, kept), density)
    variants += [_without(fit, run) for run in influence.to_refit]
    with following(progressbar):
        found, failed = _refitted(fit, variants, flops, random_seed, folder=folder, jobs=jobs)
    found += [*_by_weights(fit, answers, influence)]
    return Fragility(
        table=_table(found, answers),
        fitted=_fitted(answers),
        flops=flops,
        model=fit.model.name,
        source=fit.runs.source,
        simulated=fit.runs.simulated,
        notes=(*_notes(fit, influence, failed), *fit.notes),
    )


@dataclass(frozen=True)
class _Moved:
    """The answers after one change."""

    cause: str
    change: str
    values: dict[str, float]
    runs: int
    by: str


def _require_whole(fit: Fit) -> None:
    if fit.assumed or fit.group_levels:
        raise FitError(
            f"{fit.model.name} was extended or taken apart after it was fitted, so it cannot be "
            "fitted again; give the fit as bs.fit made it"
        )
    if pooled := fit.model.pooled_parameters:
        (_, group), *_ = pooled.values()
        raise FitError(
            f"this fit has parameters for each {group}; fit one model to all, keeping the column "
            f"with {setting('groups', [group])}, and each {group} is left out in turn"
        )


def _recounted(fit: Fit, counts: Mapping[str, Any]) -> Iterator[Variant]:
    for name, runs in recounted(fit.runs, counts):
        yield Variant(COUNTING, name, runs, fit.model)


def _without(fit: Fit, run: int) -> Variant:
    keep = np.arange(len(fit.runs)) != run
    return Variant(ONE_RUN, _name_of(fit, run), fit.runs.subset(keep), fit.model)


def _name_of(fit: Fit, run: int) -> str:
    return f"row {fit.runs.table.index[run]}"


def _refitted(
    fit: Fit, variants: list[Variant], flops: float, random_seed: int | None, **mapping: Any
) -> tuple[list[_Moved], dict[str, BayescaleError]]:
    """Return the answers of each variant, and why others have none."""
    from bayescale.inference.bulk import SHORT, fit_all, read_all
    from bayescale.inference.requesting import ask

    seed = int(fit.attrs["random_seed"]) if random_seed is None else random_seed
    careful = {"target_accept": fit.attrs["target_accept"]}
    named = {f"{variant.cause}, {variant.change}": variant for variant in variants}
    requests = {
        name: ask(variant.runs, variant.model, {}, SHORT, seed, False, careful)
        for name, variant in named.items()
    }
    words = f"refitting {fit.model.name} in {counted(len(requests), 'other way')}"
    found, failed = [], {}
    for name, entry in read_all(fit_all(requests, words, **mapping), requests).items():
        variant = named[name]
        try:
            if isinstance(entry, BayescaleError):
                raise entry
            values = answers_of(entry, flops).middle
        except BayescaleError as error:
            failed[name] = error
            continue
        found.append(_Moved(variant.cause, variant.change, values, len(variant.runs), "refit"))
    return found, failed


def _by_weights(fit: Fit, answers: Answers, influence: Influence) -> Iterator[_Moved]:
    for run, values in [*influence.told.items()][:SHOWN]:
        yield _Moved(ONE_RUN, _name_of(fit, run), values, len(fit.runs) - 1, "weights")
    for words, told in other_priors(fit, answers):
        if told is not None:
            yield _Moved(PRIORS, words, told, len(fit.runs), "weights")


def _table(found: list[_Moved], answers: Answers) -> pd.DataFrame:
    middle, widths = answers.middle, answers.widths
    asked = [name for name in (SIZE, LOSS) if name in middle]

    def shift(moved: _Moved, name: str) -> float:
        return (moved.values[name] - middle[name]) / widths[name]

    ordered = sorted(found, key=lambda moved: -max(abs(shift(moved, name)) for name in asked))
    rows = [
        {
            "cause": moved.cause,
            "change": moved.change,
            "answer": name,
            "value": _plain(name, moved.values[name]),
            "shift": shift(moved, name),
            "runs": moved.runs,
            "by": moved.by,
        }
        for moved in ordered
        for name in middle
        if name in moved.values
    ]
    return pd.DataFrame(rows)


def _fitted(answers: Answers) -> pd.DataFrame:
    middle, widths = answers.middle, answers.widths
    rows = {
        name: {
            "value": _plain(name, value),
            "lower": _plain(name, value - widths[name]),
            "upper": _plain(name, value + widths[name]),
        }
        for name, value in middle.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("answer")


def _plain(name: str, value: float) -> float:
    return float(np.exp(value)) if name in LOGARITHMS else value


def _notes(fit: Fit, influence: Influence, failed: Mapping[str, BayescaleError]) -> Iterator[Note]:
    yield from _digits(fit)
    hidden = len(influence.unknown) - len(influence.to_refit)
    if hidden > 0:
        yield Note(
            "fragile_runs",
            "info",
            f"Of {counted(hidden, 'run')} the draws do not tell what the fit would be without "
            f"them (Pareto k above {MOST_K:g}); those of more apparent influence were left out by "
            "refits.",
        )
    for name, error in failed.items():
        yield Note("fragile_failed", "warning", f"{name}: no answer ({error}).")


def _digits(fit: Fit) -> Iterator[Note]:
    """Say where the losses were rounded so far that it is a good part of their noise."""
    digits = decimals_of(fit.runs.loss)
    if digits is None or "sigma" not in fit.posterior:
        return
    # A number that is rounded scatters evenly over its step.
    scatter = float(np.median(10.0**-digits / np.sqrt(12) / fit.runs.loss))
    noise = float(fit.posterior["sigma"].mean())
    if scatter > MOST_ROUNDING * noise:
        yield Note(
            "fragile_digits",
            "warning",
            f"The losses have {counted(digits, 'decimal')}, which scatters them by {scatter:.2%}; "
            f"the fit finds noise of {noise:.2%}, of which that is a good part.",
            "Fit the losses with all their digits, as the training run logged them.",
        )
