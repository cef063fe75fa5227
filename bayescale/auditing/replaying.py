"""Fit every form at earlier points of a sweep, and see what the later runs say of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bayescale.auditing.deciding import Decision, can_split, decide
from bayescale.core.quantities import FloatArray
from bayescale.core.text import counted, human
from bayescale.errors import BayescaleError, FitError
from bayescale.evaluation.scores import WIDE, log_score, scores_of
from bayescale.evaluation.scoring import foretold
from bayescale.evaluation.stacking import stack
from bayescale.posterior.fit import Fit
from bayescale.posterior.intervals import credible_interval
from bayescale.runs.table import Runs

if TYPE_CHECKING:
    from bayescale.inference.requesting import Request

MIXTURE = "mixture"
"""What the weighted forms are called together."""

ALL_RUNS = np.inf
"""The cut that every run lies below."""


@dataclass(frozen=True)
class Replay:
    """A sweep with the fits of every form at earlier points of it.

    Attributes
    ----------
    runs : Runs
        All runs.
    below : dict of float to ndarray
        By cut, in FLOPs, lowest first: which runs lie below it, shape (runs,).
    fits : dict of float to dict of str to Fit
        By cut and form, those that could be made; `ALL_RUNS` has those of all runs.
    mixed : tuple of str
        The forms that are mixed.
    flops : float
        The budget that is decided.
    failed : dict of str to BayescaleError
        Why there is no fit, or no plan, by words for which.
    """

    runs: Runs
    below: dict[float, np.ndarray]
    fits: dict[float, dict[str, Fit]]
    mixed: tuple[str, ...]
    flops: float
    failed: dict[str, BayescaleError]
    _scored: dict[float, dict[str, FloatArray]] = field(default_factory=dict)

    def rows(self, judge: Decision | None) -> Iterator[dict[str, Any]]:
        """Yield what each form would have said at each cut, and what came out."""
        for cut in self.below:
            weights = self.weights(cut)
            for form, fits in self._forms(cut):
                yield {
                    "cut": cut,
                    "form": form,
                    "fitted": int(self.below[cut].sum()),
                    "held_out": int((~self.below[cut]).sum()),
                    "weight": weights.get(form, np.nan),
                    **self._foretold(cut, fits, weights),
                    **self._recommended(cut, form, fits, weights, judge),
                }

    def judge(self) -> Decision | None:
        """Return the decision by all runs and the mixed forms, or None where there is none."""
        fits = {form: fit for form, fit in self.fits[ALL_RUNS].items() if form in self.mixed}
        return self._decide("all runs", fits, self.weights(ALL_RUNS)) if fits else None

    def weights(self, cut: float) -> dict[str, float]:
        """Return how much each mixed form counts at a cut, by what was known there.

        Each earlier cut counts as one observation: the mean log density of the runs between the
        two. At the first cut there is none, and all forms count alike.
        """
        forms = [form for form in self.mixed if form in self.fits[cut]]
        known = self.below.get(cut, np.ones(len(self.runs), bool))
        earlier = [
            other
            for other in self.below
            if other < cut and all(form in self.fits[other] for form in forms)
        ]
        means = [
            [self._log_scores(other)[form][known & ~self.below[other]].mean() for other in earlier]
            for form in forms
        ]
        elpd = np.array(means).reshape(len(forms), len(earlier))
        return dict(zip(forms, stack(elpd).tolist() if forms else [], strict=True))

    def _forms(self, cut: float) -> Iterator[tuple[str, dict[str, Fit]]]:
        for form, fit in self.fits[cut].items():
            yield form, {form: fit}
        mixed = {form: fit for form, fit in self.fits[cut].items() if form in self.mixed}
        if len(mixed) > 1:
            yield MIXTURE, mixed

    def _log_scores(self, cut: float) -> dict[str, FloatArray]:
        """Return the log density of the runs above a cut by each mixed form, nan below it."""
        if cut not in self._scored:
            above = ~self.below[cut]
            found = {form: np.full(len(self.runs), np.nan) for form in self.mixed}
            for form in self.mixed:
                if form in self.fits[cut]:
                    _, density = foretold({form: self.fits[cut][form]}, self._above(cut, form))
                    found[form][above] = log_score(density)
            self._scored[cut] = found
        return self._scored[cut]

    def _above(self, cut: float, form: str) -> Runs:
        return self.runs.subset(~self.below[cut]).counted_by(self.fits[cut][form].rule)

    def _foretold(
        self, cut: float, fits: Mapping[str, Fit], weights: Mapping[str, float]
    ) -> dict[str, float]:
        above = self._above(cut, next(iter(fits)))
        mixed = weights if len(fits) > 1 else None
        draws, density = foretold(fits, above, mixed, as_observed=True)
        scores = scores_of(draws, np.log(above.loss)).assign(log_score=log_score(density))
        return {str(name): float(scores[name].mean()) for name in scores}

    def _recommended(
        self,
        cut: float,
        form: str,
        fits: Mapping[str, Fit],
        weights: Mapping[str, float],
        judge: Decision | None,
    ) -> dict[str, float]:
        words = f"{form} up to {human(cut)} FLOPs"
        if judge is None or (found := self._decide(words, fits, weights)) is None:
            return {}
        ends = credible_interval(found.plan.optimum["params"].isel(budget=0), WIDE)
        (regret,), (wasted,) = judge.regret([found.params])
        return {
            "params": found.params,
            "params_low": float(ends["lower"]),
            "params_high": float(ends["upper"]),
            "tokens": float(found.plan.committed["tokens"][0]),
            "expected_loss": float(found.plan.outcome["loss"].mean()),
            "regret": float(regret),
            "wasted_compute": float(wasted),
        }

    def _decide(
        self, words: str, fits: Mapping[str, Fit], weights: Mapping[str, float]
    ) -> Decision | None:
        able = {form: fit for form, fit in fits.items() if can_split(fit)}
        try:
            shares = {form: weights[form] for form in able} if len(able) > 1 else None
            return decide(able or fits, self.flops, shares)
        except BayescaleError as error:
            self.failed[f"{words}: no plan"] = error
            return None


def replay(
    runs: Runs,
    below: Mapping[float, np.ndarray],
    requests: Mapping[str, "Request"],
    mixed: Sequence[str],
    flops: float,
    **mapping: Any,
) -> Replay:
    """Fit every form below every cut and to all runs.

    Parameters
    ----------
    runs : Runs
        All runs.
    below : mapping of float to ndarray
        By cut: which runs lie below it.
    requests : mapping of str to Request
        By form: how it is fitted.
    mixed : sequence of str
        The forms that are mixed.
    flops : float
        The budget that is decided.
    **mapping
        Where the fits are kept and how many are made at a time, as `fit_all` takes it.

    Raises
    ------
    FitError
        If no form could be fitted below any cut.
    """
    from bayescale.inference.bulk import fit_all, read_all

    parts = {**{cut: runs.subset(mask) for cut, mask in below.items()}, ALL_RUNS: runs}
    wanted = {
        _name(form, cut): replace(request, runs=part)
        for cut, part in parts.items()
        for form, request in requests.items()
    }
    words = f"fitting {counted(len(requests), 'form')} at {counted(len(below), 'cut')} and whole"
    entries = read_all(fit_all(wanted, words, **mapping), wanted)
    fits: dict[float, dict[str, Fit]] = {cut: {} for cut in parts}
    failed = {}
    for cut in parts:
        for form in requests:
            entry = entries[name := _name(form, cut)]
            if isinstance(entry, BayescaleError):
                failed[f"{name}: no fit"] = entry
            else:
                fits[cut][form] = entry
    if not any(fits[cut] for cut in below):
        name, error = next(iter(failed.items()))
        raise FitError(f"no form could be fitted below a cut; {name}: {error}")
    return Replay(runs, dict(below), fits, tuple(mixed), flops, failed)


def _name(form: str, cut: float) -> str:
    return f"{form} to all runs" if cut == ALL_RUNS else f"{form} up to {human(cut)} FLOPs"
