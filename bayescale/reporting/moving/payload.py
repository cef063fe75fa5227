"""What the moving part of a report is given: draws, limits and tables, small enough for a page."""

import base64
from typing import Any

import numpy as np

from bayescale.core.quantities import FloatArray
from bayescale.errors import PlanError
from bayescale.model.discrepancy import BEND, SHAPE
from bayescale.planning.arguments import limits_of
from bayescale.planning.feasible import PARAMS_BOUNDS, Limits
from bayescale.planning.plan import Plan
from bayescale.posterior.fit import Fit
from bayescale.posterior.predicting import log_noise
from bayescale.reporting.digits import Interval

MAX_DRAWS = 400
"""How many draws a page carries at most."""

MAX_BYTES = 190_000
"""How large the draws of a page may be; a bending law has many numbers a draw, so fewer fit."""

LATTICE_STEP = np.log(10) / 12
"""The distance of the sizes that are tried and at which costs are known, as a logarithm."""

SPAN = 3e3
"""How many times smaller and larger than the plan the sizes are that are tried."""

REACH = 100.0
"""How far from what was asked the sliders go."""

MAX_RUNS = 400
"""How many runs are drawn at most."""


def payload(fit: Fit, plan: Plan, interval: Interval) -> dict[str, Any]:
    """Return all that the moving part knows, as plain numbers and texts.

    Parameters
    ----------
    fit : Fit
        The fit that the plan was made from.
    plan : Plan
        The plan; its first budget and its limits are where the moving part starts.
    interval : Interval
        Probability and kind of the intervals.

    Returns
    -------
    dict
        What ``engine.js`` and ``controls.js`` read.

    Raises
    ------
    PlanError
        If the plan is of a kind that the page cannot make again; the message says why.
    """
    limits, asked = _limits(fit, plan)
    draws = _chosen_draws(fit)
    falls = fit.model.law.falls_in or fit.model.law.inputs
    model = fit.model
    return {
        "draws": len(draws),
        "of": fit.samples,
        "prob": interval.prob,
        "kind": interval.kind,
        "law": {
            "inputs": list(model.columns.values()),
            "reference": [fit.reference[letter] for letter in model.law.inputs],
            "parameters": _packed(_parameters(fit, draws)),
        },
        "bend": _bend(fit, draws),
        "noise": _noise(fit, draws),
        "falls_in_params": "N" not in model.law.inputs or "N" in falls,
        "falls_in_tokens": "D" not in model.law.inputs or "D" in falls,
        "risk": _risk(asked["risk"]),
        "tolerance": asked["tolerance"],
        "sizes": _sizes(fit, limits, float(plan.committed["params"][0])),
        "limits": {
            "max_tokens_per_param": limits.max_tokens_per_param,
            "serving_weight": limits.serving_weight,
            "repeats_priced": limits.repeats_priced,
            "most_params": float(limits.most_params),
            "size_limited": limits.bound("size"),
            "candidates": limits.allowed_candidates.tolist() if limits.candidates else [],
            "inputs": dict(limits.inputs),
        },
        "start": {
            "flops": float(plan.committed["flops"][0]),
            "unique": limits.unique_tokens,
            "epochs": limits.max_epochs,
            "serving": limits.inference_tokens,
        },
        "reach": REACH,
        "typical_tokens": float(plan.committed["tokens"][0]),
        "hardware": _hardware(asked),
        "runs": _runs(fit),
    }


def _limits(fit: Fit, plan: Plan) -> tuple[Limits, dict[str, Any]]:
    """Return the limits of a plan, of the choice made where there were several."""
    if plan.by_model or plan.model != fit.model.name:
        raise PlanError("the plan is made from several fits, and the page carries one")
    asked = plan.by_choice[plan.choice(0)].limits if plan.by_choice else plan.limits
    if asked["pools"]:
        raise PlanError("the tokens come from pools of different quality")
    if callable(asked["risk"]):
        raise PlanError("the plan minimises a risk that was written in Python")
    _, limits, _ = limits_of(fit, asked)
    return limits, asked


