"""Replay the decision of a sweep at earlier points of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import bayescale
from bayescale.auditing.notes import backtest_notes
from bayescale.auditing.replaying import MIXTURE, replay
from bayescale.auditing.wording import describe_backtest, summarize_backtest
from bayescale.core.asking import argument
from bayescale.core.border import checked
from bayescale.core.note import Note
from bayescale.core.progress import following
from bayescale.core.shown import Shown
from bayescale.core.text import counted, human
from bayescale.errors import FitError
from bayescale.evaluation.cutting import compute_of, least_runs, several, up_to, without_largest
from bayescale.evaluation.forming import FORMS
from bayescale.evaluation.scores import SHARES, inside
from bayescale.model.card import Model
from bayescale.planning.plan import Plan
from bayescale.posterior.length import USUAL
from bayescale.runs.table import Runs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bayescale.inference.requesting import Request

HELD_OUT_SHARES = (0.65, 0.5, 0.35, 0.2)
"""Which shares of the runs, those of largest compute, the cuts hold out by default."""

_COLUMNS = (
    *("fitted", "held_out", "weight"),
    *("error", "bias", "crps", "log_score", *map(inside, SHARES), "width"),
    *("params", "params_low", "params_high", "tokens", "expected_loss"),
    *("regret", "wasted_compute"),
)


@dataclass(frozen=True, repr=False)
class Backtest(Shown):
    """What would have been decided at earlier points of a sweep, and what came of it.

    Attributes
    ----------
    table : DataFrame
        One row for each ``cut``, in training FLOPs, and ``form``. ``fitted`` runs lie below the
        cut, ``held_out`` ones above; ``weight`` is that of the form in the mixture. How well the
        runs above were foretold, on average over them: ``error`` and ``bias`` of the medians
        relative to the loss, ``crps`` and ``width`` of the 90% interval relative to the loss,
        ``log_score`` (log density of log loss), ``inside_50`` to ``inside_95`` (share of the runs
        inside intervals of that probability). What would have been recommended for ``flops``:
        ``params`` and ``tokens`` to commit to, 90% of the best size between ``params_low`` and
        ``params_high``, the ``expected_loss``; and by all runs its ``regret``, the loss given away,
        and ``wasted_compute``, the share of the compute without which the later plan would have
        done as well.
    flops : float
        The budget that is decided: the compute of the largest run by default.
    plan : Plan or None
        The plan by all runs, which judges the earlier ones; None where no form can plan.
    forms : tuple of str
        The forms that are mixed, and judge together.
    source : str
        Where the runs come from.
    runs : int
        How many there are.
    simulated : bool
        Whether they were drawn from a formula.
    notes : tuple of Note
        What the table says.
    """

    table: pd.DataFrame
    flops: float
    plan: Plan | None
    forms: tuple[str, ...]
    source: str
    runs: int
    simulated: bool
    notes: tuple[Note, ...]

    @property
    def lead(self) -> str:
        """The form that is asked first: the mixture, or the only one."""
        return MIXTURE if len(self.forms) > 1 else self.forms[0]

    @property
    def summary(self) -> str:
        """What it comes to, in a sentence."""
        return summarize_backtest(self)

    def plot(self) -> "Figure":
        """Draw what was recommended and foretold at each cut; see `bayescale.plot_backtest`."""
        return bayescale.plot_backtest(self)

    def __str__(self) -> str:
        """Write the sentence, the table in two parts and the notes."""
        return describe_backtest(self)


@checked(FitError)
def backtest(
    runs: Runs,
    models: Sequence[str | Path | Model] = FORMS,
    *,
    cuts: float | Sequence[float] | None = None,
    flops: float | None = None,
    priors: Mapping[str, Any] | None = None,
    pool: Mapping[str, str] | None = None,
    noise_with: str | None = None,
    discrepancy: bool | None = None,
    random_seed: int | None = None,
    full: bool = False,
    folder: str | Path | None = None,
    jobs: int | None = None,
    progressbar: bool | None = None,
) -> Backtest:
    """Replay the decision of a sweep at earlier points of it, and judge it by the later runs.

    Parameters
    ----------
    runs : Runs
        The runs, with compute and loss.
    models : sequence of str, Path or Model, default ("chinchilla", "outer_power")
        The forms.
    cuts : float or sequence of float, optional
        Where to cut: training FLOPs or, below one, a share of the compute of the largest run. The
        runs up to a cut are fitted. By default four, which leave 35%, 50%, 65% and 80% of the runs,
        as far as these are enough for every form.
    flops : float, optional
        The budget that is decided at each cut; the compute of the largest run by default.
    priors, pool, noise_with : optional
        As in `bayescale.fit`, for every fit.
    discrepancy : bool, optional
        Whether the truth may bend away from the laws. By default each form is replayed as its card
        says and, where that bends, as the truth beside.
    random_seed : int, optional
        The same seed gives the same answer. Drawn if absent, or 0 where there is a folder.
    full, folder, jobs, progressbar : optional
        As in `bayescale.fit_many`: how long each fit samples, where fits are kept so that an
        interrupted back-test goes on, and how many are made at a time.

    Returns
    -------
    Backtest

    Raises
    ------
    FitError
        If no form is given or one is given twice, the runs have no compute, the budget is no
        positive number, or a cut leaves too few runs below or none above.
    ModelError
        If a model is not known, its card is wrong or does not suit what is said of it.
    FileError
        If the folder cannot be made.

    Notes
    -----
    The mixture weighs the forms at each cut by what was known there: by how those fitted at the
    earlier cuts foretold the runs between (see `fit_forms`); at the first cut all count alike. The
    forms as their cards say, fitted to all runs and weighed by all cuts, judge the plans. The runs
    above several cuts are the same runs, so the rows are no independent evidence.

    Examples
    --------
    >>> print(bs.backtest(runs, cuts=[0.01, 0.1]))  # doctest: +SKIP
    """
    if random_seed is None and folder is not None:
        random_seed = 0
    about = {"priors": priors, "pool": pool, "noise_with": noise_with, "discrepancy": discrepancy}
    requests, mixed = _requests(runs, models, about, full, random_seed)
    budget = float(compute_of(runs, "a back-test").max()) if flops is None else flops
    if not 0 < budget < np.inf:
        raise FitError(f"{argument('flops')} = {budget:g} must be training FLOPs, such as 1e24")
    below = _below(runs, cuts, [request.model for request in requests.values()])
    with following(progressbar):
        replayed = replay(runs, below, requests, mixed, budget, folder=folder, jobs=jobs)
        judge = replayed.judge()
        rows = [*replayed.rows(judge)]
    table = pd.DataFrame(rows).set_index(["cut", "form"]).reindex(columns=list(_COLUMNS))
    plan = judge.plan if judge else None
    found = Backtest(table, budget, plan, mixed, runs.source, len(runs), runs.simulated, ())
    notes = (*backtest_notes(found, replayed.failed), *runs.notes)
    return Backtest(**{**vars(found), "notes": notes})


def _requests(
    runs: Runs,
    models: Sequence[str | Path | Model],
    about: Mapping[str, Any],
    full: bool,
    random_seed: int | None,
) -> tuple[dict[str, "Request"], tuple[str, ...]]:
    """Return how each form is fitted, and which are mixed: those that are not doubled."""
    from bayescale.inference.bulk import SHORT
    from bayescale.inference.requesting import ask

    def asked(model: str | Path | Model, about: Mapping[str, Any]) -> "Request":
        return ask(runs, model, about, USUAL if full else SHORT, random_seed, progressbar=False)

    found = [asked(model, about) for model in models]
    names = [request.model.name for request in found]
    if not found or len(set(names)) < len(names):
        raise FitError(
            f"{argument('models')} = {', '.join(names) or 'nothing'}: give each form once, and at "
            "least one"
        )
    if others := [request for request in found if request.model.law.target != "loss"]:
        raise FitError(
            f"{others[0].model.name} predicts {others[0].model.law.target}, and a back-test is of "
            "losses; leave it out"
        )
    doubles = []
    if about["discrepancy"] is None:
        bends = [m for m, r in zip(models, found, strict=True) if r.model.discrepancy is not None]
        doubles = [asked(model, {**about, "discrepancy": False}) for model in bends]
    return {request.model.name: request for request in [*found, *doubles]}, tuple(names)


def _below(
    runs: Runs, cuts: float | Sequence[float] | None, cards: Sequence[Model]
) -> dict[float, np.ndarray]:
    """Return which runs lie below each cut, by the compute of the largest of them."""
    flops, least = compute_of(runs, "a back-test"), least_runs(cards)
    if cuts is None:
        found = [below for below in without_largest(flops, HELD_OUT_SHARES) if below.sum() >= least]
    else:
        found = [_at(flops, cut, least) for cut in several(cuts, "cuts")]
    if not found:
        raise FitError(
            f"{counted(len(runs), 'run')} leave fewer than {least} below a cut, which the forms "
            f"need; give more runs, {argument('cuts')}, or forms with fewer parameters"
        )
    named = {float(flops[below].max()): below for below in found}
    if cuts is not None and len(named) < len(found):
        raise FitError(
            f"{argument('cuts')}: two of the {len(found)} leave the same runs below; give cuts "
            "with runs between them"
        )
    return dict(sorted(named.items()))


def _at(flops: np.ndarray, cut: float, least: int) -> np.ndarray:
    below = up_to(flops, cut, "cuts")
    if below.sum() < least:
        enough = float(np.sort(flops)[min(least, len(flops) - 1) - 1])
        raise FitError(
            f"{argument('cuts')} = {cut:g} leaves {counted(int(below.sum()), 'run')} below, and "
            f"these forms need {least}; cut at {human(enough)} FLOPs or above"
        )
    return below
