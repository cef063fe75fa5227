"""Check whether a fit can be trusted: sampler, predictions, and what the runs can tell."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats

from bayescale.core.note import Note, Severity
from bayescale.core.quantities import OUTCOMES, quantity_of
from bayescale.errors import FitError
from bayescale.evaluation.checks import bend
from bayescale.evaluation.loo import psis_loo
from bayescale.model.pooling import OFFSET
from bayescale.posterior.fit import MIN_DRAWS, Fit
from bayescale.runs.table import CONFIGURATION

RHAT_WARNING, RHAT_ERROR = 1.01, 1.05
ESS_WARNING, ESS_ERROR = 400, 100
DIVERGENCES_ERROR = 0.005
EBFMI_WARNING = 0.3
MIN_RATIO_SPREAD = 3.0
MIN_DECADES = 1.0
PPC_TAIL = 0.005
LACK_OF_FIT, MISFIT = 0.001, 1.5

_RESAMPLE = "Fit again with more draws, or look at the posterior for a ridge or a second mode."


@dataclass(frozen=True)
class Checks:
    """The findings about a fit.

    Attributes
    ----------
    notes : tuple of Note
        Errors first.
    """

    notes: tuple[Note, ...]

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors

    @property
    def errors(self) -> tuple[Note, ...]:
        """The notes that mean the fit cannot be trusted."""
        return tuple(note for note in self.notes if note.severity == "error")

    def raise_if_bad(self) -> "Checks":
        """Return the checks if they hold.

        Raises
        ------
        FitError
            If there is an error among the notes.
        """
        if not self.ok:
            raise FitError("the fit failed its checks\n" + "\n".join(map(str, self.errors)))
        return self

    def to_frame(self) -> pd.DataFrame:
        """Return the notes as a table."""
        return pd.DataFrame(
            [(note.code, note.severity, note.sentence, note.remedy) for note in self.notes],
            columns=["code", "severity", "sentence", "remedy"],
        )

    def __str__(self) -> str:
        """Write one note on each line."""
        return "\n".join(map(str, self.notes))


def check(fit: Fit) -> Checks:
    """Check convergence, predictions and what the runs can tell.

    Parameters
    ----------
    fit : Fit
        The fit.

    Returns
    -------
    Checks
        R-hat and effective sample size (Vehtari et al. 2021), divergences, E-BFMI, Pareto k of
        PSIS-LOO (Vehtari et al. 2024), posterior predictive checks, the scatter of repeated runs
        against that of the residuals, and whether the runs can tell the inputs of the law apart,
        and whether a discrepancy has taken over from the law.
    """
    found = [
        *_sampler(fit),
        *_pareto(fit),
        *_predictions(fit),
        *_design(fit),
        *_dependent_runs(fit),
        *_prior_dominated(fit),
        *bend.find(fit),
        *fit.notes,
    ]
    order = {"error": 0, "warning": 1, "info": 2}
    return Checks(tuple(sorted(found, key=lambda note: order[note.severity])))


def _sampler(fit: Fit) -> Iterator[Note]:
    import arviz_stats

    posterior = fit.posterior[fit.model.sampled]
    rhat = _ranked(arviz_stats.rhat(posterior))[-1]
    bulk = _ranked(arviz_stats.ess(posterior, method="bulk"))[0]
    tail = _ranked(arviz_stats.ess(posterior, method="tail"))[0]
    if rhat[1] > RHAT_WARNING:
        severity: Severity = "error" if rhat[1] > RHAT_ERROR else "warning"
        sentence = f"R-hat of {rhat[0]} is {rhat[1]:.3f}, it should be at most {RHAT_WARNING}."
        yield Note("rhat", severity, sentence, _RESAMPLE)
    for kind, (name, size) in (("bulk", bulk), ("tail", tail)):
        if size < ESS_WARNING:
            severity = "error" if size < ESS_ERROR else "warning"
            sentence = (
                f"The {kind} effective sample size of {name} is {size:.0f}, "
                f"it should be at least {ESS_WARNING}."
            )
            yield Note(f"ess_{kind}", severity, sentence, _RESAMPLE)
    diverging = fit.tree["sample_stats"]["diverging"]
    divergences, total = int(diverging.sum()), diverging.size
    if divergences:
        severity = "error" if divergences > DIVERGENCES_ERROR * total else "warning"
        sentence = f"{divergences} of {total} transitions diverged, there should be none."
        remedy = "Add runs, or tighten a prior on the card: the data leave a direction undecided."
        yield Note("divergences", severity, sentence, remedy)
    ebfmi = float(np.min(arviz_stats.bfmi(fit.tree)["energy"]))
    if ebfmi < EBFMI_WARNING:
        sentence = f"E-BFMI is {ebfmi:.2f}, it should be at least {EBFMI_WARNING}."
        yield Note("ebfmi", "warning", sentence, _RESAMPLE)
    if rhat[1] <= RHAT_WARNING and min(bulk[1], tail[1]) >= ESS_WARNING and not divergences:
        sentence = (
            f"The chains agree: R-hat at most {rhat[1]:.3f}, effective sample size at least "
            f"{min(bulk[1], tail[1]):.0f} of {total} draws, no divergence."
        )
        yield Note("sampler", "info", sentence)


def _ranked(values: xr.Dataset) -> list[tuple[str, float]]:
    """Return names and values, smallest first."""
    each = [
        (str(name), float(value))
        for name, group in values.data_vars.items()
        for value in group.to_numpy().flat
    ]
    return sorted(each, key=lambda item: item[1])


def _pareto(fit: Fit) -> Iterator[Note]:
    if fit.samples < MIN_DRAWS:
        sentence = f"The fit has {fit.samples} draws, an answer needs at least {MIN_DRAWS}."
        yield Note("draws", "error", sentence, "Fit again with more draws or chains.")
        return
    loo = psis_loo(fit)
    high = loo.pareto_k.to_numpy() > loo.good_k
    if high.any():
        rows = ", ".join(str(row) for row in loo.pareto_k["run"].to_numpy()[high][:5])
        more = f" and {high.sum() - 5} more" if high.sum() > 5 else ""
        yield Note(
            "pareto_k",
            "warning",
            f"The fit leans on {high.sum()} of {len(high)} runs (rows {rows}{more}; Pareto k above "
            f"{loo.good_k:.2f}), so LOO is unreliable for them.",
            "Look at these runs; fit without them to see what changes.",
        )


def _predictions(fit: Fit) -> Iterator[Note]:
    runs = fit.runs
    observed = fit.tree["observed_data"][fit.model.observed].to_numpy()
    replicated = fit.tree["posterior_predictive"][fit.model.observed].to_numpy()
    replicated = replicated.reshape(-1, len(observed))
    observed, replicated = (
        np.log(fit.on_target_scale(values, runs).clip(min=1e-9))
        for values in (observed, replicated)
    )
    centre = np.median(replicated, axis=0)
    lower, upper = np.quantile(replicated, [0.05, 0.95], axis=0)
    inside = float(np.mean((observed >= lower) & (observed <= upper)))
    spread = 3 * np.sqrt(0.9 * 0.1 / len(observed))
    if abs(inside - 0.9) > max(spread, 0.05):
        yield Note(
            "ppc_coverage",
            "warning",
            f"{inside:.0%} of the runs lie in their 90% predictive interval.",
            "The noise is not as the model states it; look for groups of runs that differ.",
        )
    if "flops" not in runs.table or len(runs) < 10:
        return
    largest = runs.table["flops"].to_numpy() >= np.quantile(runs.table["flops"], 0.8)
    # Medians: one bad run among the largest must not decide.
    observed_shift = float(np.median((observed - centre)[largest]))
    shifts = np.median((replicated - centre)[:, largest], axis=1)
    if not PPC_TAIL < np.mean(shifts > observed_shift) < 1 - PPC_TAIL:
        where = "above" if observed_shift > 0 else "below"
        yield Note(
            "ppc_largest",
            "warning",
            f"The {largest.sum()} runs of largest compute lie {abs(observed_shift):.2%} {where} "
            "the fitted surface, more than noise explains.",
            "The form bends where it matters; compare other forms by largest-compute-out.",
        )


def _design(fit: Fit) -> Iterator[Note]:
    table, columns = fit.runs.table, list(fit.model.columns.values())
    if {"params", "tokens"} <= set(columns):
        ratio = (table["tokens"] / table["params"]).to_numpy()
        low, high = np.quantile(ratio, [0.05, 0.95])
        if high < MIN_RATIO_SPREAD * low:
            yield Note(
                "constant_ratio",
                "warning",
                f"N and D cannot be told apart in these runs: tokens per parameter lie between "
                f"{low:.3g} and {high:.3g}, less than a factor of {MIN_RATIO_SPREAD:g}.",
                "Add runs of other shapes: the same sizes on more and on fewer tokens.",
            )
    for column in columns:
        # Laws of the loss look at a small part of a decade of it, and at no power of it.
        if column in OUTCOMES or not quantity_of(column).scale or table[column].min() == 0:
            continue
        decades = float(np.log10(table[column].max() / table[column].min()))
        if decades < MIN_DECADES:
            yield Note(
                "few_decades",
                "warning",
                f"{column} spans {decades:.2f} decades, so its exponent rests on the prior; "
                f"{MIN_DECADES:g} decade is the least.",
                f"Add runs with smaller or larger {column}.",
            )


def _dependent_runs(fit: Fit) -> Iterator[Note]:
    if fit.model.offset_over is not None:
        return
    runs = fit.runs
    if runs.run is not None and len(runs) > (trained := len(np.unique(runs.levels(runs.run)))):
        yield Note(
            "checkpoints",
            "warning",
            f"The {len(runs)} rows are checkpoints of {trained} training runs, whose errors go "
            "together: intervals are narrower than they should be.",
            f"Keep the last row of each run, or fit with pool={{'{OFFSET}': '{runs.run}'}}.",
        )
        return
    repeats = len(runs) - len(np.unique(runs.levels(CONFIGURATION)))
    if repeats:
        told_apart = Note(
            "repeats",
            "info",
            f"{repeats} runs repeat the inputs of another: the noise between seeds and the misfit "
            "of the law can be told apart.",
            f"Fit with pool={{'{OFFSET}': '{CONFIGURATION}'}} to do so.",
        )
        yield from list(_lack_of_fit(fit, repeats)) or [told_apart]


def _lack_of_fit(fit: Fit, repeats: int) -> Iterator[Note]:
    """Test the residuals against the scatter of repeated runs, by the F test of lack of fit."""
    if not fit.model.likelihood.of_logarithm:
        return
    observed = fit.tree["observed_data"][fit.model.observed].to_numpy()
    replicated = fit.tree["posterior_predictive"][fit.model.observed]
    residual = observed - replicated.median(["chain", "draw"]).to_numpy()
    levels = fit.runs.levels(CONFIGURATION)
    within = observed - pd.Series(observed).groupby(levels).transform("mean").to_numpy()
    noise = float(within @ within) / repeats
    free = len(observed) - repeats - sum(n not in fit.model.fixed for n in fit.model.law.parameters)
    if free < 1 or noise == 0:
        return
    ratio = float(residual @ residual - within @ within) / free / noise
    # The typical residual too: one bad run is no lack of fit.
    typical = float(np.median(np.abs(residual))) / stats.norm.ppf(0.75)
    if stats.f.sf(ratio, free, repeats) < LACK_OF_FIT and typical > MISFIT * np.sqrt(noise):
        yield Note(
            "lack_of_fit",
            "warning",
            f"The residuals scatter by {typical:.1%}, runs that repeat another by "
            f"{np.sqrt(noise):.1%}: {fit.model.name} misses something that is not noise.",
            "See where the residuals bend (bs.plot_fit), compare other forms, and fit without the "
            "cheapest runs: how far the answer moves is an uncertainty that no interval holds.",
        )


def _prior_dominated(fit: Fit) -> Iterator[Note]:
    prior, posterior = fit.tree["prior"].to_dataset(), fit.posterior
    assumed = fit.assumed.get("parameters", ())
    learnt = [name for name in fit.model.law.parameters if name not in assumed]
    for name in (name for name in learnt if name not in fit.model.fixed):
        # Positive parameters vary by factors; a prior may also allow negative values.
        scale = np.log if fit.model.priors[name].positive else np.asarray
        share = float(scale(posterior[name]).std() / scale(prior[name]).std())
        if share > 0.7:
            yield Note(
                "prior_decides",
                "warning",
                f"The runs say little about {name}: its posterior is {share:.0%} as wide as its "
                "prior.",
                "Read its interval as your assumption, or add runs.",
            )
