"""Compare fits of the same runs: how well they interpolate and how well they extrapolate."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from bayescale.core.border import checked
from bayescale.core.note import Note
from bayescale.core.progress import following
from bayescale.core.shown import Shown
from bayescale.core.text import counted, format_table, human
from bayescale.errors import FitError
from bayescale.evaluation.cutting import (
    compute_of,
    require_both_sides,
    several,
    up_to,
    without_largest,
)
from bayescale.evaluation.loo import psis_loo
from bayescale.evaluation.scoring import score
from bayescale.evaluation.stacking import stack
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import interval_settings
from bayescale.runs.table import Runs

if TYPE_CHECKING:
    from bayescale.inference.requesting import Request

HELD_OUT_SHARE = 0.2
"""Share of the runs, those of largest compute, that largest-compute-out holds out by default."""

SHARE_OF_PROMISED = 0.5
"""Below this share of the runs that its intervals promise, the best form is called unfit."""

LEAST_DIFFERENCE = 4.0
"""Below this difference in elpd, in nats over all runs, two models predict alike."""


@dataclass(frozen=True, repr=False)
class Comparison(Shown):
    """Scores of several models on the same runs.

    Attributes
    ----------
    loo : DataFrame
        By model, best first: ``rank``, ``elpd`` of log loss by PSIS-LOO with its ``se``,
        ``elpd_diff`` to the best with its standard error ``dse``, effective parameters ``p``,
        stacking ``weight``, largest Pareto k ``max_k`` and the number of runs above the limit
        ``high_k``. Scores interpolation.
    largest : DataFrame
        By model, best first: ``elpd`` of the held-out runs of largest compute, ``elpd_diff`` to
        the best with its standard error ``dse``, mean absolute and mean relative ``error`` and
        ``bias`` of the loss, ``coverage`` of the predictive interval, the number of held-out
        ``runs``, and the ``weight`` in a mixture of models that predicts them well, near equal
        where they cannot be told apart. Scores extrapolation.
    cut : float
        Training FLOPs up to which the models were fitted for ``largest``: the highest cut of
        several.
    ci_prob : float
        Probability of the intervals behind ``coverage``.
    best : str
        The model that predicts the held-out runs best, on average over the cuts.
    notes : tuple of Note
        What the scores say.
    cuts : DataFrame
        By model, best first: the mean log density of a run above each cut, a column each.
    """

    loo: pd.DataFrame
    largest: pd.DataFrame
    cut: float
    ci_prob: float
    best: str
    notes: tuple[Note, ...]
    cuts: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __str__(self) -> str:
        """Write both tables of scores and what they say."""
        return describe_comparison(self)


def describe_comparison(comparison: Comparison) -> str:
    """Write both tables of scores and what they say."""
    parts = [
        f"LOO (interpolation)\n{format_table(comparison.loo)}\n",
        f"Largest-compute-out (extrapolation)\n{format_table(comparison.largest)}\n",
    ]
    if comparison.cuts.shape[1] > 1:
        table = format_table(comparison.cuts.rename(columns=human))
        parts.append(f"Log density of a run above each cut, in FLOPs\n{table}\n")
    return "\n".join([*parts, *map(str, comparison.notes)])


@checked(FitError)
def compare(
    fits: Mapping[str, Fit] | Sequence[Fit],
    *,
    cut: float | Sequence[float] | None = None,
    ci_prob: float | None = None,
) -> Comparison:
    """Compare fits of the same runs by LOO and by largest-compute-out.

    Parameters
    ----------
    fits : mapping of str to Fit, or sequence of Fit
        The fits, by name.
    cut : float or sequence of float, optional
        Fit up to this compute (training FLOPs or, below one, a share of that of the largest run),
        score the runs above it; several cuts are set side by side. By default the fifth of the runs
        with the largest compute is held out.
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
    ranking is by the held-out runs of largest compute. The fits without these runs take at most 2
    chains of 500 draws.
    """
    named = dict(fits) if isinstance(fits, Mapping) else {fit.model.name: fit for fit in fits}
    runs = _same_runs(named)
    below = _below(runs, cut)
    prob, _ = interval_settings(ci_prob)
    loo = _loo(named)
    with following(None):
        each = {up_to: _largest_compute_out(named, runs, b, prob) for up_to, b in below.items()}
    highest = max(each)
    largest, cuts = each[highest], _side_by_side(each)
    reach = float(np.log10(runs.table["flops"].max() / highest))
    notes = [*_notes(loo, largest, highest, reach, prob, _left_out_by(named)), *_across(cuts)]
    return Comparison(loo, largest, highest, prob, str(cuts.index[0]), tuple(notes), cuts)


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


def _below(runs: Runs, cut: float | Sequence[float] | None) -> dict[float, np.ndarray]:
    """Return by cut, in FLOPs, which runs lie below it."""
    flops = compute_of(runs, "largest-compute-out")
    if cut is not None:
        cuts = several(cut, "cut")
        return {one if one >= 1 else one * float(flops.max()): up_to(flops, one) for one in cuts}
    (below,) = without_largest(flops, [HELD_OUT_SHARE])
    require_both_sides(flops, below, f"holding out {HELD_OUT_SHARE:.0%} of the runs")
    return {float(flops[below].max()): below}


def _left_out_by(fits: Mapping[str, Fit]) -> str | None:
    """Return the column whose groups LOO leaves out: the coarsest that a loss is pooled over."""
    columns = {fit.model.offset_over: fit.runs for fit in fits.values()}
    pooled = {name: len(set(runs.levels(name))) for name, runs in columns.items() if name}
    return min(pooled, key=lambda name: pooled[name]) if pooled else None


def _loo(fits: Mapping[str, Fit]) -> pd.DataFrame:
    import arviz_stats

    over = _left_out_by(fits)
    scores = {name: psis_loo(fit, over) for name, fit in fits.items()}
    table = arviz_stats.compare(scores, round_to="none")
    ks = {name: score.pareto_k.to_numpy() for name, score in scores.items()}
    table["max_k"] = [float(ks[name].max()) for name in table.index]
    table["high_k"] = [int((ks[name] > scores[name].good_k).sum()) for name in table.index]
    columns = ["rank", "elpd", "se", "elpd_diff", "dse", "p", "weight", "max_k", "high_k"]
    return cast(pd.DataFrame, table[columns].rename_axis("model"))


def _refitted(fits: Mapping[str, Fit], runs: Runs) -> dict[str, Fit]:
    """Return short fits of some of the runs, one for all names that stand for the same."""
    from bayescale.inference.bulk import fit_all, require_fits, shortened
    from bayescale.inference.requesting import ask

    requests: dict[str, Request] = {}
    stands_for = {}
    for name, whole in fits.items():
        sizes, seed = whole.posterior.sizes, int(whole.attrs["random_seed"])
        length = shortened({"draws": sizes["draw"], "tune": 500, "chains": sizes["chain"]})
        careful = {"target_accept": whole.attrs["target_accept"]}
        request = ask(runs, whole.model, {}, length, seed, False, careful)
        stands_for[name] = request.key()
        requests.setdefault(stands_for[name], request)
    words = f"refitting {counted(len(requests), 'model')} without the largest runs"
    found = require_fits(fit_all(requests, words))
    return {name: found[key] for name, key in stands_for.items()}


def _largest_compute_out(
    fits: Mapping[str, Fit], runs: Runs, below: np.ndarray, ci_prob: float
) -> pd.DataFrame:
    held_out = runs.subset(~below)
    rows, densities = {}, []
    for name, part in _refitted(fits, runs.subset(below)).items():
        found = score(part, held_out, ci_prob=ci_prob)
        densities.append(found.table["elpd"])
        rows[name] = {key: getattr(found, key) for key in ("elpd", "error", "bias", "coverage")}
        rows[name]["runs"] = len(held_out)
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
    each = np.array(densities)
    table["weight"] = stack(each)
    worse = each - each[int(table["elpd"].argmax())]
    table.insert(1, "elpd_diff", worse.sum(axis=1))
    # Of a single held-out run there is no standard error: it tells nothing apart.
    spread = worse.std(axis=1, ddof=1) if len(held_out) > 1 else np.full(len(worse), np.nan)
    table.insert(2, "dse", np.sqrt(len(held_out)) * spread)
    return table.sort_values("elpd", ascending=False)


def _side_by_side(each: Mapping[float, pd.DataFrame]) -> pd.DataFrame:
    """Return the log density of a held-out run, by model and cut, the best on average first."""
    found = pd.DataFrame({cut: each[cut]["elpd"] / each[cut]["runs"] for cut in sorted(each)})
    return found.loc[found.mean(axis=1).sort_values(ascending=False).index]


def _across(cuts: pd.DataFrame) -> Iterator[Note]:
    """Say which model foretells best over several cuts, and at which another does."""
    best = cuts.index[0]
    first = {human(float(str(cut))): str(cuts[cut].idxmax()) for cut in cuts}
    others = {cut: name for cut, name in first.items() if name != best}
    if cuts.shape[1] > 1:
        but = ", ".join(f"{name} at {cut}" for cut, name in others.items())
        yield Note(
            "across_cuts",
            "info",
            f"On average over {cuts.shape[1]} cuts {best} foretells best"
            f"{f'; but {but} FLOPs' if but else ', and at each of them'}.",
        )


def _tied(table: pd.DataFrame, other: str) -> bool:
    """Whether scores cannot tell a model from the best one (Sivula et al. 2020)."""
    difference, se = _difference(table, other)
    return not difference >= max(2 * se, LEAST_DIFFERENCE)


def _difference(table: pd.DataFrame, other: str) -> tuple[float, float]:
    """Return by how much a model scores below the best one, with its standard error."""
    difference, se = table.loc[other, ["elpd_diff", "dse"]].to_numpy(float)
    return float(abs(difference)), float(se)


def _notes(
    loo: pd.DataFrame,
    largest: pd.DataFrame,
    cut: float,
    reach: float,
    prob: float,
    over: str | None,
) -> Iterator[Note]:
    best, interpolates = str(largest.index[0]), str(loo.index[0])
    held_out = int(largest["runs"].iloc[0])
    yield Note(
        "question",
        "info",
        "LOO scores interpolation between the runs; largest-compute-out fits up to "
        f"{human(cut)} FLOPs and scores the {counted(held_out, 'run')} above, up to {reach:.1f} "
        "decades. A compute decision extrapolates, so largest-compute-out answers it.",
    )
    if over is not None:
        sentence = (
            f"Losses are pooled over {over}, so LOO leaves out all runs of a group at once, for "
            "every model: their offset would give one run away by the others."
        )
        yield Note("groups_out", "info", sentence)
    inside = largest["coverage"].iloc[0]
    if inside < SHARE_OF_PROMISED * prob:
        sentence = (
            f"{best} extrapolates best, and yet holds only {inside:.0%} of the held-out runs in "
            f"its {prob:.0%} intervals: no form here is fit for {reach:.1f} decades."
        )
        remedy = "Decide nothing that far out; fit without the cheapest runs, or train larger ones."
        yield Note("beyond_reach", "warning", sentence, remedy)
    if best != interpolates and not _tied(largest, interpolates):
        sentence = f"{interpolates} interpolates best, {best} extrapolates best."
        remedy = f"Beyond the runs trust {best}, and see how the answer of {interpolates} differs."
        yield Note("disagree", "warning", sentence, remedy)
    yield from _ties(loo, largest)
    unit = "run" if over is None else "group"
    for name in loo.index[loo["high_k"] > 0]:
        high = counted(int(loo.loc[name, "high_k"]), unit)
        sentence = f"LOO of {name} is unreliable for {high} (Pareto k)."
        yield Note("pareto_k", "warning", sentence, "Look at these runs.")


def _ties(loo: pd.DataFrame, largest: pd.DataFrame) -> Iterator[Note]:
    scores = {"loo_tie": ("LOO", loo), "largest_tie": ("Largest-compute-out", largest)}
    for code, (words, table) in scores.items():
        tied = [str(name) for name in table.index[1:] if _tied(table, str(name))]
        if not tied:
            continue
        difference, se = _difference(table, tied[0])
        error = f", standard error {se:.2g}" if np.isfinite(se) else ""
        sentence = (
            f"{words} cannot tell {table.index[0]} and {' and '.join(tied)} apart: the difference "
            f"in elpd is {difference:.2g}{error}."
        )
        remedy = "Plan with each of them, or train larger runs that tell them apart."
        yield Note(code, "info", sentence, remedy if code == "largest_tie" else "")
