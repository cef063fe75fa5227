"""Sample the posterior of a model given runs."""

import json
import platform
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from bayescale.core.border import checked
from bayescale.core.code import fingerprint
from bayescale.core.progress import following, step
from bayescale.core.quantities import FloatArray
from bayescale.core.warning import warn
from bayescale.errors import FitError
from bayescale.inference.compiling import (
    Density,
    compile_by_numba,
    compile_density,
    forget_density,
)
from bayescale.inference.evaluating import evaluate
from bayescale.inference.modes import LEADING, whole_shape
from bayescale.inference.proving import is_proved
from bayescale.inference.requesting import Request, ask
from bayescale.inference.sampling import sample
from bayescale.inference.thinning import thinned, thinning
from bayescale.inference.tree import assemble
from bayescale.model.card import Model
from bayescale.model.discrepancy import SHAPE
from bayescale.model.problem import Problem
from bayescale.posterior.fit import Fit
from bayescale.posterior.length import USUAL
from bayescale.runs.table import Runs


@checked(FitError)
def fit(
    runs: Runs,
    model: str | Path | Model = "chinchilla",
    *,
    priors: Mapping[str, Any] | None = None,
    pool: Mapping[str, Any] | None = None,
    noise_with: str | None = None,
    discrepancy: bool | None = None,
    random_seed: int | None = None,
    draws: int = USUAL["draws"],
    tune: int = USUAL["tune"],
    chains: int = USUAL["chains"],
    progressbar: bool | None = None,
    sample_kwargs: Mapping[str, Any] | None = None,
) -> Fit:
    """Fit a model to runs by NUTS.

    Parameters
    ----------
    runs : Runs
        The runs, from `load_runs`.
    model : str, Path or Model, default "chinchilla"
        A model card by name, the path of a ``.toml`` card, or a `Model`.
    priors : mapping, optional
        Other priors than those of the card, by name. A number fixes a parameter: ``{"E": 1.6}``. A
        pair of numbers, or ``"1.4 to 1.8"``, is an interval that holds 89% of the prior; a `Prior`
        or ``"LogNormal(median 1.6, sigma 0.1)"`` says it whole. ``sigma``, ``nu``, ``bend`` and the
        spreads of what is pooled have priors too.
    pool : mapping, optional
        Parameters that differ between groups of runs, partially pooled: the parameter and the
        group column, such as ``{"E": "architecture", "A": "architecture"}``. The name ``loss``
        gives each group an offset in log loss, for instance ``{"loss": "configuration"}`` where
        configurations were trained with several seeds. Replaces the pooling of the card.
    noise_with : str, optional
        A column, such as ``"flops"``, with which the scale of the residuals falls: it is
        ``sigma * (flops / typical flops)**-falloff``, where ``falloff`` is learnt (zero if the
        noise is the same everywhere, negative if it grows).
    discrepancy : bool, optional
        Whether the truth may bend away from the law, smoothly over size and tokens, so that
        intervals hold beyond the runs. True adds the default discrepancy to a card that has none
        (and keeps the degrees of freedom of the noise above three), False takes it away; as the
        card says by default.
    random_seed : int, optional
        The same seed gives the same draws, on any number of cores. Drawn and recorded if absent.
    draws, tune : int
        Draws kept and draws of adaptation, for each chain.
    chains : int, default 4
        Number of chains.
    progressbar : bool, optional
        Show a progress bar; by default on a terminal or in a notebook, not elsewhere.
    sample_kwargs : mapping, optional
        Further arguments of ``nutpie.sample``, such as ``target_accept`` or ``cores``.

    Returns
    -------
    Fit

    Raises
    ------
    FitError
        If the runs cannot identify the model: too few, or an input that never varies; if a group
        column has a name that the fit uses itself, or labels that cannot be saved; or if
        ``random_seed`` (0 to 2**63 - 1), ``draws`` (1 to a million), ``tune`` (0 to a million) or
        ``chains`` (1 to 1000) is no such whole number.
    ModelError
        If the model is not known, its card is wrong or has no such prior, its noise cannot fall
        with ``noise_with``, or its law cannot have a discrepancy.

    Notes
    -----
    If transitions diverge, sampling is repeated with a higher ``target_accept`` (unless it is
    given); what is left is recorded, and `check` reports it. If the chains mix slowly (a coordinate
    has an effective sample size below 15% of the draws), they are made four times as long, and
    every fourth draw is kept.

    From 10,000 runs on, the groups ``log_likelihood``, ``posterior_predictive`` and
    ``prior_predictive`` hold some of the draws, at least 100: their coordinate ``draw`` says which,
    and the attribute ``thin_of_runs`` of how many one is kept.
    """
    about = {"priors": priors, "pool": pool, "noise_with": noise_with, "discrepancy": discrepancy}
    length = {"draws": draws, "tune": tune, "chains": chains}
    request = ask(runs, model, about, length, random_seed, progressbar, sample_kwargs)
    with following(progressbar):
        return carry_out(request)


