"""Sample the posterior of a model given runs."""

import json
import os
import platform
import secrets
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import nutpie
import xarray as xr

from bayescale.card import Model, get_model
from bayescale.compiling import POINT, CompiledDensity
from bayescale.errors import FitError
from bayescale.fits import Fit
from bayescale.model import (
    OBSERVED,
    build_model,
    build_sampling_model,
    draw_prior,
    evaluate,
    model_data,
    scales,
)
from bayescale.runs import Runs

PRIOR_DRAWS = 500
"""How many draws the groups ``prior`` and ``prior_predictive`` hold."""

TARGET_ACCEPTS = (0.9, 0.98, 0.995)
"""Acceptance rates tried in turn until no transition diverges."""

# What is kept of nutpie's statistics, under the names of the ArviZ schema.
_ARVIZ_NAMES = {"depth": "tree_depth", "logp": "lp", "mean_tree_accept": "acceptance_rate"}
_STATISTICS = ("diverging", "energy", "n_steps", "step_size")


def fit(
    runs: Runs,
    model: str | Path | Model = "chinchilla",
    *,
    random_seed: int | None = None,
    draws: int = 1000,
    tune: int = 800,
    chains: int = 4,
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
        If the runs cannot identify the model: too few, or an input that never varies.
    ModelError
        If the model is not known or its card is wrong.

    Notes
    -----
    If transitions diverge, sampling is repeated with a higher ``target_accept`` (unless it is
    given); what is left is recorded, and `check` reports it.
    """
    model = get_model(model)
    _require_enough(runs, model)
    seed = secrets.randbits(31) if random_seed is None else int(random_seed)
    started = time.perf_counter()
    density = _density(model, runs)
    compiled = time.perf_counter()
    settings = {
        "draws": draws,
        "tune": tune,
        "chains": chains,
        "seed": seed,
        "progress_bar": _interactive() if progressbar is None else progressbar,
        **(sample_kwargs or {}),
    }
    sampled, target_accept = _sample(density.with_data(model_data(model, runs)), settings)
    finished = time.perf_counter()
    names = list(model.all_priors)
    points = sampled["posterior"][POINT].to_numpy()
    draws_by_name = density.parameters(points.reshape(-1, points.shape[-1]), names)
    tree = _assemble(model, runs, draws_by_name, sampled["sample_stats"].to_dataset(), seed)
    tree.attrs = _describe(model, runs, seed) | {
        "target_accept": target_accept,
        "compile_seconds": compiled - started,
        "sampling_seconds": finished - compiled,
    }
    return Fit(tree, model)


def evaluate_on(fit: Fit, runs: Runs) -> dict[str, np.ndarray]:
    """Evaluate a fit on runs it has not seen.

    Parameters
    ----------
    fit : Fit
        The fit.
    runs : Runs
        Other runs with the same columns.

    Returns
    -------
    dict of str to ndarray, shape (samples, runs)
        ``log_likelihood`` of the runs and ``predictive`` draws, both of log loss.
    """
    constants = fit.tree["constant_data"]
    fixed = {name: float(constants[name]) for name in scales(fit.model, fit.runs)}
    stated = build_model(fit.model, runs, fixed)
    draws = {name: fit.posterior[name].to_numpy().ravel() for name in fit.model.all_priors}
    evaluated = evaluate(stated, draws, int(fit.attrs["random_seed"]))
    return {name: evaluated[name][OBSERVED] for name in ("log_likelihood", "predictive")}


def _require_enough(runs: Runs, model: Model) -> None:
    law = model.law
    if missing := [c for c in model.columns.values() if c not in runs.table]:
        raise FitError(
            f"{model.name} needs {missing[0]}, the runs have {', '.join(runs.quantities)}; "
            "name the column when loading the runs, or choose a model that does without"
        )
    if len(runs) <= len(law.parameters):
        raise FitError(
            f"{len(runs)} runs cannot determine the {len(law.parameters)} parameters of "
            f"{model.name} and the noise; give at least {len(law.parameters) + 1} runs"
        )
    for symbol, column in model.columns.items():
        values = runs.table[column]
        if values.max() < 1.05 * values.min():
            raise FitError(
                f"all runs have {column} = {values.iloc[0]:.4g} (within 5%), so how the loss falls "
                f"with {symbol} cannot be learnt; add runs that vary {column}, or choose a model "
                "without it"
            )


_DENSITIES: dict[str, CompiledDensity] = {}


def _density(model: Model, runs: Runs) -> CompiledDensity:
    """Return the compiled density of a card; compiled once, whatever the runs."""
    key = _card_text(model) + model.law.formula
    if key not in _DENSITIES:
        _DENSITIES[key] = CompiledDensity(build_sampling_model(model, runs))
    return _DENSITIES[key]


def _sample(compiled: Any, settings: dict[str, Any]) -> tuple[xr.DataTree, float]:
    tries = [settings.pop("target_accept")] if "target_accept" in settings else TARGET_ACCEPTS
    for target_accept in tries:
        sampled = nutpie.sample(
            compiled,
            **{"adaptation": "low_rank", "save_warmup": False, **settings},
            target_accept=target_accept,
        )
        if not sampled["sample_stats"]["diverging"].any():
            break
    return sampled, target_accept


def _interactive() -> bool:
    return not os.environ.get("CI") and (sys.stderr.isatty() or "ipykernel" in sys.modules)


def _assemble(
    model: Model, runs: Runs, posterior: dict[str, np.ndarray], stats: xr.Dataset, seed: int
) -> xr.DataTree:
    prior = draw_prior(model, runs, PRIOR_DRAWS, seed)
    both = {name: np.concatenate([prior[name], posterior[name]]) for name in posterior}
    evaluated = evaluate(build_model(model, runs), both, seed)
    prior_predictive = {OBSERVED: evaluated["predictive"][OBSERVED][:PRIOR_DRAWS]}
    chains, prior_chain = (stats.sizes["chain"], stats.sizes["draw"]), (1, PRIOR_DRAWS)
    constants = _constants(model, runs)

    def of_posterior(group: str) -> xr.Dataset:
        kept = {name: values[PRIOR_DRAWS:] for name, values in evaluated[group].items()}
        return _dataset(kept, chains, runs)

    groups = {
        "posterior": _dataset(posterior, chains, runs),
        "sample_stats": stats.rename(_ARVIZ_NAMES)[[*_ARVIZ_NAMES.values(), *_STATISTICS]],
        "prior": _dataset(prior, prior_chain, runs),
        "prior_predictive": _dataset(prior_predictive, prior_chain, runs),
        "posterior_predictive": of_posterior("predictive"),
        "log_likelihood": of_posterior("log_likelihood"),
        "log_prior": of_posterior("log_prior"),
        "observed_data": xr.Dataset({OBSERVED: ("run", np.log(runs.loss))}, constants.coords),
        "constant_data": constants,
    }
    reference = [constants[f"{symbol}_ref"] for symbol in model.law.inputs]
    for name in ("prior", "posterior"):
        groups[name] = groups[name].assign(model.law.derive(reference, groups[name]))
    return xr.DataTree.from_dict(groups)


def _dataset(values: Mapping[str, np.ndarray], shape: tuple[int, int], runs: Runs) -> xr.Dataset:
    dims = ("chain", "draw", "run")
    coords = {"chain": np.arange(shape[0]), "draw": np.arange(shape[1])}
    arrays = {name: value.reshape(shape + value.shape[1:]) for name, value in values.items()}
    if any(array.ndim == 3 for array in arrays.values()):
        coords["run"] = runs.table.index.to_numpy()
    return xr.Dataset({n: (dims[: a.ndim], a) for n, a in arrays.items()}, coords)


def _constants(model: Model, runs: Runs) -> xr.Dataset:
    columns = {name: ("run", runs.table[name].to_numpy()) for name in runs.table.columns}
    return xr.Dataset({**columns, **scales(model, runs)}, {"run": runs.table.index.to_numpy()})


def _card_text(model: Model) -> str:
    return model.model_dump_json(exclude={"law"})


def _describe(model: Model, runs: Runs, seed: int) -> dict[str, Any]:
    about_runs = {
        "source": runs.source,
        "groups": runs.groups,
        "flops_rule": runs.flops_rule,
        "simulated": runs.simulated,
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
        "formula": model.law.formula,
        "card": _card_text(model),
        "reference": json.dumps(scales(model, runs)),
        "runs": json.dumps(about_runs),
        "random_seed": seed,
    }
