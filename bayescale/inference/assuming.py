"""Ask a fit what its runs could not tell: the rest of a richer law follows the priors of a card."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import xarray as xr

from bayescale.core.asking import setting
from bayescale.core.border import checked
from bayescale.errors import FitError
from bayescale.inference.prior_draws import draw_prior
from bayescale.inference.tree import constant_data
from bayescale.model.card import Model
from bayescale.model.catalogue import get_model
from bayescale.model.problem import Problem
from bayescale.posterior.fit import Fit
from bayescale.runs.table import Runs

MOST_DIFFERENCE = 0.02
"""Relative difference of the two laws, typical for the runs, up to which they count as the same."""


@checked(FitError)
def assume(
    fit: Fit, model: str | Path | Model, *, inputs: Mapping[str, float] | None = None
) -> Fit:
    """Extend a fit to a richer law whose further parameters are assumed, not learnt.

    A fit to runs on fresh data knows nothing of repetition. Extended by the card
    ``data_constrained`` it prices repeated tokens as the priors on that card say, which rest on
    published fits, with their uncertainty.

    Parameters
    ----------
    fit : Fit
        A fit.
    model : str, Path or Model
        A card that states priors for a law with all parameters of the fitted one, and more.
    inputs : mapping of str to float, optional
        At which values of the further inputs the runs were made, by column, such as
        ``{"experts": 1}``. Unique tokens are all of the tokens unless the runs say otherwise.

    Returns
    -------
    Fit
        With the draws of the fit for what it knows and draws of the priors for the rest. It
        predicts and allocates like any other; `Plan` says what was assumed.

    Raises
    ------
    FitError
        If the card lacks a parameter or input of the fit, an input is missing, or the two laws
        differ on the runs themselves.

    Examples
    --------
    >>> repeated = bs.assume(fit, "data_constrained")  # doctest: +SKIP
    >>> bs.allocate(repeated, flops=1e24, unique_tokens=1e12, max_epochs=8)  # doctest: +SKIP
    """
    card = get_model(model)
    known = fit.parameters
    further = [name for name in card.law.parameters if name not in known]
    _require_richer(fit.model, card, further)
    runs = _with_inputs(fit, card, dict(inputs or {}))
    extended = Model(
        law=card.law,
        name=f"{fit.model.name} + {card.name}",
        priors={**card.priors, **{name: fit.model.priors[name] for name in known}},
        inputs=card.inputs,
        reference=fit.reference,
        likelihood=fit.model.likelihood.model_dump(),
        discrepancy=fit.model.discrepancy,
        summary=f"{fit.model.name} as fitted; {' and '.join(further)} from the card {card.name}.",
        citation=f"{fit.model.citation}; {card.citation}",
    )
    tree = _extended_tree(fit, extended, runs, further)
    about = {"parameters": further, "card": card.name, "fitted": fit.model.name}
    tree.attrs["assumed"] = json.dumps({**about, "inputs": dict(inputs or {})})
    found = Fit(tree, extended)
    _require_the_same(fit, found)
    return found


def _require_richer(fitted: Model, card: Model, further: list[str]) -> None:
    gone = [name for name in fitted.law.parameters if name not in card.law.parameters]
    gone += [name for name in fitted.columns.values() if name not in card.columns.values()]
    if gone or not further:
        raise FitError(
            f"{card.name} does not extend {fitted.name}: it "
            + (f"has no {gone[0]}" if gone else "has the same parameters")
            + "; choose a card with all parameters and inputs of the fit, and more"
        )


def _with_inputs(fit: Fit, card: Model, inputs: dict[str, float]) -> Runs:
    runs = fit.runs
    table = runs.table.assign(**inputs)
    if "unique_tokens" in card.columns.values() and "unique_tokens" not in table:
        table["unique_tokens"] = table["tokens"]
    if missing := [name for name in card.columns.values() if name not in table]:
        raise FitError(
            f"{card.name} takes {missing[0]}, which the runs do not have; "
            f"say what it was: {setting('inputs', {missing[0]: ...})}"
        )
    return replace(runs, table=table)


def _extended_tree(fit: Fit, model: Model, runs: Runs, further: list[str]) -> xr.DataTree:
    """Return the tree of the fit with draws, references and columns of the richer model."""
    tree, seed = fit.tree.copy(deep=True), int(fit.attrs["random_seed"])
    problem = Problem.of(model, runs, basis=fit.basis)
    for name in ("prior", "posterior"):
        draws = tree[name].to_dataset()
        some = draws[next(iter(fit.model.all_priors))]
        assumed = draw_prior(problem, some.size, seed)
        values = {n: (some.dims, assumed[n].reshape(some.shape)) for n in further if n in assumed}
        draws = draws.assign(values)
        derived = model.derived(problem.reference, draws.data_vars)
        tree[name] = xr.DataTree(draws.assign(derived))
    tree["constant_data"] = xr.DataTree(constant_data(problem))
    tree.attrs = {
        **fit.attrs,
        "law": model.law.name,
        "formula": model.law.formula,
        "card": model.to_json(),
        "columns": json.dumps(list(runs.table.columns)),
    }
    return tree


def _require_the_same(fit: Fit, extended: Fit) -> None:
    before, after = (_typical_losses(each) for each in (fit, extended))
    difference = float(np.median(np.abs(after / before - 1)))
    if not difference <= MOST_DIFFERENCE:
        raise FitError(
            f"{extended.model.law.name} differs by {difference:.1%} from {fit.model.name} on the "
            f"typical run, more than {MOST_DIFFERENCE:.0%}: it does not extend this fit where "
            "the runs are; fit it to runs that vary its inputs"
        )


def _typical_losses(fit: Fit) -> np.ndarray:
    values = {name: float(draws.median()) for name, draws in fit.parameters.items()}
    columns = fit.model.inputs_of(fit.runs.table)
    return np.asarray(fit.model.predict_at(columns, fit.reference, values))