def carry_out(request: Request) -> Fit:
    """Return a fit that was asked for.

    Raises
    ------
    FitError
        If the runs cannot identify the model, or their labels cannot be saved.
    """
    return _fit(request.problem(), request.settings, request.asked)


def _fit(problem: Problem, settings: dict[str, Any], asked: Mapping[str, Any]) -> Fit:
    seed, started = settings["seed"], time.perf_counter()
    with step(f"compiling {problem.model.name}"):
        compiled = compile_density(problem)
    about = describe(problem, seed, asked, compiled.formula)  # what fails costs no draws
    made = time.perf_counter()
    density = compiled.put_to(problem)
    with step(f"sampling {problem.model.name}") as sampling:
        sampled = sample(density.compiled, {**settings, "progress_callback": sampling.follow})
    found = density.parameters(sampled.rows)
    posterior = _posterior(problem, found, seed)
    samples = sampled.points.shape[:2]
    thin = thinning(samples, len(problem.runs))
    with step(f"predicting the runs by {problem.model.name}"):
        evaluated = evaluate(problem, thinned(posterior, samples, thin), seed)
    if not is_proved(problem, density, sampled, found, evaluated["log_likelihood"]):
        return _fit_anew(problem, settings, asked)
    finished = time.perf_counter()
    log_prior = _log_prior(density, posterior)
    tree = assemble(problem, posterior, evaluated, log_prior, sampled.statistics, seed, thin)
    tree.attrs = about | {
        "target_accept": sampled.target_accept,
        "thin": sampled.thin,
        "thin_of_runs": thin,
        "density": compiled.route,
        "compile_seconds": made - started,
        "sampling_seconds": finished - made,
    }
    return Fit(tree, problem.model)


def _fit_anew(problem: Problem, settings: dict[str, Any], asked: Mapping[str, Any]) -> Fit:
    """Sample again with code that was not kept: PyTensor's, which needs no proof."""
    warn(
        f"compiled code of {problem.model.name} that was kept does not compute what the law says "
        "now, so it was dropped and the runs are sampled again; was a function changed that the "
        "law calls?"
    )
    forget_density(problem)
    compile_by_numba(problem, "code of its own did not compute what the law says")
    return _fit(problem, settings, asked)


def _posterior(
    problem: Problem, found: Mapping[str, FloatArray], seed: int
) -> dict[str, FloatArray]:
    """Return draws of what the stated model has, from those of what was sampled."""
    draws = {name: values for name, values in found.items() if name != LEADING}
    if LEADING in found:
        draws[SHAPE] = whole_shape(problem, found[LEADING], np.random.default_rng(seed))
    return draws


def _log_prior(density: Density, posterior: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Return the log density of draws under the priors; that of zeta is standard normal."""
    shape = posterior.get(SHAPE)
    normal = {} if shape is None else {SHAPE: -0.5 * (shape**2 + np.log(2 * np.pi))}
    return density.log_prior({n: v for n, v in posterior.items() if n != SHAPE}) | normal


def describe(
    problem: Problem, seed: int, asked: Mapping[str, Any], formula: str | None = None
) -> dict[str, Any]:
    """Return what a fit says of its making: versions, law, card, runs, seed and what was asked.

    The formula of the law, which takes SymPy, may be given where it is known.
    """
    model, runs = problem.model, problem.runs
    about_runs = {
        "source": runs.source,
        "groups": runs.groups,
        "flops_rule": runs.flops_rule,
        "simulated": runs.simulated,
        "run": runs.run,
        "provenance": runs.provenance.to_dict(),
        "derived": runs.derived,
        "refused": runs.refused.astype(str).to_json(orient="split", index=False),
    }
    return {
        "bayescale_version": version("bayescale"),
        "pymc_version": version("pymc"),
        "arviz_version": version("arviz"),
        "nutpie_version": version("nutpie"),
        "python_version": platform.python_version(),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "law": model.law.name,
        "formula": model.law.formula if formula is None else formula,
        "law_code": fingerprint(model.law.loss),
        "card": model.to_json(),
        "reference": json.dumps(problem.scales),
        "columns": json.dumps(list(runs.table.columns)),
        "runs": json.dumps(about_runs),
        "asked": json.dumps(asked, default=str),
        "random_seed": seed,
    }
