"""Compare fits of the same runs: how well they interpolate and how well they extrapolate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from bayescale.core.note import Note
from bayescale.core.text import human
from bayescale.errors import FitError
from bayescale.evaluation.loo import psis_loo
from bayescale.evaluation.scoring import score
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import interval_settings
from bayescale.runs.table import Runs

HELD_OUT_SHARE = 0.2
"""Share of the runs, those of largest compute, that largest-compute-out holds out by default."""

SHARE_OF_PROMISED = 0.5
"""Below this share of the runs that its intervals promise, the best form is called unfit."""

_STEPS, _LEAST_WEIGHT = 2000, 1e-12


@dataclass(frozen=True)
class Comparison:
    """Scores of several models on the same runs.

    Attributes
    ----------
    loo : DataFrame
        By model, best first: ``rank``, ``elpd`` of log loss by PSIS-LOO with its ``se``,
        ``elpd_diff`` to the best with its standard error ``dse``, effective parameters ``p``,
        stacking ``weight``, largest Pareto k ``max_k`` and the number of runs above the limit
        ``high_k``. Scores interpolation.
    largest : DataFrame
        By model, best first: ``elpd`` of the held-out runs of largest compute, ``elpd_diff``,
        mean absolute and mean relative ``error`` and ``bias`` of the loss, ``coverage`` of the
        predictive interval, the number of held-out ``runs``, and the ``weight`` in the mixture of
        models that predicts them best. Scores extrapolation.
    cut : float
        Training FLOPs up to which the models were fitted for ``largest``.
    ci_prob : float
        Probability of the intervals behind ``coverage``.
    best : str
        The model that predicts the held-out runs best.
    notes : tuple of Note
        What the scores say.
    """

    loo: pd.DataFrame
    largest: pd.DataFrame
    cut: float
    ci_prob: float
    best: str
    notes: tuple[Note, ...]


def compare(
    fits: Mapping[str, Fit] | Sequence[Fit],
    *,
    cut: float | None = None,
    ci_prob: float | None = None,
) -> Comparison:
    """Compare fits of the same runs by LOO and by largest-compute-out.

    Parameters
    ----------
    fits : mapping of str to Fit, or sequence of Fit
        The fits, by name.
    cut : float, optional
        Fit below this compute (training FLOPs), score the runs above it. By default the fifth of
        the runs with the largest compute is held out.
    ci_prob : float, optional
        Probability of the predictive intervals whose coverage is reported.

    Returns
    -------
    Comparison

    Raises
    ------
    FitError
        If there is no fit, the fits are not of the same runs, the runs have no compute, or too
        few runs lie on one side of the cut.

    Notes
    -----
    LOO (Vehtari et al. 2017, 2024) scores interpolation. A compute decision extrapolates, so the
    ranking is by the held-out runs of largest compute.
    """
    named = dict(fits) if isinstance(fits, Mapping) else {fit.model.name: fit for fit in fits}
    runs = _same_runs(named)
    below, cut = _below(runs, cut)
    prob, _ = interval_settings(ci_prob)
    loo = _loo(named)
    largest = _largest_compute_out(named, runs, below, prob)
    best = str(largest.index[0])
    reach = float(np.log10(runs.table["flops"].max() / cut))
    notes = tuple(_notes(loo, largest, cut, reach, prob))
    return Comparison(loo, largest, cut, prob, best, notes)


def _same_runs(fits: Mapping[str, Fit]) -> Runs:
    if not fits:
        raise FitError("there is nothing to compare; give at least one fit")
    first, *others = fits.values()
    observed = first.tree["observed_data"].to_dataset()
    for other in others:
        if not observed.equals(other.tree["observed_data"].to_dataset()):
            raise FitError(
                f"{first.model.name} was fitted to {first.runs} and {other.model.name} to "
                f"{other.runs}; fit all models to the same runs"
            )
    # A fit keeps every column of its runs, so any of them will do.
    return first.runs


def _below(runs: Runs, cut: float | None) -> tuple[np.ndarray, float]:
    if "flops" not in runs.table:
        raise FitError(
            f"largest-compute-out needs the compute of the runs, which have "
            f"{', '.join(runs.quantities)}; load them with flops, or with params and tokens"
        )
    flops = runs.table["flops"].to_numpy()
    if cut is None:
        threshold = np.quantile(flops, 1 - HELD_OUT_SHARE, method="higher")
        below = flops < threshold
        cut = float(flops[below].max()) if below.any() else float(threshold)
    else:
        below = flops <= cut
    if below.all() or not below.any():
        raise FitError(
            f"cut = {cut:g} leaves {below.sum()} runs below and {(~below).sum()} above; choose one "
            f"between {flops.min():.3g} and {flops.max():.3g} FLOPs"
        )
    return below, cut


def _loo(fits: Mapping[str, Fit]) -> pd.DataFrame:
    import arviz_stats

    scores = {name: psis_loo(fit) for name, fit in fits.items()}
    table = arviz_stats.compare(scores, round_to="none")
    ks = {name: score.pareto_k.to_numpy() for name, score in scores.items()}
    table["max_k"] = [float(ks[name].max()) for name in table.index]
    table["high_k"] = [int((ks[name] > scores[name].good_k).sum()) for name in table.index]
    columns = ["rank", "elpd", "se", "elpd_diff", "dse", "p", "weight", "max_k", "high_k"]
    return cast(pd.DataFrame, table[columns].rename_axis("model"))


def _largest_compute_out(
    fits: Mapping[str, Fit], runs: Runs, below: np.ndarray, ci_prob: float
) -> pd.DataFrame:
    from bayescale.inference.fitting import fit

    held_out = runs.subset(~below)
    rows, densities = {}, []
    for name, whole in fits.items():
        sizes = whole.posterior.sizes
        part = fit(
            runs.subset(below),
            whole.model,
            random_seed=int(whole.attrs["random_seed"]),
            chains=sizes["chain"],
            draws=sizes["draw"],
            progressbar=False,
            sample_kwargs={"target_accept": whole.attrs["target_accept"]},
        )
        found = score(part, held_out, ci_prob=ci_prob)
        densities.append(found.table["elpd"])
        rows[name] = {key: getattr(found, key) for key in ("elpd", "error", "bias", "coverage")}
        rows[name]["runs"] = len(held_out)
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
    table["weight"] = _stack(np.array(densities))
    table = table.sort_values("elpd", ascending=False)
    table.insert(1, "elpd_diff", table["elpd"] - table["elpd"].iloc[0])
    return table


def _stack(elpd: np.ndarray) -> np.ndarray:
    """Return the weights whose mixture predicts the held-out runs best (Yao et al. 2018).

    By expectation maximisation: the problem is that of the shares of known components.

    Parameters
    ----------
    elpd : ndarray, shape (models, runs)
        Log predictive densities.
    """
    weights = np.full(len(elpd), 1 / len(elpd))
    for _ in range(_STEPS):
        joint = np.log(weights)[:, None] + elpd
        weights = np.exp(joint - logsumexp(joint, axis=0)).mean(axis=1)
        weights = np.maximum(weights, _LEAST_WEIGHT)
    return np.asarray(weights / weights.sum())


def _notes(
    loo: pd.DataFrame, largest: pd.DataFrame, cut: float, reach: float, prob: float
) -> list[Note]:
    best, interpolates = str(largest.index[0]), str(loo.index[0])
    held_out = int(largest["runs"].iloc[0])
    notes = [
        Note(
            "question",
            "info",
            "LOO scores interpolation between the runs; largest-compute-out fits up to "
            f"{human(cut)} FLOPs and scores the {held_out} runs above, up to {reach:.1f} decades. "
            "A compute decision extrapolates, so largest-compute-out answers it.",
        )
    ]
    inside = largest["coverage"].iloc[0]
    if inside < SHARE_OF_PROMISED * prob:
        sentence = (
            f"{best} extrapolates best, and yet holds only {inside:.0%} of the held-out runs in "
            f"its {prob:.0%} intervals: no form here is fit for {reach:.1f} decades."
        )
        remedy = "Decide nothing that far out; fit without the cheapest runs, or train larger ones."
        notes.append(Note("beyond_reach", "warning", sentence, remedy))
    if best != interpolates:
        sentence = f"{interpolates} interpolates best, {best} extrapolates best."
        remedy = f"Beyond the runs trust {best}, and see how the answer of {interpolates} differs."
        notes.append(Note("disagree", "warning", sentence, remedy))
    if len(loo) > 1 and abs(loo["elpd_diff"].iloc[1]) < 2 * loo["dse"].iloc[1]:
        sentence = f"LOO cannot tell {loo.index[0]} and {loo.index[1]} apart."
        notes.append(Note("loo_tie", "info", sentence))
    for name in loo.index[loo["high_k"] > 0]:
        sentence = f"LOO of {name} is unreliable for {loo.loc[name, 'high_k']} runs (Pareto k)."
        notes.append(Note("pareto_k", "warning", sentence, "Look at these runs."))
    return notes
