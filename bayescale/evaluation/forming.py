"""Fit several forms to the same runs, and weigh them by how they foretold the larger ones."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bayescale.core.asking import verb
from bayescale.core.border import checked
from bayescale.core.note import Note
from bayescale.core.progress import following
from bayescale.core.text import counted
from bayescale.errors import FitError
from bayescale.evaluation.cutting import compute_of, least_runs, without_largest
from bayescale.evaluation.scoring import score
from bayescale.evaluation.stacking import stack
from bayescale.model.card import Model
from bayescale.model.catalogue import get_model
from bayescale.posterior.fit import Fit
from bayescale.posterior.length import USUAL
from bayescale.posterior.mixture import Mixture
from bayescale.runs.table import Runs

FORMS = ("chinchilla", "outer_power")
"""The forms that foretold larger runs best on public ladders; they hardly differ."""

HELD_OUT_SHARES = (0.2, 0.35, 0.5)
"""Which shares of the runs, those of largest compute, the cuts hold out."""


@checked(FitError)
def fit_forms(
    runs: Runs,
    models: Sequence[str | Path | Model] = FORMS,
    *,
    priors: Mapping[str, Any] | None = None,
    pool: Mapping[str, str] | None = None,
    noise_with: str | None = None,
    discrepancy: bool | None = None,
    random_seed: int | None = None,
    draws: int = USUAL["draws"],
    tune: int = USUAL["tune"],
    chains: int = USUAL["chains"],
    progressbar: bool | None = None,
) -> Mixture:
    """Fit several forms to the same runs, and weigh them by how they foretell larger runs.

    Parameters
    ----------
    runs : Runs
        The runs, with compute.
    models : sequence of str, Path or Model, default ("chinchilla", "outer_power")
        The forms.
    priors, pool, noise_with, discrepancy : optional
        As in `bayescale.fit`, for every fit.
    random_seed, draws, tune, chains, progressbar : optional
        As in `bayescale.fit`, for every fit; those below a cut take at most 2 chains of 500 draws.

    Returns
    -------
    Mixture
        The fits by name with their weights, which `bayescale.predict`, `bayescale.score`,
        `bayescale.allocate` and `bayescale.reach` take as they are.

    Raises
    ------
    FitError
        If fewer than two forms are given, one is given twice, the runs have no compute, or too few
        of them lie below every cut.

    Notes
    -----
    Each form is fitted below cuts that hold out the fifth, the third and the half of the runs with
    the largest compute. The runs above a cut share the error of the surface, so each cut counts as
    one observation: the mean log density of a run above it. The weights are the most likely ones
    of a mixture that predicts these (stacking, Yao et al. 2018), under a prior that draws them
    together: with two forms and three cuts none exceeds 0.8.

    Examples
    --------
    >>> forms = bs.fit_forms(runs)  # doctest: +SKIP
    >>> bs.allocate(forms, flops=1e24)  # doctest: +SKIP
    """
    about = {"priors": priors, "pool": pool, "noise_with": noise_with, "discrepancy": discrepancy}
    length = {"draws": draws, "tune": tune, "chains": chains}
    cards = [get_model(model) for model in models]
    _require_two(cards)
    below = _cuts(runs, cards)
    with following(progressbar):
        fits, parts = _fit(runs, below, cards, about, length, random_seed)
    rows = [_held_out(runs, cut, part) for cut, of_cut in parts for part in of_cut]
    scores = pd.DataFrame(rows).set_index(["model", "cut"])
    elpd = scores["elpd"].unstack("cut").loc[[card.name for card in cards]]
    named = {fit.model.name: fit for fit in fits}
    weights = dict(zip(named, stack(elpd.to_numpy()).tolist(), strict=True))
    return Mixture(named, weights, scores, tuple(_notes(weights, len(below))))


def _require_two(cards: Sequence[Model]) -> None:
    names = [card.name for card in cards]
    if len(names) < 2:
        raise FitError(
            f"{', '.join(names) or 'no form'}: a mixture needs two forms at least; fit one by "
            f"{verb('fit')}"
        )
    if len(set(names)) < len(names):
        raise FitError(f"{', '.join(names)}: a form is given twice; give each once")


def _cuts(runs: Runs, cards: Sequence[Model]) -> list[np.ndarray]:
    """Return which runs lie below each cut that leaves enough of them for every form."""
    flops = compute_of(runs, "weighing forms")
    least = least_runs(cards)
    found = without_largest(flops, HELD_OUT_SHARES)
    kept = [below for below in found if below.sum() >= least]
    if not kept:
        raise FitError(
            f"{counted(len(runs), 'run')} leave fewer than {least} below a cut, which weighing "
            "forms needs; give more runs, or weights: bs.allocate(fits, weights={...})"
        )
    return kept


def _fit(
    runs: Runs,
    below: Sequence[np.ndarray],
    cards: Sequence[Model],
    about: Mapping[str, Any],
    length: Mapping[str, int],
    random_seed: int | None,
) -> tuple[list[Fit], list[tuple[np.ndarray, list[Fit]]]]:
    """Return the fits of all runs, and shorter ones of those below each cut."""
    from bayescale.inference.bulk import fit_all, require_fits, shortened
    from bayescale.inference.requesting import ask

    def asked(part: Runs, card: Model, length: Mapping[str, int]) -> Any:
        return ask(part, card, about, length, random_seed, progressbar=False)

    requests = {card.name: asked(runs, card, length) for card in cards}
    for place, cut in enumerate(below):
        part = runs.subset(cut)
        for card in cards:
            requests[f"{card.name} below cut {place}"] = asked(part, card, shortened(length))
    words = f"fitting {counted(len(cards), 'form')} whole and below {counted(len(below), 'cut')}"
    fits = list(require_fits(fit_all(requests, words)).values())
    size = len(cards)
    parts = [fits[start : start + size] for start in range(size, len(fits), size)]
    return fits[:size], list(zip(below, parts, strict=True))


def _held_out(runs: Runs, below: np.ndarray, part: Fit) -> dict[str, Any]:
    """Return how a form that was fitted below a cut foretold the runs above it."""
    held_out = runs.subset(~below)
    found = score(part, held_out)
    return {
        "model": part.model.name,
        "cut": float(runs.table["flops"][below].max()),
        "fitted": int(below.sum()),
        "held_out": len(held_out),
        "elpd": found.elpd / len(held_out),
        "error": found.error,
        "coverage": found.coverage,
    }


def _notes(weights: Mapping[str, float], cuts: int) -> Iterator[Note]:
    best = max(weights, key=lambda name: weights[name])
    yield Note(
        "weights",
        "info",
        f"{best} counts most, {weights[best]:.0%}, by {counted(cuts, 'cut')} of these runs; what "
        "they differ by beyond the runs is part of the interval.",
    )
