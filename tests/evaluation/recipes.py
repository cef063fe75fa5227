"""Runs of a new recipe, and the baselines they are set against."""

import numpy as np
import pandas as pd
import xarray as xr

import bayescale as bs
from bayescale.laws.law import Law
from bayescale.posterior.fit import Fit
from bayescale.runs.table import Runs
from tests.fits import synthetic_fit

PARAMS = np.array([1e8, 2e8, 4e8, 8e8, 1.6e9])


def certain(model="chinchilla", sigma=1e-12, nu=5.0, **more):
    """Return a fit whose draws are all alike."""
    fit = synthetic_fit(model)
    posterior = fit.posterior
    alike = {name: xr.full_like(v, float(v.mean())) for name, v in posterior.data_vars.items()}
    one = next(iter(alike.values()))
    noise = {name: xr.full_like(one, v) for name, v in {"sigma": sigma, "nu": nu, **more}.items()}
    return with_parts(fit, posterior.assign({**alike, **noise}))


def with_parts(fit, posterior=None, law=None, **fields):
    tree = fit.tree.copy()
    if posterior is not None:
        tree["posterior"] = xr.DataTree(posterior)
    model = fit.model
    if law is not None:
        fields["law"] = Law(law) if callable(law) else law
    return Fit(tree, model.model_copy(update=fields) if fields else model)


def curve(fit, *, worth=1.0, **table):
    """Return runs that lie on the surface at ``worth`` times their compute."""
    table = pd.DataFrame(table)
    scaled = {name: values * np.sqrt(worth) for name, values in table.items()}
    if "flops" in table:
        scaled["flops"] = table["flops"] * worth
    loss = bs.predict(fit, **scaled).median(["chain", "draw"]).to_numpy()
    table = table.assign(loss=loss)
    if "flops" not in table:
        table.insert(2, "flops", 6 * table["params"] * table["tokens"])
    return Runs(table, source="a recipe of ours")


def of_size(fit, worth=1.0, params=PARAMS):
    return curve(fit, worth=worth, params=params, tokens=20.0 * params)


def with_loss(runs, loss):
    return Runs(runs.table.assign(loss=loss), source="a recipe of ours")
