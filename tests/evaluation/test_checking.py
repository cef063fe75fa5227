import re

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import bayescale as bs
from bayescale.evaluation.checking import Checks, check
from bayescale.inference.fitting import fit

STRAIGHT = {"discrepancy": False, "random_seed": 1, "draws": 200}


def changed(fitted, group, **variables):
    tree = fitted.tree.copy()
    tree[group] = xr.DataTree(fitted.tree[group].to_dataset().assign(variables))
    return bs.Fit(tree, fitted.model)


def codes(fit):
    return {note.code: note.severity for note in check(fit).notes}


def test_a_good_fit_has_no_error(fitted):
    assert check(fitted).ok
    assert codes(fitted)["sampler"] == "info"


def test_simulated_runs_are_called_so(fitted):
    assert codes(fitted)["simulated"] == "info"


def test_chains_that_disagree(fitted):
    E = fitted.posterior["E"]
    apart = changed(fitted, "posterior", E=E + 5 * E.std() * E["chain"])
    assert codes(apart)["rhat"] == "error"
    with pytest.raises(bs.FitError, match="R-hat of E"):
        check(apart).raise_if_bad()


def test_draws_that_hardly_move(fitted):
    E = fitted.posterior["E"]
    slow = changed(fitted, "posterior", E=E.copy(data=np.sort(E.to_numpy(), axis=1)))
    assert "ess_bulk" in codes(slow)


@pytest.mark.parametrize(("count", "severity"), [(1, "warning"), (50, "error")])
def test_divergences(fitted, count, severity):
    diverging = fitted.tree["sample_stats"]["diverging"].copy()
    diverging[0, :count] = True
    assert codes(changed(fitted, "sample_stats", diverging=diverging))["divergences"] == severity


def test_energy_that_does_not_mix(fitted):
    energy = fitted.tree["sample_stats"]["energy"]
    walk = np.random.default_rng(1).normal(size=energy.shape).cumsum(axis=1)
    assert "ebfmi" in codes(changed(fitted, "sample_stats", energy=energy.copy(data=walk)))


def test_a_run_the_fit_leans_on(fitted):
    density = fitted.tree["log_likelihood"]["log_loss"].copy()
    density[..., 3] -= 200 * np.abs(fitted.posterior["E"] - fitted.posterior["E"].mean())
    notes = check(changed(fitted, "log_likelihood", log_loss=density)).notes
    (note,) = [note for note in notes if note.code == "pareto_k"]
    assert re.search(r"\(rows? (\d+, )*3[,;]", note.sentence)


def test_noise_that_is_not_as_stated(fitted):
    observed = fitted.tree["observed_data"]["log_loss"]
    odd = observed + 0.1 * (-1) ** np.arange(len(observed))
    assert "ppc_coverage" in codes(changed(fitted, "observed_data", log_loss=odd))


def test_large_runs_off_the_surface(fitted):
    flops = fitted.runs.table["flops"].to_numpy()
    bend = xr.DataArray(0.03 * (flops >= np.quantile(flops, 0.8)), dims="run")
    observed = fitted.tree["observed_data"]["log_loss"] + bend
    notes = check(changed(fitted, "observed_data", log_loss=observed)).notes
    (note,) = [note for note in notes if note.code == "ppc_largest"]
    assert "above the fitted surface" in note.sentence


@pytest.fixture(scope="module")
def seeds():
    """Twenty configurations of three seeds each."""
    table = bs.design("chinchilla", 20, seed=2).loc[lambda t: t.index.repeat(3)]
    table = table.reset_index(drop=True)
    return bs.simulate("chinchilla", table, values="besiroglu2024", noise=0.004, seed=6)


def test_a_form_that_misses_more_than_seeds_scatter(seeds):
    assert "lack_of_fit" not in codes(bs.fit(seeds, **STRAIGHT))
    bent = seeds.table.assign(
        loss=lambda t: t["loss"] * (1 + 0.02 * np.cos(3 * np.log10(t["flops"])))
    )
    (note,) = (
        note
        for note in check(bs.fit(bs.load_runs(bent), **STRAIGHT)).notes
        if note.code == "lack_of_fit"
    )
    assert re.search(
        r"residuals scatter by [12]\.\d%, runs that repeat another by 0\.\d%", str(note)
    )
    assert "fit without the cheapest runs" in note.remedy