def _chosen_draws(fit: Fit) -> np.ndarray:
    """Return which draws are carried, evenly spaced over the chains: as many as fit."""
    modes = 0 if fit.basis is None else fit.basis.modes
    room = MAX_BYTES - 8 * modes**2
    each = 8 * len(fit.model.law.parameters) + 4 * modes + 4
    count = min(MAX_DRAWS, fit.samples, int(room * 3 / 4 / each))
    return np.linspace(0, fit.samples - 1, count).round().astype(int)


def _parameters(fit: Fit, draws: np.ndarray) -> FloatArray:
    found = fit.parameters
    return np.stack([found[n].to_numpy().ravel()[draws] for n in fit.model.law.parameters])


def _bend(fit: Fit, draws: np.ndarray) -> dict[str, Any] | None:
    basis, given = fit.basis, fit.model.discrepancy
    if basis is None or given is None:
        return None
    scale = fit.posterior[BEND].to_numpy().ravel()[draws] / given.unit
    shape = fit.posterior[SHAPE].to_numpy().reshape(fit.samples, basis.modes)[draws]
    return {
        "columns": list(basis.columns),
        "grid": basis.grid.tolist(),
        "box": basis.box,
        "top": basis.top,
        "length": basis.length,
        "slope": basis.slope,
        "root": _packed(basis.root),
        "shape": _packed(scale[:, None] * shape, np.float32),
    }


def _noise(fit: Fit, draws: np.ndarray) -> str | None:
    """Return by how much the log loss of one new run differs, one number a draw."""
    if fit.model.likelihood.varies_with is not None:
        return None
    rng = np.random.default_rng(int(fit.attrs["random_seed"]))
    sizes = fit.posterior.sizes
    scatter = log_noise(fit, (sizes["chain"], sizes["draw"], 1), rng, {})
    return _packed(np.asarray(scatter).ravel()[draws], np.float32)


def _risk(risk: Any) -> dict[str, Any]:
    name, level = (risk, 0.9) if isinstance(risk, str) else risk
    return {"name": name, "level": level}


def _sizes(fit: Fit, limits: Limits, committed: float) -> dict[str, Any]:
    """Return the logarithms of what a token costs over a lattice of sizes."""
    tried = [committed / SPAN, committed * SPAN, *limits.candidates]
    low = max(min(tried), limits.least_params, 1.0001 * fit.rule.smallest_params)
    high = min(max(tried), PARAMS_BOUNDS[1])
    count = int(np.ceil(np.log(high / low) / LATTICE_STEP)) + 1
    # The ends of a cubic need a neighbour; below the smallest size that a rule knows there is none.
    params = low * np.exp(LATTICE_STEP * np.arange(count))
    rules = {"train": limits.rule.train, "serve": limits.rule.serve, "account": fit.rule.train}
    tables = {name: np.log(rule(params)).round(12).tolist() for name, rule in rules.items()}
    return {"log_start": float(np.log(low)), "step": float(LATTICE_STEP), **tables}


def _hardware(asked: dict[str, Any]) -> dict[str, Any] | None:
    hardware = asked["hardware"]
    if hardware is None:
        return None
    per_hour = hardware.flops_of_hours(1.0)
    return {"flops_per_hour": per_hour, "price": hardware.price_per_hour, "name": hardware.name}


def _runs(fit: Fit) -> dict[str, Any]:
    """Return the compute and the losses of the runs, thinned if they are many."""
    table = fit.runs.table
    if "flops" not in table:
        return {"flops": [], "loss": []}
    step = -(-len(table) // MAX_RUNS)
    short = {name: [float(f"{v:.5g}") for v in table[name][::step]] for name in ("flops", "loss")}
    return {**short, "largest": float(table["flops"].max())}


def _packed(values: FloatArray, kind: Any = np.float64) -> str:
    little = np.ascontiguousarray(values, np.dtype(kind).newbyteorder("<"))
    return base64.b64encode(little.tobytes()).decode()