def test_one_bad_run_is_no_lack_of_fit(seeds):
    alone = seeds.table.drop_duplicates("params").assign(params=lambda t: 1.01 * t["params"])
    alone["loss"] *= np.where(np.arange(len(alone)) == 5, 1.2, 1.0)
    table = pd.concat([seeds.table, alone], ignore_index=True)
    fit = bs.fit(
        bs.load_runs(table, simulated=True, flops_rule="recorded"), random_seed=1, draws=200
    )
    assert "lack_of_fit" not in codes(fit)


def test_constant_tokens_per_parameter(fitted):
    constant = changed(fitted, "constant_data", tokens=20 * fitted.tree["constant_data"]["params"])
    (note,) = [note for note in check(constant).notes if note.code == "constant_ratio"]
    assert "N and D cannot be told apart in these runs" in note.sentence


def test_too_few_decades(fitted):
    params = fitted.tree["constant_data"]["params"]
    narrow = 1e9 * (1 + 0.5 * (params - params.min()) / (params.max() - params.min()))
    assert "few_decades" in codes(changed(fitted, "constant_data", params=narrow))


def test_a_prior_that_decides(fitted):
    wide = fitted.posterior["alpha_N"] * np.exp(
        xr.DataArray(
            np.random.default_rng(1).normal(0, 0.35, fitted.posterior["alpha_N"].shape),
            dims=("chain", "draw"),
        )
    )
    notes = check(changed(fitted, "posterior", alpha_N=wide)).notes
    assert any(n.code == "prior_decides" and "alpha_N" in n.sentence for n in notes)


def test_a_prior_that_allows_negative_values(fitted):
    E = {"dist": "Normal", "mu": 0.0, "sigma": 1.0}
    model = fitted.model.model_copy(update={"priors": {**fitted.model.priors, "E": bs.Prior(**E)}})
    prior = fitted.tree["prior"]["E"]
    wide = changed(fitted, "prior", E=prior - prior.mean())
    assert codes(bs.Fit(wide.tree, model)).keys() == codes(fitted).keys()


def test_refused_rows_are_told(fitted, simulated_runs):
    table = simulated_runs.table.drop(columns="flops")
    broken = pd.concat([table, table.head(1).assign(loss=-1.0)], ignore_index=True)
    with pytest.raises(bs.RunsError):
        bs.load_runs(broken)
    runs = bs.load_runs(broken, bad_rows="refuse")
    attrs = bs.fit(runs, random_seed=1, draws=20, chains=2).attrs
    again = bs.Fit(fitted.tree.copy(), fitted.model)
    again.tree.attrs = attrs
    assert codes(again)["refused"] == "info"


def test_every_note_says_what_to_do(fitted):
    E = fitted.posterior["E"]
    notes = check(changed(fitted, "posterior", E=E + 5 * E.std() * E["chain"])).notes
    assert all(note.remedy for note in notes if note.severity != "info")


def test_errors_come_first():
    assert Checks(()).ok
    assert Checks(()).to_frame().columns.tolist() == ["code", "severity", "sentence", "remedy"]


def test_seeds_of_one_configuration_tell_noise_from_misfit():
    inputs = bs.design("chinchilla", 16)
    exact = bs.simulate("chinchilla", inputs, values="besiroglu2024", noise=0.0)
    mean = exact.table["loss"]
    rng = np.random.default_rng(3)
    misfit = 0.02 * rng.standard_normal(len(inputs))
    seeds = [
        inputs.assign(
            loss=mean * np.exp(misfit + 0.002 * rng.standard_normal(len(inputs))), seed=seed
        )
        for seed in range(3)
    ]
    runs = bs.load_runs(pd.concat(seeds, ignore_index=True), groups=["seed"], simulated=True)
    plain = fit(runs, "chinchilla", discrepancy=False, random_seed=1, draws=100)
    assert "lack_of_fit" in {note.code for note in check(plain).notes}
    settings = {"discrepancy": False, "random_seed": 1}
    found = fit(runs, "chinchilla", pool={"loss": "configuration"}, **settings, draws=200)
    assert not {"repeats", "lack_of_fit"} & {note.code for note in check(found).notes}
    assert 0.001 < float(found.posterior["sigma"].median()) < 0.003
    assert 0.01 < float(found.posterior["loss_spread"].median()) < 0.035
    widths = [
        bs.predict(each, params=1e9, tokens=1e10, new_run=True)
        .quantile([0.25, 0.75])
        .diff("quantile")
        .item()
        for each in (found, plain)
    ]
    assert 0.5 < widths[0] / widths[1] < 2.0
